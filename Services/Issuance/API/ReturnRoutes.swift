import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/returns`: cards nobody could be reached for, back up hand by hand (N25).
struct ReturnRoutes: Sendable {
    let desk: CardDesk
    let returns: TransferReader
    let clock: ProgrammeClock
    let sendCardsUp: SendCardsUp
    let receiveReturn: ReceiveReturn

    func add(to api: RouterGroup<APIContext>) {
        api.get("returns/due") { request, context in try await self.due(request, context) }
        api.get("returns") { request, context in try await self.list(request, context) }
        api.post("returns") { request, context in try await self.send(request, context) }
        api.post("returns/{id}/receipt") { request, context in try await self.receive(request, context) }
        api.post("returns/{id}/taking-back") { request, context in
            try await self.takeBack(request, context)
        }
    }

    private func due(_ request: Request, _ context: APIContext) async throws -> Response {
        let station = try request.station(for: .listCards, of: self.desk.district, context)
        let (limit, offset) = try request.page(most: CardCustody.mostCards)
        let (orders, total) = try await self.desk.orders.due(
            station: station, on: self.clock.today, limit: limit, offset: offset)
        let shown = try await self.desk.show(orders, to: context.principal, purpose: try request.lookPurpose())
        return try APIReply.json(IssuanceAPI.WorkList(orders: shown, total: total))
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let station = try request.station(for: .listReturns, of: self.desk.district, context)
        let (limit, offset) = try request.page(most: 200)
        let (found, total) = try await self.returns.page(
            station: station, open: try request.flag("open"), limit: limit, offset: offset)
        return try APIReply.json(IssuanceAPI.Returns(returns: found.map(Self.shown), total: total))
    }

    private func send(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = context.principal
        try context.require(
            .returnCards, on: Resource(division: self.desk.district.division, station: principal.station))
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.NewReturn.self)
        guard let level = Self.level(principal.role), let route = ReturnRoute.all.first(where: { $0.from == level })
        else { throw Refusal.returnUnknown }
        let answer = try await self.sendCardsUp(
            body.submissions, route, station: principal.station, by: principal.subject, key: key)
        return try APIReply.json(
            IssuanceAPI.Return(
                id: answer.value.id, from: route.from, to: route.to, station: principal.station,
                submissions: answer.value.cards, sentAt: answer.value.sentAt, receivedAt: nil),
            status: answer.isRepeated ? .ok : .created)
    }

    private func receive(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.uuid("id")
        try context.require(.receiveReturns, on: Resource(division: self.desk.district.division))
        guard let list = try await self.returns.transfer(id) else { throw Refusal.returnUnknown }
        let isMine = list.to == .centre ? context.principal.role == .centre : context.principal.role == .superior
        guard isMine else { throw Refusal.otherLevelSigns(list.to) }
        let body = try await request.decodeJSON(IssuanceAPI.HandoverReceipt.self, upTo: 1 << 17)
        _ = try await self.receiveReturn(
            id, count: body.count, signedBy: body.signedBy, setAside: body.setAside ?? [],
            by: context.principal.subject)
        return try await self.answer(id)
    }

    private func takeBack(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.uuid("id")
        let division = self.desk.district.division
        guard let list = try await self.returns.transfer(id) else {
            try context.require(.returnCards, on: Resource(division: division, station: context.principal.station))
            throw Refusal.returnUnknown
        }
        try context.require(
            .returnCards, on: Resource(division: division, station: list.station ?? context.principal.station))
        guard Self.level(context.principal.role) == list.from else { throw Refusal.otherLevelSigns(list.from) }
        let body = try await request.decodeJSON(IssuanceAPI.Reason.self, upTo: 1 << 14)
        _ = try await self.receiveReturn.takeBack(id, reason: body.reason, by: context.principal.subject)
        return try await self.answer(id)
    }

    private func answer(_ id: UUID) async throws -> Response {
        guard let list = try await self.returns.transfer(id) else { throw Refusal.returnUnknown }
        return try APIReply.json(Self.shown(list))
    }

    private static func shown(_ list: StoredTransfer) -> IssuanceAPI.Return {
        IssuanceAPI.Return(
            id: list.id, from: list.from, to: list.to, station: list.station, submissions: list.submissions,
            sentAt: list.sentAt, receivedAt: list.receivedAt)
    }

    /// The level a role sends from; what city and province do is recorded by one role.
    private static func level(_ role: Role) -> Level? {
        switch role {
        case .station: .station
        case .centre: .centre
        case .superior: .city
        default: nil
        }
    }
}

extension Refusal {
    static func otherLevelSigns(_ level: Level) -> Refusal {
        .conflict(
            "return.other_level", zh: "该退回清单应由\(level.chinese)办理，请由其登记。",
            en: "This list is the business of: \(level.english). It records this step.")
    }
}
