import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// What every route about one card begins and ends with: whether the caller may, and how the card is shown.
struct CardDesk: Sendable {
    let district: District
    let orders: CardOrderReader
    let seal: HolderSeal
    let journal: AccessJournal

    /// The card the path names, when the caller may do this to it. Its station never changes, so looking before the
    /// transaction is enough.
    func order(for action: Action, _ context: APIContext) async throws -> StoredOrder {
        let submission = try context.uuid("submissionID")
        guard let order = try await self.orders.order(submission) else {
            // Who may not do this to any card learns no more than that.
            try context.require(
                action, on: Resource(division: self.district.division, station: context.principal.station))
            throw Refusal.cardUnknown
        }
        try context.require(
            action, on: Resource(division: self.district.division, station: order.station, person: order.personID))
        return order
    }

    /// The card as it is now.
    func now(_ submission: UUID, for principal: Principal) async throws -> IssuanceAPI.Order {
        guard let order = try await self.orders.order(submission) else { throw Refusal.cardUnknown }
        return try await self.show([order], to: principal)[0]
    }

    /// Cards with their holders' names, once it is on record that they are seen (R137). The only way to show one.
    func show(
        _ orders: [StoredOrder], to principal: Principal, purpose: LookPurpose? = nil
    ) async throws -> [IssuanceAPI.Order] {
        try await self.journal.note(.card, of: orders.map(\.personID), by: principal, purpose: purpose)
        return try orders.map(self.shown)
    }

    private func shown(_ order: StoredOrder) throws -> IssuanceAPI.Order {
        let holder = try self.seal.open(order.holder, submission: order.submissionID)
        return IssuanceAPI.Order(
            submissionID: order.submissionID, personID: order.personID, stage: order.stage, station: order.station,
            batch: order.batch, lane: order.lane, cardKind: order.cardKind, name: holder.name,
            maskedIdentityNumber: try IdentityNumber(holder.identityNumber).masked, position: order.position,
            trackingNumber: order.trackingNumber, handover: order.handover, dueOn: order.dueOn,
            deliveredOn: order.deliveredOn, copy: order.copy, isPaused: order.isPaused, returnOn: order.returnOn,
            unreachableAt: order.unreachableAt)
    }
}
