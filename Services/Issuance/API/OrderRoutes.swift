import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/orders`: where each card is, and its delivery.
struct OrderRoutes: Sendable {
    let district: District
    let orders: CardOrderReader
    let seal: HolderSeal
    let deliverCard: DeliverCard

    func add(to api: RouterGroup<APIContext>) {
        api.get("orders") { request, context in try await self.list(request, context) }
        api.get("orders/{submissionID}") { _, context in try await self.one(context) }
        api.post("orders/{submissionID}/delivery") { request, context in try await self.deliver(request, context) }
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let station = try request.station(for: .listCards, of: self.district, context)
        let (limit, offset) = try request.page(most: CardCustody.mostCards)
        let stage = try request.filter("stage").map(Self.stage)
        let (orders, total) = try await self.orders.page(stage: stage, station: station, limit: limit, offset: offset)
        return try APIReply.json(IssuanceAPI.WorkList(orders: try orders.map(self.shown), total: total))
    }

    private func one(_ context: APIContext) async throws -> Response {
        let order = try await self.order(for: .readCard, context)
        return try APIReply.json(try self.shown(order))
    }

    private func deliver(_ request: Request, _ context: APIContext) async throws -> Response {
        let order = try await self.order(for: .deliverCard, context)
        let body = try await request.decodeJSON(IssuanceAPI.Delivery.self, upTo: 1 << 14)
        _ = try await self.deliverCard(
            order.submissionID, mode: body.mode, receivedBy: body.receivedBy, by: context.principal.subject)
        guard let delivered = try await self.orders.order(order.submissionID) else { throw Refusal.cardUnknown }
        return try APIReply.json(try self.shown(delivered))
    }

    /// The card the path names, when the caller may do this to it. Its station never changes, so looking before the
    /// transaction is enough.
    private func order(for action: Action, _ context: APIContext) async throws -> StoredOrder {
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

    private func shown(_ order: StoredOrder) throws -> IssuanceAPI.Order {
        let holder = try self.seal.open(order.holder, submission: order.submissionID)
        return IssuanceAPI.Order(
            submissionID: order.submissionID, personID: order.personID, stage: order.stage, station: order.station,
            batch: order.batch, lane: order.lane, cardKind: order.cardKind, name: holder.name,
            maskedIdentityNumber: try IdentityNumber(holder.identityNumber).masked, position: order.position,
            trackingNumber: order.trackingNumber, handover: order.handover, dueOn: order.dueOn,
            deliveredOn: order.deliveredOn)
    }

    private static func stage(_ text: String) throws(Refusal) -> SubmissionStage {
        guard let stage = SubmissionStage(rawValue: text), CardCustody.stages.contains(stage) else {
            let known = CardCustody.stages.map(\.rawValue).joined(separator: ", ")
            throw .invalid(
                "query.stage", zh: "参数 stage 应为下列之一：\(known)。", en: "The parameter “stage” must be one of: \(known).")
        }
        return stage
    }
}
