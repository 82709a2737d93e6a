import CardProgramme
import Contracts
import FoundationEssentials

/// Something a person should be told, as a service requested it.
struct Notice: Sendable, Equatable {
    /// A notice is a request and stays one; what became of it, its messages say.
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
