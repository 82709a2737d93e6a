import CardProgramme

/// Where is it, whose turn, by when at the latest: one sentence for the applicant, Chinese first.
struct ProgressSentence: Sendable, Equatable {
    let chinese: String
    let english: String

    /// - Parameter dueIsLimit: the day is a limit set by rule; otherwise it is called a target (A8).
    init(stage: SubmissionStage, dueOn: CalendarDay?, dueIsLimit: Bool, today: CalendarDay, guidance: Guidance) {
        var zh = "您的优待证申领目前状态：\(stage.chinese)。"
        var en = "Your card submission: \(stage.english)."
        if stage.holder == .nobody {
            zh += "全部环节已办结。"
            en += " Nothing is left to do."
            // Why stands in no sentence that others may read over somebody's shoulder (N20, N21).
            if stage == .refused {
                zh += "如需了解原因或有异议，请本人持身份证到区退役军人事务局咨询；有关情形结束并改正后，可按规定重新申领。"
                en +=
                    " To learn why, or to object, come to the district bureau in person with your identity card; once what stood in the way has ended and was made good, you may apply again."
            }
        } else {
            zh += "现由\(stage.holder.chinese)办理"
            en += " It is the turn of: \(stage.holder.english)"
            if let dueOn {
                let overdue = today > dueOn
                zh += dueIsLimit ? "，最迟\(dueOn.chinese)办结" : "，预计\(dueOn.chinese)前办结（目标时间）"
                en += dueIsLimit ? ", by \(dueOn) at the latest" : ", aimed at \(dueOn) (a target, no legal limit)"
                if overdue {
                    zh += "，现已超过，可向受理的服务站或区退役军人服务中心询问"
                    en += "; that day has passed: ask the station or the district centre"
                }
            } else {
                zh += "，该环节没有规定时限"
                en += "; no rule sets a day for this step"
            }
            zh += "。"
            en += "."
        }
        if !guidance.points.isEmpty {
            zh += guidance.chinese
            en += " " + guidance.english
        }
        self.chinese = zh
        self.english = en
    }
}
