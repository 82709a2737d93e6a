import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/orders`: where each card is, and its delivery.
struct OrderRoutes: Sendable {
    let desk: CardDesk
    let deliverCard: DeliverCard
    /// Those the programme names (R95).
    let deliveryModes: [DeliveryMode]

    func add(to api: RouterGroup<APIContext>) {
        api.get("orders") { request, context in try await self.list(request, context) }
        api.get("orders/{submissionID}") { request, context in try await self.one(request, context) }
        api.post("orders/{submissionID}/delivery") { request, context in try await self.deliver(request, context) }
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let station = try request.station(for: .listCards, of: self.desk.district, context)
        let (limit, offset) = try request.page(most: CardCustody.mostCards)
        let stage = try request.filter("stage").map(Self.stage)
        let (orders, total) = try await self.desk.orders.page(
            stage: stage, station: station, limit: limit, offset: offset)
        let shown = try await self.desk.show(orders, to: context.principal, purpose: try request.lookPurpose())
        return try APIReply.json(IssuanceAPI.WorkList(orders: shown, total: total))
    }

    private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        let order = try await self.desk.order(for: .readCard, context)
        let shown = try await self.desk.show([order], to: context.principal, purpose: try request.lookPurpose())
        return try APIReply.json(shown[0])
    }

    private func deliver(_ request: Request, _ context: APIContext) async throws -> Response {
        let order = try await self.desk.order(for: .deliverCard, context)
        let body = try await request.decodeJSON(IssuanceAPI.Delivery.self, upTo: 1 << 14)
        let rule = try DeliveryRule(
            mode: body.mode, receiver: body.receivedBy, relation: body.relation, proof: body.proof,
            modes: self.deliveryModes)
        _ = try await self.deliverCard(order.submissionID, rule, by: context.principal.subject)
        return try APIReply.json(try await self.desk.now(order.submissionID, for: context.principal))
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
