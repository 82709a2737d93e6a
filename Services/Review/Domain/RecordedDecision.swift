import CardProgramme
import Contracts
import FoundationEssentials

/// A decision of city or province that is already on record; by these a list sent twice is recognised.
struct RecordedDecision: Sendable, Equatable {
    var submissionID: UUID
    var level: Level
    var round: Int
    var pass: Int
    var outcome: Decision.Outcome
    var reason: ReturnReason?
    var decidedAt: Date
}

extension Sequence<RecordedDecision> {
    /// Whether an item of a list is on record already.
    ///
    /// The same decision of the same moment always is. A case may come before the city twice in one round and pass,
    /// because the bureau may send back what the city returned to it, so the moment tells a repetition from a new
    /// decision; once the case has left the level, its last decision there with the same outcome is this one, whatever
    /// the clock on the list.
    func contains(_ item: CaseAPI.SuperiorDecisions.Item, about found: ReviewCase) -> Bool {
        let here = self.filter { $0.level == item.level && $0.round == item.decision.round }
        let equal = here.filter { $0.outcome == item.decision.outcome && $0.reason == item.decision.reason }
        // Instants travel with milliseconds and are stored with microseconds.
        if equal.contains(where: { abs($0.decidedAt.timeIntervalSince(item.decidedAt)) < 0.001 }) { return true }
        guard found.round == item.decision.round, let step = try? ReviewCase.step(of: item.level, item.decision),
            SubmissionStateMachine.stage(after: step, from: found.stage) == nil, let last = here.last
        else { return false }
        return last.pass == found.pass && last.outcome == item.decision.outcome && last.reason == item.decision.reason
    }
}
