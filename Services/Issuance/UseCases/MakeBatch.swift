import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// Puts the next cards into a production batch: key persons first, then by programme batch and moment of filing (R20).
///
/// One batch is made at a time, so the order is the same however many instances run and however often a call is repeated.
struct MakeBatch: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock

    struct Result: Sendable {
        let batch: StoredBatch
        /// In the order of production.
        let list: ProductionList
    }

    /// - Parameters:
    ///   - limit: At most so many cards, 1–2,000.
    ///   - key: The caller's own mark for this call; the same mark with the same limit gives the same batch again.
    func callAsFunction(limit: Int, by subject: String, key: String) async throws -> Answer<Result> {
        guard (1...CardCustody.mostCards).contains(limit) else {
            throw Refusal.invalid(
                "batch.limit", zh: "每批制证数量应为 1 至 \(CardCustody.mostCards) 张，请修改 limit。",
                en: "A production batch holds 1 to \(CardCustody.mostCards) cards: correct “limit”.")
        }
        return try await self.endpoint.transaction { work in
            let batches = BatchWriter(sql: work.sql)
            try await batches.takeTurn()
            if let made = try await batches.made(by: subject, key: key) {
                guard made.limit == limit else { throw Refusal.keyUsedDifferently }
                return Answer(value: Result(batch: made, list: try await batches.list(of: made.id)), isRepeated: true)
            }
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lockNextToProduce(limit: limit)
            guard !cards.isEmpty else {
                throw Refusal.conflict(
                    "batch.nothing_ordered", zh: "目前没有待制证的记录，无需组批；有新的备案通过后再办理。",
                    en: "No card is waiting to be made: make a batch when something new has been filed.")
            }
            let stage = try CardCustody.advance(cards, by: .productionStarted)
            let now = self.clock.now()
            let id = UUIDv7.generate()
            let number = try await batches.insert(id, limit: limit, cards: cards.count, by: subject, key: key, at: now)
            try await orders.produce(cards, batch: id, stage: stage, at: now)
            try work.tellIntake(cards, took: .productionStarted, to: stage, at: now)
            return Answer(
                value: Result(
                    batch: StoredBatch(id: id, number: number, limit: limit), list: ProductionList(cards)),
                isRepeated: false)
        }
    }
}

extension ProductionList {
    init(_ cards: [CardInCustody]) {
        self.init(
            lines: cards.map { card in
                Line(
                    submissionID: card.submissionID, copy: card.copy, cardKind: card.cardKind, station: card.station,
                    lane: card.lane, batch: card.batch)
            })
    }
}
