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
    let takeBackHandover: TakeBackHandover
    let seal: HolderSeal

    /// Answer to `GET /api/handovers`.
    struct WorkList: Codable, Sendable {
        let handovers: [IssuanceAPI.Handover]
        let total: Int
    }

    /// Answer to `GET /api/handovers/{id}`: the issue register (R130).
    struct Register: Codable, Sendable {
        let id: UUID
        let station: String
        let count: Int
        let submissions: [UUID]
        let handedOverAt: Date
        let handedOverBy: String
        let receivedAt: Date?
        let receivedBy: String?
        /// Who signed at the station.
        let signedBy: String?
        let dueOn: CalendarDay?
        let takenBackAt: Date?
    }

    /// Most hand-overs in one answer; each brings its cards along.
    private static let mostHandovers = 200

    func add(to api: RouterGroup<APIContext>) {
        api.post("handovers") { request, context in try await self.handOver(request, context) }
        api.get("handovers") { request, context in try await self.list(request, context) }
        api.get("handovers/{id}") { _, context in try await self.register(context) }
        api.post("handovers/{id}/taking-back") { request, context in try await self.takeBack(request, context) }
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
        let (found, total) = try await self.handovers.page(
            station: station, open: try request.flag("open"), limit: limit, offset: offset)
        let shown = found.map { entry in
            IssuanceAPI.Handover(
                id: entry.handover.id, station: entry.handover.station, submissions: entry.cards,
                receivedAt: entry.handover.receivedAt, dueOn: entry.handover.dueOn)
        }
        return try APIReply.json(WorkList(handovers: shown, total: total))
    }

    private func register(_ context: APIContext) async throws -> Response {
        let id = try context.uuid("id")
        let division = self.district.division
        guard let register = try await self.handovers.register(of: id) else {
            try context.require(.listCards, on: Resource(division: division, station: context.principal.station))
            throw Refusal.handoverUnknown
        }
        try context.require(.listCards, on: Resource(division: division, station: register.station))
        // Who carries cards out of the building needs to know who signed; who only makes or counts them does not.
        let seesName = [Role.station, .centre, .bureau].contains(context.principal.role)
        return try APIReply.json(
            Register(
                id: id, station: register.station, count: register.cards, submissions: register.submissions,
                handedOverAt: register.handedOverAt, handedOverBy: register.handedOverBy,
                receivedAt: register.receivedAt, receivedBy: register.receivedBy,
                signedBy: seesName ? try register.signedBy.map { try self.seal.open(signature: $0, owner: id) } : nil,
                dueOn: register.dueOn, takenBackAt: register.takenBackAt))
    }

    private func takeBack(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.handOverCards, on: Resource(division: self.district.division))
        let id = try context.uuid("id")
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.TakingBack.self, upTo: 1 << 17)
        _ = try await self.takeBackHandover(
            id, reason: body.reason, setAside: body.setAside ?? [],
            try RepeatedCall("handover|\(id.uuidString)", body, by: context.principal.subject, key: key))
        return try await self.register(context)
    }

    private func receive(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.uuid("id")
        guard let station = try await self.handovers.station(of: id) else {
            try context.require(
                .receiveCards, on: Resource(division: self.district.division, station: context.principal.station))
            throw Refusal.handoverUnknown
        }
        try context.require(.receiveCards, on: Resource(division: self.district.division, station: station))
        let body = try await request.decodeJSON(IssuanceAPI.HandoverReceipt.self, upTo: 1 << 17)
        let answer = try await self.receiveHandover(
            id, station: station, count: body.count, signedBy: body.signedBy, setAside: body.setAside ?? [],
            by: context.principal.subject)
        return try APIReply.json(
            IssuanceAPI.Handover(
                id: answer.value.id, station: answer.value.station, submissions: answer.value.cards,
                receivedAt: answer.value.receivedAt, dueOn: answer.value.dueOn))
    }
}
