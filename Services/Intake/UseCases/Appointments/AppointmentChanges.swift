import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import SeatCount

/// Applies one change of one appointment and tells everybody who must know: the voice in the same transaction, the count
/// of seats after it.
struct AppointmentChanges: Sendable {
    let endpoint: MessageEndpoint
    let counter: any SeatCounter

    /// - Returns: nil when the appointment has changed since it was read.
    func apply(_ change: AppointmentRepository.Change) async throws -> Appointment? {
        let changed = try await self.endpoint.transaction { work in try await Self.write(change, in: work) }
        if changed != nil, let freeAt = change.freeAt, let slot = change.before.slot, change.before.seat != nil {
            await self.counter.giveBack(slot, change.before.id, freeAt: freeAt, now: change.at)
        }
        return changed
    }

    static func write(_ change: AppointmentRepository.Change, in work: UnitOfWork) async throws -> Appointment? {
        guard let changed = try await AppointmentRepository.write(change, in: work.sql) else { return nil }
        try work.emitChange(of: changed, change.step, at: change.at)
        return changed
    }
}
