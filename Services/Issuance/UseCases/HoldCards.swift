import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// What review said about submissions: paused, resumed, void (N21, N32). It may come before the card is ordered, after any
/// step, twice, and in any order.
struct HoldCards: Sendable {
    let clock: ProgrammeClock
    let deadlines: DeadlineRules

    /// One message, whichever of the three.
    struct Word: Sendable {
        let submission: UUID
        let at: Date
        let by: String
    }

    /// A paused card stays with whoever has it; one that resumes goes on from there. One that waits at its station is called
    /// for now, and its ten working days begin: nobody could act before, so nobody was late (N21, R48).
    func pause(_ words: [Word], _ paused: Bool, in work: UnitOfWork) async throws {
        let news = try await self.take(words, as: paused ? "paused" : "free", in: work)
        let orders = CardOrderWriter(sql: work.sql)
        let cards = try await orders.lock(news)
        try await orders.pause(cards, paused)
        let waiting = paused ? [] : cards.filter { $0.isPaused && $0.stage == .atStation }
        guard !waiting.isEmpty else { return }
        let now = self.clock.now()
        let due = self.deadlines.delivery(receivedAtStation: CalendarDay(now)).due.day
        try await orders.deliver(waiting, by: due)
        try work.callFor(waiting, tellBy: due, at: now)
    }

    /// A void card is taken back wherever it is, and never delivered. What was not made yet is not made.
    func revoke(_ words: [Word], in work: UnitOfWork) async throws {
        let news = try await self.take(words, as: "revoked", in: work)
        let orders = CardOrderWriter(sql: work.sql)
        var cards: [CardInCustody] = []
        var stages: [SubmissionStage] = []
        for card in try await orders.lock(news) {
            guard let stage = SubmissionStateMachine.stage(after: .cardRevoked, from: card.stage) else { continue }
            cards.append(card)
            stages.append(stage)
        }
        guard !cards.isEmpty else { return }
        let now = self.clock.now()
        try await orders.revoke(cards, to: stages, at: now)
        let sayings = Dictionary(words.map { ($0.submission, $0.by) }, uniquingKeysWith: { first, _ in first })
        for (card, stage) in zip(cards, stages) {
            try await CardJournal(sql: work.sql).record(
                [CardJournal.Entry(id: UUIDv7.generate(), card: card, step: .cardRevoked, stage: stage)],
                by: CardJournal.Caller(subject: sayings[card.submissionID] ?? ""), at: now)
            try work.tellIntake([card], took: .cardRevoked, to: stage, at: now)
        }
    }

    private func take(_ words: [Word], as state: String, in work: UnitOfWork) async throws -> [UUID] {
        try await CardJournal(sql: work.sql).hold(
            words.map { (submission: $0.submission, at: $0.at, by: $0.by) }, as: state)
    }
}
