import FoundationEssentials

/// The periods that run while a submission is under way, each from the event that sets it to its due date.
///
/// They belong to the single submission or card, not to a stage of the plan: a card that reaches its station on the last
/// day of the issuing stage still has its ten working days (A3).
package struct DeadlineRules: Sendable {
    /// The periods of the programme.
    package let deadlines: Deadlines
    /// The working days they are counted in.
    package let calendar: WorkingDayCalendar

    package init(deadlines: Deadlines = .standard, calendar: WorkingDayCalendar = .china) {
        self.deadlines = deadlines
        self.calendar = calendar
    }

    /// When something is due.
    ///
    /// - Parameters:
    ///   - rule: What is due.
    ///   - event: The day of ``DeadlineRule/startingStep``; it is day 0 (A4).
    package func deadline(_ rule: DeadlineRule, from event: CalendarDay) -> Deadline {
        let period = self.period(of: rule)
        return Deadline(
            rule: rule, nature: period.nature, due: self.calendar.dueDate(period.workingDays, workingDaysAfter: event))
    }

    /// 初审: within 7 working days after verification passed (R47, A4).
    package func initialReview(verificationPassed day: CalendarDay) -> Deadline {
        self.deadline(.initialReview, from: day)
    }

    /// 审核 and 备案 together: within 30 working days after the initial review passed (N18).
    package func auditAndFiling(initialReviewPassed day: CalendarDay) -> Deadline {
        self.deadline(.auditAndFiling, from: day)
    }

    /// 送达: within 10 working days of the station receiving the card (R48, A3).
    package func delivery(receivedAtStation day: CalendarDay) -> Deadline {
        self.deadline(.delivery, from: day)
    }

    /// The day on which a card that could not be delivered starts its way back up to the province: so many months after
    /// the station received it (N25).
    package func returnToProvince(receivedAtStation day: CalendarDay) -> CalendarDay {
        day.adding(months: self.deadlines.returnToProvinceMonths)
    }

    /// Where the submission is, by when at the latest somebody must act; nil where no rule or target says so.
    ///
    /// - Parameter event: The day of the ``DeadlineRule/startingStep`` of ``DeadlineRule/running(at:)``. It need not be
    ///   the day the stage began: audit and filing share one period.
    package func deadline(at stage: SubmissionStage, from event: CalendarDay) -> Deadline? {
        DeadlineRule.running(at: stage).map { self.deadline($0, from: event) }
    }

    /// The monthly statistics of a month (R49); nil when there is no such month.
    package func monthlyReport(year: Int, month: Int) -> MonthlyReport? {
        guard (1...12).contains(month), (1...9999).contains(year) else { return nil }
        let day = min(self.deadlines.monthlyReportDay, CalendarDay.length(ofMonth: month, in: year))
        guard let limit = CalendarDay(year: year, month: month, day: day) else { return nil }
        return MonthlyReport(limit: limit, remindOn: self.calendar.lastWorkingDay(before: limit))
    }

    /// The next monthly statistics to be due, those due on the day itself included.
    package func monthlyReport(dueOnOrAfter day: CalendarDay) -> MonthlyReport? {
        let (year, month, _) = day.components
        if let report = self.monthlyReport(year: year, month: month), report.limit >= day { return report }
        return self.monthlyReport(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1)
    }

    private func period(of rule: DeadlineRule) -> Deadlines.Period {
        switch rule {
        case .stationCheck: self.deadlines.stationCheck
        case .correction: self.deadlines.correction
        case .verification: self.deadlines.verification
        case .initialReview: self.deadlines.initialReview
        case .auditAndFiling: self.deadlines.auditAndFiling
        case .handOver: self.deadlines.handOver
        case .delivery: self.deadlines.delivery
        }
    }
}

/// What there are periods for.
package enum DeadlineRule: String, Codable, Sendable, CaseIterable {
    /// The station's check of the materials (A8).
    case stationCheck
    /// Correction by whoever got a submission back (R50, A8).
    case correction
    /// Verification at the centre (A8).
    case verification
    /// Initial review at the bureau (R47).
    case initialReview
    /// Audit and filing above the district (N18).
    case auditAndFiling
    /// From the centre to the station (R91, A8).
    case handOver
    /// From the station to the holder (R48).
    case delivery

    /// The rule that runs at a stage.
    package static func running(at stage: SubmissionStage) -> DeadlineRule? {
        switch stage {
        case .awaitingStationCheck: .stationCheck
        case .returnedToApplicant, .returnedToStation, .returnedToCentre, .returnedToBureau: .correction
        case .awaitingVerification: .verification
        case .awaitingInitialReview: .initialReview
        case .awaitingAudit, .awaitingFiling: .auditAndFiling
        case .atCentre: .handOver
        case .atStation: .delivery
        case .awaitingBankCheck, .awaitingRuling, .discontinued: nil
        case .ordered, .inProduction, .produced, .inTransit, .onWayToStation, .refused, .delivered: nil
        case .parcelRefused, .cardMissing, .cardLost, .reordered, .backAtCentre, .backAtCity, .backAtProvince,
            .cardWrittenOff, .cardRevoked, .cardWithdrawn:
            nil
        }
    }

    /// The step whose day is day 0; nil where it is the acceptance itself, or whichever return there was.
    package var startingStep: SubmissionStep? {
        switch self {
        case .stationCheck, .correction: nil
        case .verification: .checkPassed
        case .initialReview: .verificationPassed
        case .auditAndFiling: .initialReviewPassed
        case .handOver: .receivedAtCentre
        case .delivery: .receivedAtStation
        }
    }

    /// Where the period comes from.
    package var source: String {
        switch self {
        case .initialReview: "R47, A4"
        case .delivery: "R48, A3"
        case .auditAndFiling: "N18"
        case .correction: "R50, A8"
        case .handOver: "R91, A8"
        case .stationCheck, .verification: "A8"
        }
    }

    package var chinese: String {
        switch self {
        case .stationCheck: "服务站检查"
        case .correction: "补正"
        case .verification: "核实"
        case .initialReview: "初审"
        case .auditAndFiling: "审核及备案"
        case .handOver: "移交服务站"
        case .delivery: "送达"
        }
    }

    package var english: String {
        switch self {
        case .stationCheck: "check by the station"
        case .correction: "correction"
        case .verification: "verification"
        case .initialReview: "initial review"
        case .auditAndFiling: "audit and filing"
        case .handOver: "hand-over to the station"
        case .delivery: "delivery"
        }
    }
}

/// A due date and what it stands for.
package struct Deadline: Codable, Hashable, Sendable {
    package let rule: DeadlineRule
    /// A target is shown as such and never counted as a breach (A8).
    package let nature: Deadlines.Nature
    package let due: DueDate

    package init(rule: DeadlineRule, nature: Deadlines.Nature, due: DueDate) {
        self.rule = rule
        self.nature = nature
        self.due = due
    }

    /// Whether something done on this day was done in time; the due day itself is in time.
    package func isKept(by day: CalendarDay) -> Bool { day <= self.due.day }

    /// The instant at which the due day ends in Asia/Shanghai.
    package var end: Date { self.due.day.endOfDay }
}

/// The monthly statistics (R49): due by the end of the 20th, reminded of on the last working day before (A5).
package struct MonthlyReport: Codable, Hashable, Sendable {
    /// The last day, included whole: 20日24时.
    package let limit: CalendarDay
    /// The last working day before ``limit``.
    package let remindOn: CalendarDay
}
