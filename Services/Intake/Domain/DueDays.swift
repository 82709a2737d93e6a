import CardProgramme
import FoundationEssentials

/// By when whoever holds a submission must, or should, act.
struct DueDays: Sendable {
    let programme: Programme
    let calendar: WorkingDayCalendar

    /// The last day of a stage that began at `instant`; day 0 is that instant's day in Asia/Shanghai (A4). Nil when
    /// neither a rule nor a target speaks of the stage.
    func day(of stage: SubmissionStage, since instant: Date) -> CalendarDay? {
        self.period(of: stage).map { period in
            self.calendar.day(period.workingDays, workingDaysAfter: CalendarDay(instant))
        }
    }

    /// Whether the stage's last day is a limit set by rule and not only a target (A8).
    func isLimit(_ stage: SubmissionStage) -> Bool { self.period(of: stage)?.nature == .limit }

    private func period(of stage: SubmissionStage) -> Deadlines.Period? {
        let deadlines = self.programme.deadlines
        switch stage {
        case .awaitingStationCheck: return deadlines.stationCheck
        case .returnedToApplicant, .returnedToStation, .returnedToCentre, .returnedToBureau: return deadlines.correction
        case .awaitingVerification: return deadlines.verification
        case .awaitingInitialReview: return deadlines.initialReview
        case .awaitingAudit, .awaitingFiling: return deadlines.auditAndFiling
        case .atCentre: return deadlines.handOver
        case .atStation: return deadlines.delivery
        case .awaitingBankCheck, .awaitingRuling, .discontinued: return nil
        case .refused, .ordered, .inProduction, .produced, .inTransit, .onWayToStation, .delivered: return nil
        case .parcelRefused, .cardMissing, .cardLost, .reordered, .backAtCentre, .backAtCity, .backAtProvince,
            .cardWrittenOff, .cardRevoked, .cardWithdrawn:
            return nil
        }
    }
}
