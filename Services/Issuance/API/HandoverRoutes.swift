import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/handovers`: from the centre to the stations (R90, R91, R48).
struct HandoverRoutes: Sendable {
    let district: District
    let handovers: HandoverReader
    let handOverCards: HandOverCards
    let receiveHandover: ReceiveHandover

    /// Answer to `GET /api/handovers`.
    struct WorkList: Codable, Sendable {
        let handovers: [IssuanceAPI.Handover]
        let total: Int
    }

    /// Most hand-overs in one answer; each brings its cards along.
    private static let mostHandovers = 200

    func add(to api: RouterGroup<APIContext>) {
        api.post("handovers") { request, context in try await self.handOver(request, context) }
        api.get("handovers") { request, context in try await self.list(request, context) }
        api.post("handovers/{id}/receipt") { request, context in try await self.receive(request, context) }
    }

    /// A repeated call is told what this call does, not whether the station has signed since.
    private func handOver(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.handOverCards, on: Resource(division: self.district.division))
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.NewHandover.self)
        let answer = try await self.handOverCards(
            station: body.station, submissions: body.submissions, by: context.principal.subject, key: key)
        return try APIReply.json(
            IssuanceAPI.Handover(
                id: answer.value.id, station: answer.value.station, submissions: answer.value.cards, receivedAt: nil,
                dueOn: nil),
            status: answer.isRepeated ? .ok : .created)
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let station = try request.station(for: .listCards, of: self.district, context)
        let (limit, offset) = try request.page(most: Self.mostHandovers)
        let open: Bool?
        switch request.filter("open") {
        case nil: open = nil
        case "true": open = true
        case "false": open = false
        default:
            throw APIProblem.badRequest(
                "query.open", zh: "参数 open 应为 true 或 false。", en: "The parameter “open” must be true or false.")
        }
        let (found, total) = try await self.handovers.page(station: station, open: open, limit: limit, offset: offset)
        let shown = found.map { entry in
            IssuanceAPI.Handover(
                id: entry.handover.id, station: entry.handover.station, submissions: entry.cards,
                receivedAt: entry.handover.receivedAt, dueOn: entry.handover.dueOn)
        }
        return try APIReply.json(WorkList(handovers: shown, total: total))
    }

    private func receive(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.uuid("id")
        guard let station = try await self.handovers.station(of: id) else {
            try context.require(
                .receiveCards, on: Resource(division: self.district.division, station: context.principal.station))
            throw Refusal.handoverUnknown
        }
        try context.require(.receiveCards, on: Resource(division: self.district.division, station: station))
        let body = try await request.decodeJSON(IssuanceAPI.HandoverReceipt.self, upTo: 1 << 14)
        let answer = try await self.receiveHandover(
            id, station: station, count: body.count, signedBy: body.signedBy, by: context.principal.subject)
        return try APIReply.json(
            IssuanceAPI.Handover(
                id: answer.value.id, station: answer.value.station, submissions: answer.value.cards,
                receivedAt: answer.value.receivedAt, dueOn: answer.value.dueOn))
    }
}
