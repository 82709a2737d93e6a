import CardProgramme
import Contracts
import FoundationEssentials

/// Something a person should be told, as a service requested it.
struct Notice: Sendable, Equatable {
    /// What became of a notice. Nothing is sent by this service, so there is one state and none that claims more.
    enum State: String, Sendable {
        case recorded
    }

    let id: UUID
    let personID: UUID
    let submissionID: UUID
    let purpose: NoticePurpose
    let reason: ReturnReason?
    let state: State
    let requestedAt: Date
    /// After this day telling is pointless or too late.
    let tellBy: CalendarDay?
}
