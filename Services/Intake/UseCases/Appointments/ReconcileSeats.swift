import Access
import CardProgramme
import Contracts
import SeatCount

/// Compares the count of free seats with the database, and puts it right when asked to.
struct ReconcileSeats: Sendable {
    let programme: Programme
    /// Nil where the database answers alone.
    let counter: RedisSeatCounter?

    func run(_ wish: AppointmentAPI.Reconciliation, by principal: Principal) async throws -> AppointmentAPI.Reconciled {
        try AccessPolicy.decide(principal, .reconcileSeats, on: Resource(division: self.programme.divisionCode))
        guard let found = try await self.counter?.differences() else {
            return AppointmentAPI.Reconciled(isCounted: false, epoch: nil, compared: 0, differing: [], mended: 0)
        }
        let mended = wish.mend ? await self.counter?.compareAll() ?? [] : []
        return AppointmentAPI.Reconciled(
            isCounted: true, epoch: found.epoch, compared: found.compared, differing: found.differing,
            mended: mended.count)
    }
}
