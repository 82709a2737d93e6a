import CardProgramme
import FoundationEssentials

/// Moves cards one step along the chain of custody: ordered, in production, in transit, at the centre, on the way to the
/// station, at the station, delivered; and off it: traced, returned upwards, lost, replaced, void.
///
/// Which step is possible is decided by the programme's state machine alone; here a whole list moves or none of it.
enum CardCustody {
    /// Stages a card order can be in; any other stage of a submission lies before the order.
    static let stages: [SubmissionStage] = SubmissionStage.allCases.filter(\.isCard)

    /// Most cards a batch, a parcel or a hand-over may hold; keeps one transaction short.
    static let mostCards = 2_000

    /// The stage all these cards reach by a step that gives them into another hand.
    ///
    /// - Throws: `Refusal` naming up to three cards that are paused, void, on their way up, or not where the step begins.
    static func advance(_ cards: [CardInCustody], by step: SubmissionStep) throws(Refusal) -> SubmissionStage {
        try Self.requireFree(cards)
        return try Self.record(cards, as: step)
    }

    /// The stage all these cards reach by something that happened to them, which a pause cannot undo.
    static func record(_ cards: [CardInCustody], as step: SubmissionStep) throws(Refusal) -> SubmissionStage {
        var reached: SubmissionStage?
        var refused: [CardInCustody] = []
        for card in cards {
            var machine = SubmissionStateMachine(stage: card.stage)
            do throws(ImpossibleStep) {
                try machine.apply(step)
                reached = machine.stage
            } catch {
                refused.append(card)
            }
        }
        if let first = refused.first {
            let ids = Self.named(refused.map(\.submissionID))
            throw .conflict(
                "card.wrong_stage",
                zh: "有 \(refused.count) 张优待证目前不能办理此步骤（\(ids)；其中第一张的状态为“\(first.stage.chinese)”）。请刷新列表，去掉这些优待证后重新提交。",
                en:
                    "\(refused.count) of the cards cannot take this step now (\(ids); the first is “\(first.stage.english)”). Reload the list, leave these cards out and send it again."
            )
        }
        guard let reached else { throw Self.noCards }
        return reached
    }

    /// - Throws: `Refusal` when a card may not leave whoever has it: void (N32), paused (N21), or handed up already (N25).
    static func requireFree(_ cards: [CardInCustody]) throws(Refusal) {
        let revoked = cards.filter(\.isRevoked).map(\.submissionID)
        guard revoked.isEmpty else {
            throw .conflict(
                "card.revoked", zh: "有 \(revoked.count) 张优待证已作废（\(Self.named(revoked))），不得移交或发放。请从清单中去掉，并办理收回。",
                en:
                    "\(revoked.count) of the cards are void (\(Self.named(revoked))) and must not be passed on or delivered: leave them out and take them back."
            )
        }
        let paused = cards.filter(\.isPaused).map(\.submissionID)
        guard paused.isEmpty else {
            throw .conflict(
                "card.paused",
                zh: "有 \(paused.count) 张优待证已暂缓办理（\(Self.named(paused))），须留在现持有单位，暂不得移交或发放。请从清单中去掉，待恢复办理后再提交。",
                en:
                    "\(paused.count) of the cards are paused (\(Self.named(paused))) and stay with whoever has them: leave them out, and send them when the pause is over."
            )
        }
        let leaving = cards.filter { $0.transfer != nil }.map(\.submissionID)
        guard leaving.isEmpty else {
            throw .conflict(
                "card.on_way_up",
                zh: "有 \(leaving.count) 张优待证已登记逐级退回、等待上级签收（\(Self.named(leaving))），不能再办理此步骤。请联系接收单位。",
                en:
                    "\(leaving.count) of the cards are already handed up and wait for a signature (\(Self.named(leaving))): ask the office that receives them."
            )
        }
    }

    /// What arrives when a list is signed for: cards that go on, and void ones the receiver keeps.
    struct Arrival: Sendable, Equatable {
        /// In the order they were locked; also the paused ones, which stay where they arrive.
        let moving: [CardInCustody]
        let stage: SubmissionStage
        /// Void: taken back by whoever signs (N32).
        let void: [CardInCustody]
    }

