import Access
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/batches`: what is made next, and in which order (R20).
struct BatchRoutes: Sendable {
    let district: District
    let batches: BatchReader
    let makeBatch: MakeBatch

    func add(to api: RouterGroup<APIContext>) {
        api.post("batches") { request, context in try await self.make(request, context) }
        api.get("batches/{number}") { _, context in try await self.one(context) }
    }

    private func make(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.produceCards, on: Resource(division: self.district.division))
        let key = try request.idempotencyKey()
        let body = try await request.decodeJSON(IssuanceAPI.NewBatch.self, upTo: 1 << 14)
        let answer = try await self.makeBatch(limit: body.limit, by: context.principal.subject, key: key)
        return try APIReply.json(
            Self.shown(answer.value.batch, answer.value.cards), status: answer.isRepeated ? .ok : .created)
    }

    private func one(_ context: APIContext) async throws -> Response {
        try context.require(.listCards, on: Resource(division: self.district.division))
        guard let number = Int(try context.text("number")), number > 0 else {
            throw APIProblem.badRequest(
                "path.number", zh: "网址中的批次号应为正整数。", en: "The batch number in the path must be a positive whole number.")
        }
        guard let (batch, cards) = try await self.batches.batch(number) else {
            throw Refusal.unknown(
                "batch.unknown", zh: "没有第 \(number) 号制证批次，请核对批次号。",
                en: "There is no production batch \(number): check the number.")
        }
        return try APIReply.json(Self.shown(batch, cards))
    }

    private static func shown(_ batch: StoredBatch, _ cards: [UUID]) -> IssuanceAPI.Batch {
        IssuanceAPI.Batch(id: batch.id, number: batch.number, submissions: cards)
    }
}
