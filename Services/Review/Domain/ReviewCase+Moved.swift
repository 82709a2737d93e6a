import CardProgramme
import FoundationEssentials

extension ReviewCase {
    /// The case as a verdict leaves it.
    ///
    /// - Parameters:
    ///   - note: The verdict's note as it is stored.
    ///   - subject: Who decided, or recorded what was decided.
    func moved(by verdict: ReviewVerdict, note: String?, subject: String) -> ReviewCase {
        var moved = self
        moved.claim = nil
        moved.revision += 1
        moved.decidedBy = self.decidedBy.adding([subject])
        if verdict.outcome == .pass {
            if verdict.level == .bureau {
                moved.passedBy = self.passedBy.adding([subject])
            } else {
                moved.recordedBy = self.recordedBy.adding([subject])
            }
        }
        if verdict.hold != self.hold {
            moved.hold = verdict.hold
            moved.holdSince = verdict.hold == nil ? nil : verdict.at
        }
        // What refuses on a ground the province judges may be made good one day, and is then looked at again.
        if verdict.outcome == .ruleAgainst || (verdict.outcome == .refuse && verdict.ground?.kind == .ruling) {
            moved.ruledAgainst = true
        }
        guard verdict.step != nil else { return moved }
        moved.stage = verdict.stage
        moved.waitingSince = verdict.at
        moved.due = verdict.due
        moved.suspendedFrom = verdict.suspendedFrom
        if let reason = verdict.reason {
            moved.lastReason = reason
            moved.lastNote = note
        }
        return moved
    }
}
