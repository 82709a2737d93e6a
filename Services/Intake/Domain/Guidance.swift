import CardProgramme
import Contracts
import FoundationEssentials

/// What the applicant is told to do about a return: every reason with its guidance, what to bring, the clerk's words (R63,
/// R64, R86).
struct Guidance: Sendable, Equatable {
    /// A reason and what to do about it, in the office's own words where the programme has them.
    struct Point: Sendable, Equatable {
        let reason: ReturnReason
        let zh: String
        let en: String
    }

    let points: [Point]
    let missing: [MaterialKind]
    let note: String?

    /// - Parameter note: opened; what was written with the last return.
    init(_ submission: SubmissionRecord, note: String?, programme: Programme) {
        let isStations = submission.stage == .returnedToApplicant && !submission.reasons.isEmpty
        guard submission.stage.isReturned else {
            (self.points, self.missing, self.note) = ([], [], nil)
            return
        }
        let reasons = isStations ? submission.reasons : [submission.lastReason].compactMap(\.self)
        self.points = reasons.map { reason in
            let words = programme.guidance(reason)
            return Point(reason: reason, zh: words.zh, en: words.en)
        }
        self.missing = isStations ? submission.missing : []
        self.note = note
    }

    var chinese: String {
        guard !self.points.isEmpty else { return "" }
        var text = "退回原因：\(self.points.map(\.reason.chinese).joined(separator: "；"))。"
        text += self.points.map(\.zh).joined()
        if !self.missing.isEmpty { text += "请带齐：\(self.missing.map(\.chinese).joined(separator: "、"))。" }
        if let note { text += "工作人员说明：\(note)" }
        return text
    }

    var english: String {
        guard !self.points.isEmpty else { return "" }
        var text = "Returned because: \(self.points.map(\.reason.english).joined(separator: "; ")). "
        text += self.points.map(\.en).joined(separator: " ")
        if !self.missing.isEmpty { text += " Please bring: \(self.missing.map(\.english).joined(separator: "; "))." }
        if let note { text += " A note from the station: \(note)" }
        return text
    }
}

extension IntakeAPI.Guidance {
    init(_ guidance: Guidance, of submission: SubmissionRecord) {
        self.init(
            submissionID: submission.id, stage: submission.stage, round: submission.round,
            points: guidance.points.map { Point(reason: $0.reason, chinese: $0.zh, english: $0.en) },
            missing: guidance.missing, note: guidance.note,
            chinese: guidance.points.isEmpty ? "该申领目前没有需要补正的事项。" : guidance.chinese,
            english: guidance.points.isEmpty ? "There is nothing to mend at the moment." : guidance.english)
    }
}
