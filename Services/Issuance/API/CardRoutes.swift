import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// `/api/orders/{submissionID}/…`: what happens to a card off the straight path. Every call is recognised by its
/// `Idempotency-Key` and answers with the card as it is now.
struct CardRoutes: Sendable {
    let desk: CardDesk
    let file: CardFileReader
    let clock: ProgrammeClock
    let storePhoto: StorePhoto
    let reportMissing: ReportMissing
    let reportLoss: ReportLoss
    let replaceCard: ReplaceCard
    let takeBackCard: TakeBackCard

    func add(to api: RouterGroup<APIContext>) {
        api.get("orders/{submissionID}/cards") { _, context in try await self.cards(context) }
        api.post("orders/{submissionID}/photos") { request, context in try await self.photo(request, context) }
        api.post("orders/{submissionID}/missing") { request, context in try await self.missing(request, context) }
        api.post("orders/{submissionID}/loss") { request, context in try await self.loss(request, context) }
        api.post("orders/{submissionID}/found") { request, context in try await self.found(request, context) }
        api.post("orders/{submissionID}/replacement") { request, context in try await self.replace(request, context) }
        api.post("orders/{submissionID}/taking-back") { request, context in try await self.takeBack(request, context) }
    }

    private func cards(_ context: APIContext) async throws -> Response {
        let order = try await self.desk.order(for: .readCard, context)
        let past = try await self.file.past(of: order.submissionID).map { card in
            IssuanceAPI.CardFile.Past(
                copy: card.copy, ground: card.ground, fee: card.fee, endedAt: card.endedAt,
                deliveredOn: card.deliveredOn, isOutstanding: card.isOutstanding)
        }
        let events = try await self.file.events(of: order.submissionID).map { event in
            IssuanceAPI.CardFile.Event(
                copy: event.copy, step: event.step, stage: event.stage, at: event.at, by: event.by)
        }
        return try APIReply.json(
            IssuanceAPI.CardFile(
                past: past, events: events,
                temporaryLossUntil: try await self.file.temporaryLoss(of: order.submissionID, today: self.clock.today)))
    }

    private func photo(_ request: Request, _ context: APIContext) async throws -> Response {
        let order = try await self.desk.order(for: .deliverCard, context)
        let photo = try await request.photo()
        let answer = try await self.storePhoto.ofDelivery(order.submissionID, photo, by: context.principal.subject)
        return try APIReply.json(
            IssuanceAPI.Photo(id: answer.value.id, sha256: answer.value.sha256),
            status: answer.isRepeated ? .ok : .created)
    }

    private func missing(_ request: Request, _ context: APIContext) async throws -> Response {
        let order = try await self.desk.order(for: .reportMissing, context)
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.Reason.self, upTo: 1 << 14)
        _ = try await self.reportMissing(
            order.submissionID, reason: body.reason, station: context.principal.station,
            try Self.call("missing", order, body, context, key))
        return try APIReply.json(try await self.desk.now(order.submissionID, for: context.principal))
    }

    private func loss(_ request: Request, _ context: APIContext) async throws -> Response {
        let order = try await self.desk.order(for: .reportLoss, context)
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.Loss.self, upTo: 1 << 14)
        _ = try await self.reportLoss(
            order.submissionID, body.kind, days: body.days, try Self.call("loss", order, body, context, key))
        return try APIReply.json(try await self.desk.now(order.submissionID, for: context.principal))
    }

    private func found(_ request: Request, _ context: APIContext) async throws -> Response {
        let order = try await self.desk.order(for: .reportLoss, context)
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.Reason.self, upTo: 1 << 14)
        _ = try await self.reportLoss.found(
            order.submissionID, reason: body.reason, try Self.call("found", order, body, context, key))
        return try APIReply.json(try await self.desk.now(order.submissionID, for: context.principal))
    }

    private func replace(_ request: Request, _ context: APIContext) async throws -> Response {
        let order = try await self.desk.order(for: .replaceCard, context)
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.Replacement.self, upTo: 1 << 14)
        let wanted = ReplacementRule.Request(
            ground: body.ground, askedAt: body.askedAt, oldCardHandedIn: body.oldCardHandedIn,
            accountClosedProof: body.accountClosedProof, holdersFault: body.holdersFault, cardKind: body.cardKind,
            name: body.name)
        _ = try await self.replaceCard(
            order.submissionID, wanted, try Self.call("replacement", order, body, context, key))
        return try APIReply.json(try await self.desk.now(order.submissionID, for: context.principal))
    }

    private func takeBack(_ request: Request, _ context: APIContext) async throws -> Response {
        let order = try await self.desk.order(for: .takeBackCard, context)
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.CardTakenBack.self, upTo: 1 << 14)
        _ = try await self.takeBackCard(
            order.submissionID, copy: body.copy, station: context.principal.station,
            try Self.call("taking-back", order, body, context, key))
        return try APIReply.json(try await self.desk.now(order.submissionID, for: context.principal))
    }

    private static func call(
        _ what: String, _ order: StoredOrder, _ body: some Encodable, _ context: APIContext, _ key: String
    ) throws -> RepeatedCall {
        try RepeatedCall(
            "\(what)|\(order.submissionID.uuidString)", body, by: context.principal.subject, key: key)
    }
}

extension Request {
    /// The body as a photograph, its type looked at before a byte is read.
    func photo() async throws -> PhotoContent {
        let type = self.headers[.contentType]
        _ = try PhotoContent.mediaType(type)
        return try PhotoContent(contentType: type, bytes: try await self.bytes(upTo: PhotoContent.largest))
    }
}
