import CardProgramme
import FoundationEssentials
import Testing

@Suite("Deadlines")
struct DeadlineRulesTests {
    private let rules = DeadlineRules()

    @Test("initial review is due 7 working days after verification passed, that day being day 0")
    func initialReview() {
        let deadline = rules.initialReview(verificationPassed: day("2022-09-30"))
        #expect(deadline.due.day == day("2022-10-14"))
        #expect(deadline.nature == .limit)
        #expect(deadline.isKept(by: day("2022-10-14")) && !deadline.isKept(by: day("2022-10-15")))
        #expect(deadline.end == day("2022-10-15").startOfDay)
    }

    @Test("a card that reaches its station as issuing ends still has 10 working days")
    func delivery() {
        let deadline = rules.delivery(receivedAtStation: day("2022-10-31"))
        #expect(deadline.due.day == day("2022-11-14"))
        #expect(deadline.nature == .limit)
        #expect(rules.returnToProvince(receivedAtStation: day("2022-11-30")) == day("2023-02-28"))
    }

    @Test("audit and filing share 30 working days")
    func audit() {
        let deadline = rules.auditAndFiling(initialReviewPassed: day("2022-11-30"))
        #expect(deadline.due.day == day("2023-01-12"))
        #expect(rules.deadline(at: .awaitingFiling, from: day("2022-11-30")) == deadline)
        #expect(rules.deadline(at: .awaitingAudit, from: day("2022-11-30")) == deadline)
    }

    @Test("what only has to be prompt is a target, never a limit")
    func targets() {
        for rule in DeadlineRule.allCases {
            let isLimit = [DeadlineRule.initialReview, .delivery, .auditAndFiling].contains(rule)
            #expect(rules.deadline(rule, from: day("2022-03-01")).nature == (isLimit ? .limit : .target))
            #expect(!rule.chinese.isEmpty && !rule.english.isEmpty && !rule.source.isEmpty)
        }
    }

    @Test("every stage has its rule or none, and each rule runs somewhere")
    func stages() {
        #expect(Set(SubmissionStage.allCases.compactMap(DeadlineRule.running(at:))) == Set(DeadlineRule.allCases))
        for stage in SubmissionStage.allCases where stage.isFinal {
            #expect(rules.deadline(at: stage, from: day("2022-03-01")) == nil)
        }
        for stage in SubmissionStage.allCases where stage.isReturned {
            #expect(DeadlineRule.running(at: stage) == .correction)
        }
        for stage in SubmissionStage.allCases {
            // The step that starts a rule's clock leads to a stage at which it runs.
            guard let rule = DeadlineRule.running(at: stage), let step = rule.startingStep else { continue }
            let reached = SubmissionStateMachine.stages(allowing: step).compactMap {
                SubmissionStateMachine.stage(after: step, from: $0)
            }
            #expect(reached.allSatisfy { DeadlineRule.running(at: $0) == rule })
        }
    }

    @Test(
        "monthly statistics are due by the end of the 20th and reminded of on the working day before",
        arguments: [
            (1, "2022-01-19"), (2, "2022-02-18"), (3, "2022-03-18"), (4, "2022-04-19"), (5, "2022-05-19"),
            (6, "2022-06-17"),
            (7, "2022-07-19"), (8, "2022-08-19"), (9, "2022-09-19"), (10, "2022-10-19"), (11, "2022-11-18"),
            (12, "2022-12-19"),
        ])
    func monthly(_ month: Int, _ reminder: String) throws {
        let report = try #require(rules.monthlyReport(year: 2022, month: month))
        #expect(report.limit.components == (2022, month, 20))
        #expect(report.remindOn == day(reminder))
    }

    @Test(
        "the next monthly statistics are this month's until the 20th is over",
        arguments: [
            ("2022-03-01", "2022-03-20"), ("2022-03-20", "2022-03-20"), ("2022-03-21", "2022-04-20"),
            ("2022-12-21", "2023-01-20"),
        ])
    func nextMonthly(_ date: String, _ limit: String) {
        #expect(rules.monthlyReport(dueOnOrAfter: day(date))?.limit == day(limit))
    }

    @Test("there are no statistics for a month that does not exist, and a short month ends early")
    func oddMonths() {
        #expect(rules.monthlyReport(year: 2022, month: 0) == nil)
        #expect(rules.monthlyReport(year: 2022, month: 13) == nil)
        let standard = Deadlines.standard
        let last = DeadlineRules(
            deadlines: Deadlines(
                initialReview: standard.initialReview, delivery: standard.delivery,
                auditAndFiling: standard.auditAndFiling,
                stationCheck: standard.stationCheck, verification: standard.verification,
                correction: standard.correction,
                handOver: standard.handOver, returnToProvinceMonths: 3, monthlyReportDay: 31))
        #expect(last.monthlyReport(year: 2022, month: 2)?.limit == day("2022-02-28"))
    }

    @Test("a deadline survives JSON")
    func json() throws {
        let deadline = rules.delivery(receivedAtStation: day("2026-12-30"))
        #expect(deadline.due.isProvisional)
        #expect(try JSONDecoder().decode(Deadline.self, from: JSONEncoder().encode(deadline)) == deadline)
    }
}
