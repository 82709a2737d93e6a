import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// Refused parcels: photographs, the report on its way up, and what becomes of the cards (R92, R93, R129).
struct DamageRoutes: Sendable {
    let district: District
    let reports: DamageReader
    let orders: CardOrderReader
    let journal: AccessJournal
    let seal: HolderSeal
    let storePhoto: StorePhoto
    let passDamageUp: PassDamageUp
    let settleTraces: SettleTraces

    /// Answer to `POST /api/traces`.
    struct Settled: Codable, Sendable {
        let submissions: [UUID]
        let outcome: TraceOutcome
    }

    func add(to api: RouterGroup<APIContext>) {
        api.post("parcels/{trackingNumber}/photos") { request, context in try await self.addPhoto(request, context) }
        api.get("parcels/{trackingNumber}/photos/{photo}") { _, context in try await self.photo(context) }
        api.get("parcels/{trackingNumber}/report") { _, context in
            try APIReply.json(try await self.report(context))
        }
        api.get("parcels/{trackingNumber}/report/page") { _, context in try await self.page(context) }
        api.post("parcels/{trackingNumber}/report/step") { request, context in try await self.step(request, context) }
        api.post("traces") { request, context in try await self.settle(request, context) }
    }

    private func addPhoto(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.receiveParcel, on: Resource(division: self.district.division))
        let photo = try await request.photo()
        let answer = try await self.storePhoto.ofParcel(
            try context.text("trackingNumber"), photo, by: context.principal.subject)
        return try APIReply.json(
            IssuanceAPI.Photo(id: answer.value.id, sha256: answer.value.sha256),
            status: answer.isRepeated ? .ok : .created)
    }

    private func photo(_ context: APIContext) async throws -> Response {
        try context.require(.readDamagePhoto, on: Resource(division: self.district.division))
        let number = try PlainText.trackingNumber(try context.text("trackingNumber"))
        let id = try context.uuid("photo")
        guard let photo = try await self.reports.photo(id, of: number) else {
            throw Refusal.unknown(
                "photo.unknown", zh: "该邮包没有这张照片，请从破损报告中重新选择。",
                en: "This parcel has no such photograph: choose it from the report again.")
        }
        try await self.noteLook(at: try await self.report(number), context)
        var response = APIReply.bytes(try self.seal.open(photo: photo.sealed, id: id), contentType: photo.type)
        response.headers[.eTag] = "\"\(photo.sha256)\""
        return response
    }

    /// A torn parcel may show any of its cards, with the faces and names on them.
    private func noteLook(at report: IssuanceAPI.DamageReport, _ context: APIContext) async throws {
        let people = try await self.orders.people(of: report.cards.map(\.submissionID))
        try await self.journal.note(.card, of: people, by: context.principal)
    }

    private func report(_ context: APIContext) async throws -> IssuanceAPI.DamageReport {
        try context.require(.readDamage, on: Resource(division: self.district.division))
        return try await self.report(PlainText.trackingNumber(try context.text("trackingNumber")))
    }

    private func report(_ number: String) async throws -> IssuanceAPI.DamageReport {
        guard let report = try await self.reports.report(number) else { throw Refusal.reportUnknown }
        return IssuanceAPI.DamageReport(
            trackingNumber: number, damage: report.damage, expected: report.expected, counted: report.counted,
            note: try report.note.map { try self.seal.open(text: $0, of: number) }, state: report.state,
            steps: report.steps.map { .init(state: $0.state, at: $0.at, by: $0.by) },
            answer: try report.answer.map { try self.seal.open(text: $0, of: number) },
            photos: report.photos.map { IssuanceAPI.Photo(id: $0.id, sha256: $0.sha256) },
            cards: try report.cards.map { card in
                .init(
                    submissionID: card.submission, station: card.station, outcome: card.outcome,
                    reason: try card.reason.map { try self.seal.open(text: $0, of: card.submission.uuidString) })
            })
    }

    private func page(_ context: APIContext) async throws -> Response {
        let report = try await self.report(context)
        let resource = Resource(division: self.district.division)
        var pictures: [UUID: String] = [:]
        // Who reads the report without being shown the pictures still gets their sums.
        if AccessPolicy.allows(context.principal, .readDamagePhoto, on: resource) {
            if !report.photos.isEmpty { try await self.noteLook(at: report, context) }
            for photo in report.photos {
                guard let stored = try await self.reports.photo(photo.id, of: report.trackingNumber) else { continue }
                let bytes = try self.seal.open(photo: stored.sealed, id: photo.id)
                pictures[photo.id] = "data:\(stored.type);base64,\(Data(bytes).base64EncodedString())"
            }
        }
        let page = DamageReportPage(report: report, division: self.district.division, pictures: pictures)
        return APIReply.bytes(Array(page.html.utf8), contentType: "text/html; charset=utf-8")
    }

    private func step(_ request: Request, _ context: APIContext) async throws -> Response {
        let resource = Resource(division: self.district.division)
        // Who may take neither step is told so before anything is read.
        if context.principal.role != .superior { try context.require(.reportDamage, on: resource) }
        let number = try PlainText.trackingNumber(try context.text("trackingNumber"))
        let body = try await request.decodeJSON(IssuanceAPI.DamageStep.self, upTo: 1 << 14)
        try context.require(body.to == .reportedToCity ? .reportDamage : .passDamageUp, on: resource)
        _ = try await self.passDamageUp(number, to: body.to, answer: body.answer, by: context.principal.subject)
        return try APIReply.json(try await self.report(number))
    }

    private func settle(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.settleTrace, on: Resource(division: self.district.division))
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.TraceSettlement.self)
        _ = try await self.settleTraces(
            body.submissions, body.outcome, reason: body.reason,
            try RepeatedCall("traces", body, by: context.principal.subject, key: key))
        return try APIReply.json(Settled(submissions: body.submissions, outcome: body.outcome))
    }
}
