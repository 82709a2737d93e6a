import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/letter-batches`, `/api/letters`, `/api/inquiries`: the steps of outreach that are made on paper.
struct PaperRoutes: Sendable {
    /// Code of the district this installation works for.
    let division: String
    let stations: Set<String>
    let paper: FollowPaper
    let print: PrintLetters

    func add(to api: RouterGroup<APIContext>) {
        api.post("letter-batches") { request, context in try await self.put(request, context) }
        api.get("letter-batches/{id}") { _, context in try await self.batch(context) }
        api.get("letter-batches/{id}/{document}") { request, context in try await self.document(request, context) }
        api.post("letters/{number}/posted") { request, context in try await self.posted(request, context) }
        api.post("letters/{number}/result") { request, context in try await self.result(request, context) }
        api.get("inquiries") { request, context in try await self.inquiries(request, context) }
        api.post("inquiries/{id}/answer") { request, context in try await self.answer(request, context) }
    }

    private var district: Resource { Resource(division: self.division) }

    private func put(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(.sendLetters, on: self.district)
        let new = try await request.decodeJSON(CampaignAPI.NewLetterBatch.self)
        return try APIReply.json(try await self.paper.put(new, by: principal.subject))
    }

    private func batch(_ context: APIContext) async throws -> Response {
        try context.require(.sendLetters, on: self.district)
        return try APIReply.json(try await self.paper.batch(try context.uuid("id")))
    }

    /// `letters.pdf`, or `addresses.pdf` for the post office.
    private func document(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(.sendLetters, on: self.district)
        let batch = try await self.paper.batch(try context.uuid("id"))
        guard let name = context.parameters.get("document"), name.hasSuffix(".pdf"),
            let document = PrintLetters.Document(rawValue: String(name.dropLast(4)))
        else {
            throw Refusal.unknown(
                "letter.document", zh: "可打印的是 letters.pdf（信件）和 addresses.pdf（投递清单）。",
                en: "There are letters.pdf and addresses.pdf.")
        }
        let data = try await self.print(document, of: batch, for: principal, purpose: try request.lookPurpose())
        return Response(
            status: .ok, headers: [.contentType: "application/pdf", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }

    private func posted(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(.sendLetters, on: self.district)
        let posting = try await request.decodeJSON(CampaignAPI.Posting.self)
        return try APIReply.json(
            try await self.paper.post(try self.number(context), posting, by: principal.subject))
    }

    private func result(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(.sendLetters, on: self.district)
        let news = try await request.decodeJSON(CampaignAPI.LetterNews.self)
        return try APIReply.json(try await self.paper.end(try self.number(context), news, by: principal.subject))
    }

    private func inquiries(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(
            .listInquiries, on: Resource(division: self.division, station: context.principal.station))
        var station = principal.station
        if let wanted = request.query("station"), !wanted.isEmpty {
            guard self.stations.contains(wanted) else { throw CallRefusal.stationUnknown }
            try context.require(.listInquiries, on: Resource(division: self.division, station: wanted))
            station = wanted
        }
        let limit = try request.query("limit", standard: 100, in: 1...1_000)
        return try APIReply.json(try await self.paper.inquiries(station: station, limit: limit))
    }

    private func answer(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.uuid("id")
        let answer = try await request.decodeJSON(CampaignAPI.InquiryAnswer.self)
        let known = try await self.paper.station(of: id)
        // Whoever may not answer any learns no more than that.
        let principal = try context.require(
            .answerInquiry,
            on: Resource(
                division: self.division, station: known?.station ?? context.principal.station, person: known?.person))
        try await self.paper.answer(id, answer, by: principal.subject)
        return Response(status: .noContent)
    }

    private func number(_ context: APIContext) throws -> String {
        guard let number = context.parameters.get("number"), number.utf8.count <= 32 else {
            throw Refusal.unknown("letter.unknown", zh: "没有这个编号的信件。", en: "There is no letter of this number.")
        }
        return number
    }
}