    /// A list that is signed for as a whole. The cards are there, whatever was decided about them on their way; so the
    /// paused and void ones must be named, and are kept apart.
    ///
    /// - Parameter setAside: Exactly the paused and void cards of the list.
    /// - Throws: `Refusal` naming those that are not set aside, or are and need not be.
    static func arrive(
        _ cards: [CardInCustody], by step: SubmissionStep, to stage: SubmissionStage, setAside: [UUID]
    ) throws(Refusal) -> Arrival {
        let held = cards.filter { $0.isPaused || $0.isRevoked }
        let named = Set(setAside)
        let unnamed = held.map(\.submissionID).filter { !named.contains($0) }
        guard unnamed.isEmpty else {
            throw .conflict(
                "card.paused",
                zh: "其中有 \(unnamed.count) 张优待证已暂缓办理或作废（\(Self.named(unnamed))）。请将其取出另行封存，并在 setAside 中逐张列出后再签收。",
                en:
                    "\(unnamed.count) of the cards are paused or void (\(Self.named(unnamed))): take them out, keep them apart, name each in “setAside” and sign again."
            )
        }
        let known = Set(held.map(\.submissionID))
        let odd = setAside.filter { !known.contains($0) }
        guard odd.isEmpty else {
            throw .conflict(
                "card.not_held", zh: "setAside 中有 \(odd.count) 张优待证并未暂缓或作废（\(Self.named(odd))）。请从 setAside 中去掉后再签收。",
                en:
                    "\(odd.count) cards in “setAside” are neither paused nor void (\(Self.named(odd))): take them out of it and sign again."
            )
        }
        let moving = cards.filter { !$0.isRevoked }
        if !moving.isEmpty { _ = try Self.record(moving, as: step) }
        return Arrival(moving: moving, stage: stage, void: cards.filter(\.isRevoked))
    }

    /// A list of cards as a caller sends it: not empty, not too long, nothing twice.
    ///
    /// - Returns: The ids in ascending order, the order in which rows are locked.
    static func list(_ submissions: [UUID]) throws(Refusal) -> [UUID] {
        guard !submissions.isEmpty else { throw Self.noCards }
        guard submissions.count <= Self.mostCards else {
            throw .invalid(
                "cards.too_many", zh: "一次最多可提交 \(Self.mostCards) 张优待证，请分批提交。",
                en: "At most \(Self.mostCards) cards fit into one call: send the list in parts.")
        }
        let sorted = Set(submissions).sorted { $0.uuidString < $1.uuidString }
        guard sorted.count == submissions.count else {
            throw .invalid(
                "cards.listed_twice", zh: "清单中有 \(submissions.count - sorted.count) 个编号重复，请逐张核对后重新提交。",
                en:
                    "Some ids stand twice in the list (\(submissions.count - sorted.count)): check it card by card and send it again."
            )
        }
        return sorted
    }

    /// - Throws: `Refusal` when some of the listed cards are not known here.
    static func requireAll(_ listed: [UUID], among found: [CardInCustody]) throws(Refusal) {
        guard found.count != listed.count else { return }
        let known = Set(found.map(\.submissionID))
        let missing = listed.filter { !known.contains($0) }
        throw .conflict(
            "cards.unknown", zh: "清单中有 \(missing.count) 个编号没有对应的制证记录（\(Self.named(missing))）。请核对清单后重新提交。",
            en:
                "The list has \(missing.count) without a card order (\(Self.named(missing))). Check the list and send it again."
        )
    }

    /// - Throws: `Refusal` when a card belongs to another station (R90).
    static func requireStation(_ station: String, of cards: [CardInCustody]) throws(Refusal) {
        let foreign = cards.filter { $0.station != station }.map(\.submissionID)
        guard !foreign.isEmpty else { return }
        throw .conflict(
            "cards.other_station",
            zh: "有 \(foreign.count) 张优待证不属于 \(station)（\(Self.named(foreign))）。请按服务站重新分类后再交接。",
            en:
                "\(foreign.count) of the cards do not belong to \(station) (\(Self.named(foreign))). Sort them by station again."
        )
    }

    /// Up to three ids, enough to find the mistake without flooding an answer.
    static func named(_ submissions: [UUID]) -> String {
        let shown = submissions.prefix(3).map { $0.uuidString.lowercased() }.joined(separator: ", ")
        return submissions.count > 3 ? shown + ", …" : shown
    }

    private static let noCards = Refusal.invalid(
        "cards.none", zh: "清单是空的，请至少列出一张优待证。", en: "The list is empty: name at least one card.")
}
