/// The periods of a programme, as its file states them.
package struct Deadlines: Codable, Hashable, Sendable {
    /// Whether a period is law or only what the office aims at (A8).
    package enum Nature: String, Codable, Sendable, CaseIterable {
        /// A limit some rule sets; missing it is a breach.
        case limit
        /// A figure for 『及时』 duties that have none; it is shown as a target, never as a limit.
        case target
    }

    /// So many working days, by rule or by aim.
    package struct Period: Codable, Hashable, Sendable {
        package let workingDays: Int
        package let nature: Nature

        package init(workingDays: Int, nature: Nature) {
            self.workingDays = workingDays
            self.nature = nature
        }
    }

    /// Initial review after verification passed (R47).
    package let initialReview: Period
    /// Delivery after the station received the card (R48).
    package let delivery: Period
    /// Audit and filing together after the initial review passed (N18).
    package let auditAndFiling: Period
    /// The station's check after acceptance (A8).
    package let stationCheck: Period
    /// Verification after the check passed (A8).
    package let verification: Period
    /// Correction by whoever got it back (R50, A8).
    package let correction: Period
    /// Hand-over after the centre received a parcel (R91, A8).
    package let handOver: Period
    /// Months after which an undeliverable card goes back up to the province (N25).
    package let returnToProvinceMonths: Int
    /// The day of the month by whose end the monthly statistics are due (R49, A5).
    package let monthlyReportDay: Int

    package init(
        initialReview: Period, delivery: Period, auditAndFiling: Period, stationCheck: Period, verification: Period,
        correction: Period, handOver: Period, returnToProvinceMonths: Int, monthlyReportDay: Int
    ) {
        self.initialReview = initialReview
        self.delivery = delivery
        self.auditAndFiling = auditAndFiling
        self.stationCheck = stationCheck
        self.verification = verification
        self.correction = correction
        self.handOver = handOver
        self.returnToProvinceMonths = returnToProvinceMonths
        self.monthlyReportDay = monthlyReportDay
    }

    /// What the documents say (7, 10 and 30 working days, 3 months, the 20th), and targets for what they leave open.
    package static let standard = Deadlines(
        initialReview: Period(workingDays: 7, nature: .limit), delivery: Period(workingDays: 10, nature: .limit),
        auditAndFiling: Period(workingDays: 30, nature: .limit), stationCheck: Period(workingDays: 3, nature: .target),
        verification: Period(workingDays: 5, nature: .target), correction: Period(workingDays: 10, nature: .target),
        handOver: Period(workingDays: 3, nature: .target), returnToProvinceMonths: 3, monthlyReportDay: 20)
}
