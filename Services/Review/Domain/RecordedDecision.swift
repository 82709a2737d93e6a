import CardProgramme
import Contracts
import FoundationEssentials

/// A decision that is on record; by these a list sent twice is recognised, and one that says something else.
struct RecordedDecision: Sendable, Equatable {
    var submissionID: UUID
    var level: Level
    var round: Int
    var pass: Int
    var outcome: RecordedOutcome
    var reason: ReturnReason?
    var ground: Ground?
    var decidedAt: Date
}

extension RecordedDecision {
    /// Whether a row of a list says the same, whatever moment it gives.
    func says(_ decision: Decision) -> Bool {
        self.outcome == RecordedOutcome(decision.outcome) && self.reason == decision.reason
            && self.ground == decision.ground
    }
}

extension Sequence<RecordedDecision> {
    /// Whether an item of a list is on record already.
    ///
    /// The same decision of the same moment always is. A case may come before the city twice in one round and pass,
    /// because the bureau may send back what the city returned to it, so the moment tells a repetition from a new
    /// decision; once the case has left the level, its last decision there with the same outcome is this one, whatever
    /// the clock on the list.
    func contains(_ item: CaseAPI.SuperiorDecisions.Item, about found: ReviewCase, rules: ReviewRules) -> Bool {
        let here = self.filter { $0.level == item.level && $0.round == item.decision.round }
        let equal = here.filter { $0.says(item.decision) }
        // Instants travel with milliseconds and are stored with microseconds.
        if equal.contains(where: { abs($0.decidedAt.timeIntervalSince(item.decidedAt)) < 0.001 }) { return true }
        guard found.round == item.decision.round,
            let step = try? ReviewCase.step(of: item.level, item.decision, rules: rules),
            SubmissionStateMachine.stage(after: step, from: found.stage) == nil, let last = here.last
        else { return false }
        return last.pass == found.pass && last.says(item.decision)
    }

    /// The item with the round it means. A list sent again names a round that may be over.
    func withRound(
        _ item: CaseAPI.SuperiorDecisions.Item, about found: ReviewCase
    ) -> CaseAPI.SuperiorDecisions.Item {
        guard item.namesNoRound == true else { return item }
        let same = self.first {
            $0.level == item.level && $0.says(item.decision)
                && abs($0.decidedAt.timeIntervalSince(item.decidedAt)) < 0.001
        }
        var meant = item
        meant.decision.round = same?.round ?? found.round
        return meant
    }

    /// The decision on record that an item says something else than; nil when there is none.
    func contradicted(by item: CaseAPI.SuperiorDecisions.Item) -> RecordedDecision? {
        let last = self.filter { $0.level == item.level && $0.round == item.decision.round }.last
        guard let last, last.outcome.decision != nil, !last.says(item.decision) else { return nil }
        return last
    }
}
