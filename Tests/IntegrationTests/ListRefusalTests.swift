import Access
import CardProgramme
import Contracts
import FoundationEssentials
import TestSupport
import Testing

extension Integration {
    /// Lists of city, province and bank with rows that cannot be right.
    @Suite struct ListRefusalTests {
        @Test func superiorDecisionsThatCannotBeRightAreRefusedOneByOne() async throws {
            let fixtures = try await Fixtures.shared()
            let audit = fixtures[.awaitingAudit]
            let filing = fixtures[.awaitingFiling]
            func item(
                _ journey: Journey, _ level: String = "city", _ decision: JSON? = nil,
                at instant: Date = ServiceStandClock.standard
            ) -> JSON {
                [
                    "submissionID": .string(journey.id.uuidString), "level": .string(level),
                    "decision": decision ?? journey.decision(nil), "decidedAt": .string(InstantText.format(instant)),
                ]
            }
            let items: [(String, JSON)] = [
                ("by the bureau", item(audit, "bureau")), ("filed before the audit", item(audit, "province")),
                ("checked by the bank before it was filed", item(filing, "bank")),
                ("refused without a ground", item(audit, "city", audit.decision(nil, outcome: "refuse"))),
                (
                    "refused on the province's ground",
                    item(audit, "city", audit.decision(nil, outcome: "refuse", ground: .expelledFromParty))
                ),
                (
                    "refused on the ground of an end",
                    item(audit, "city", audit.decision(nil, outcome: "refuse", ground: .deceased))
                ),
                (
                    "refused by a bank",
                    item(fixtures[.awaitingBankCheck], "bank", audit.decision(nil, outcome: "refuse"))
                ),
                (
                    "returned by the city for the bank's reason",
                    item(audit, "city", audit.decision(.bankCardLimit))
                ),
                (
                    "returned by the bank for the station's reason",
                    item(fixtures[.awaitingBankCheck], "bank", audit.decision(.photoUnsuitable))
                ),
                ("not here yet", item(fixtures[.awaitingVerification])),
                ("at the bureau", item(fixtures[.awaitingInitialReview])),
                (
                    "ordered already",
                    item(fixtures[.delivered], "province", ["outcome": .string("pass"), "round": .number(7)])
                ),
                ("round 2", item(audit, "city", ["outcome": .string("pass"), "round": .number(2)])),
                (
                    "returned without a reason",
                    item(audit, "city", ["outcome": .string("return"), "round": .number(1)])
                ),
                ("passed with a reason", item(audit, "city", audit.decision(.other, outcome: "pass"))),
                ("returned by the province", item(filing, "province", filing.decision(.other))),
                ("decided tomorrow", item(audit, at: ServiceStandClock.standard + 86_400)),
                ("decided last year", item(audit, at: ServiceStandClock.standard - 365 * 86_400)),
            ]
            let before = try await fixtures.stand.digests()
            let answer = try await fixtures.stand.ask(
                .review, "POST", "/api/decisions", ["decisions": .array(items.map(\.1))], as: Staff.superior,
                for: CaseAPI.SuperiorOutcomes.self)
            #expect(answer.outcomes.count == items.count)
            for (item, outcome) in zip(items, answer.outcomes) {
                #expect(outcome.result == .refused, "\(item.0): \(outcome)")
                #expect(outcome.chinese?.unicodeScalars.contains { $0.value > 0x4E00 } == true, "\(item.0)")
                #expect(outcome.english?.isEmpty == false, "\(item.0)")
            }
            #expect(try await fixtures.stand.digests() == before)
            try await fixtures.expectRefused(
                .review,
                [
                    Refusable(
                        "no decision", "POST", "/api/decisions", Staff.superior, ["decisions": .array([])], 422,
                        "decisions.count"),
                    Refusable(
                        "501 decisions", "POST", "/api/decisions", Staff.superior,
                        ["decisions": .array(Array(repeating: item(audit), count: 501))], 422, "decisions.count"),
                    Refusable(
                        "by the bureau itself", "POST", "/api/decisions", Staff.bureau(),
                        ["decisions": .array([item(audit)])],
                        403, "access.denied"),
                ])
        }
    }
}
