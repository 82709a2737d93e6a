import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// Decides what becomes of cards that are being traced: made again, found, or written off with a reason (R93).
struct SettleTraces: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    /// - Returns: Whether an earlier call had done the same.
    func callAsFunction(
        _ submissions: [UUID], _ outcome: TraceOutcome, reason: String, _ call: RepeatedCall
    ) async throws -> Bool {
        let listed = try CardCustody.list(submissions)
        let reason = try PlainText.remark(reason, "reason", upTo: 200)
        return try await self.endpoint.transaction { work in
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock(listed)
            if try await call.isKnown(in: work, self.seal) { return true }
            try CardCustody.requireAll(listed, among: cards)
            try Self.requireTraced(cards)
            if outcome == .remade { try CardCustody.requireFree(cards) }
            if outcome != .found { try await self.requireReported(cards, in: work) }
            let now = self.clock.now()
            let caller = try call.caller(self.seal)
            let sealed = try cards.map { try self.seal.seal(text: reason, of: $0.submissionID.uuidString) }
            try await DamageWriter(sql: work.sql).settle(cards, outcome, reasons: sealed, by: call.subject, at: now)
            let void = cards.filter(\.isRevoked)
            try await work.takeBack(void, at: nil, by: caller, at: now)
            for place in [SubmissionStage.parcelRefused, .cardMissing] {
                let group = cards.filter { $0.stage == place }
                try await self.settle(group, outcome, reason, caller, at: now, in: work)
            }
            return false
        }
    }

    private func settle(
        _ cards: [CardInCustody], _ outcome: TraceOutcome, _ reason: String, _ caller: CardJournal.Caller,
        at now: Date, in work: UnitOfWork
    ) async throws {
        guard let first = cards.first else { return }
        let orders = CardOrderWriter(sql: work.sql)
        let step: SubmissionStep =
            switch outcome {
            case .remade: .remakeOrdered
            case .writtenOff: .writtenOff
            case .found: first.stage == .parcelRefused ? .foundAtMaker : .foundInCustody
            }
        let stage = try CardCustody.record(cards, as: step)
        switch step {
        case .remakeOrdered:
            // The old card is dead from now on; whoever finds it hands it in (N29).
            try await orders.replace(
                cards, .init(ground: nil, fee: nil, isOutstanding: true), by: caller.subject, stage: stage, at: now)
        case .foundAtMaker: try await orders.backToMaker(cards, stage: stage, at: now)
        case .foundInCustody: try await orders.backToCentre(cards, stage: stage, at: now)
        default: try await orders.step(cards, to: stage, at: now)
        }
        let entries = try cards.map { card in
            CardJournal.Entry(
                id: UUIDv7.generate(), card: card, step: step, stage: stage,
                hand: step == .foundInCustody ? Hand.centre : nil, change: step == .foundInCustody ? 1 : 0,
                reason: try self.seal.seal(text: reason, of: card.submissionID.uuidString))
        }
        try await CardJournal(sql: work.sql).record(entries, by: caller, at: now)
        try work.tellIntake(cards, took: step, to: stage, at: now)
    }

    private static func requireTraced(_ cards: [CardInCustody]) throws(Refusal) {
        let others = cards.filter { ![.parcelRefused, .cardMissing].contains($0.place) }
        guard let first = others.first else { return }
        throw .conflict(
            "trace.not_open",
            zh:
                "有 \(others.count) 张优待证不在查找之中（\(CardCustody.named(others.map(\.submissionID)))；其中第一张的状态为“\(first.stage.chinese)”）。请刷新列表，去掉后重新提交。",
            en:
                "\(others.count) of the cards are not being traced (\(CardCustody.named(others.map(\.submissionID))); the first is “\(first.stage.english)”). Reload the list, leave them out and send it again."
        )
    }

    /// No card of a refused parcel is given up before the province knows of it (R93).
    private func requireReported(_ cards: [CardInCustody], in work: UnitOfWork) async throws {
        let refused = cards.filter { $0.place == .parcelRefused }
        guard !refused.isEmpty else { return }
        let states = try await DamageWriter(sql: work.sql).states(Set(refused.compactMap(\.trackingNumber)))
        let early = states.filter { !$0.value.hasReachedProvince }.keys.sorted()
        guard let first = early.first else { return }
        throw Refusal.conflict(
            "trace.not_reported",
            zh: "邮包 \(first) 的破损报告尚未上报至省退役军人服务中心，不能补制或核销其中的优待证。请先逐级上报。",
            en:
                "The report of parcel \(first) has not reached the provincial service centre; its cards cannot be made again or written off before: report it level by level first."
        )
    }
}
