import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// `/api/batches`: what is made next, and in which order (R20).
struct BatchRoutes: Sendable {
    let district: District
    let batches: BatchReader
    let makeBatch: MakeBatch
    let seal: HolderSeal
    let journal: AccessJournal

    func add(to api: RouterGroup<APIContext>) {
        api.post("batches") { request, context in try await self.make(request, context) }
        api.get("batches/{number}") { _, context in try await self.one(context) }
        api.get("batches/{number}/list") { _, context in try await self.table(context) }
    }

    private func make(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.produceCards, on: Resource(division: self.district.division))
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.NewBatch.self, upTo: 1 << 14)
        let answer = try await self.makeBatch(limit: body.limit, by: context.principal.subject, key: key)
        return try APIReply.json(
            Self.shown(answer.value.batch, answer.value.list), status: answer.isRepeated ? .ok : .created)
    }

    private func one(_ context: APIContext) async throws -> Response {
        try context.require(.listCards, on: Resource(division: self.district.division))
        let found = try await self.batch(context)
        return try APIReply.json(Self.shown(found.batch, found.list))
    }

    /// The production list for the card maker, as a table; its digest is the ETag.
    private func table(_ context: APIContext) async throws -> Response {
        try context.require(.exportBatch, on: Resource(division: self.district.division))
        let found = try await self.batch(context)
        try await self.journal.note(.card, of: found.holders.map(\.person), by: context.principal)
        let holders = try zip(found.list.lines, found.holders).map { line, stored in
            let holder = try self.seal.open(stored.sealed, submission: line.submissionID)
            return (name: holder.name, maskedNumber: try IdentityNumber(holder.identityNumber).masked)
        }
        var response = APIReply.bytes(Array(found.list.csv(holders).utf8), contentType: "text/csv; charset=utf-8")
        response.headers[.eTag] = "\"\(found.list.digest)\""
        response.headers[.contentDisposition] = "attachment; filename=\"batch-\(found.batch.number).csv\""
        return response
    }

    private func batch(
        _ context: APIContext
    ) async throws -> (batch: StoredBatch, list: ProductionList, holders: [BatchReader.Holder]) {
        guard let number = Int(try context.text("number")), number > 0 else {
            throw APIProblem.badRequest(
                "path.number", zh: "网址中的批次号应为正整数。", en: "The batch number in the path must be a positive whole number.")
        }
        guard let (batch, list, holders) = try await self.batches.batch(number) else {
            throw Refusal.unknown(
                "batch.unknown", zh: "没有第 \(number) 号制证批次，请核对批次号。",
                en: "There is no production batch \(number): check the number.")
        }
        return (batch, list, holders)
    }

    private static func shown(_ batch: StoredBatch, _ list: ProductionList) -> IssuanceAPI.Batch {
        IssuanceAPI.Batch(
            id: batch.id, number: batch.number, submissions: list.lines.map(\.submissionID), digest: list.digest)
    }
}
