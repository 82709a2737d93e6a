import CardProgramme
import Contracts
import FoundationEssentials

/// What the applicant is told to do about a return: every reason with its guidance, what to bring, the clerk's words (R63,
/// R64, R86).
struct Guidance: Sendable, Equatable {
    let reasons: [ReturnReason]
    let missing: [MaterialKind]
    let note: String?

    /// - Parameter note: opened; what was written with the last return.
    init(_ submission: SubmissionRecord, note: String?) {
        let isStations = submission.stage == .returnedToApplicant && !submission.reasons.isEmpty
        guard submission.stage.isReturned else {
            (self.reasons, self.missing, self.note) = ([], [], nil)
            return
        }
        self.reasons = isStations ? submission.reasons : [submission.lastReason].compactMap(\.self)
        self.missing = isStations ? submission.missing : []
        self.note = note
    }

    var chinese: String {
        guard !self.reasons.isEmpty else { return "" }
        var text = "退回原因：\(self.reasons.map(\.chinese).joined(separator: "；"))。"
        text += self.reasons.map(\.guidanceChinese).joined()
        if !self.missing.isEmpty { text += "请带齐：\(self.missing.map(\.chinese).joined(separator: "、"))。" }
        if let note { text += "工作人员说明：\(note)" }
        return text
    }

    var english: String {
        guard !self.reasons.isEmpty else { return "" }
        var text = "Returned because: \(self.reasons.map(\.english).joined(separator: "; ")). "
        text += self.reasons.map(\.guidanceEnglish).joined(separator: " ")
        if !self.missing.isEmpty { text += " Please bring: \(self.missing.map(\.english).joined(separator: "; "))." }
        if let note { text += " A note from the station: \(note)" }
        return text
    }
}

extension IntakeAPI.Guidance {
    init(_ guidance: Guidance, of submission: SubmissionRecord) {
        self.init(
            submissionID: submission.id, stage: submission.stage, round: submission.round,
            points: guidance.reasons.map {
                Point(reason: $0, chinese: $0.guidanceChinese, english: $0.guidanceEnglish)
            }, missing: guidance.missing, note: guidance.note,
            chinese: guidance.reasons.isEmpty ? "该申领目前没有需要补正的事项。" : guidance.chinese,
            english: guidance.reasons.isEmpty ? "There is nothing to mend at the moment." : guidance.english)
    }
}
