import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Grounds of refusal (N20), rulings of the province (N21), the bank's check (N24), ends (N32).
    @Suite struct ExceptionStoryTests {
        @Test func aGroundThatLeavesNoChoiceRefusesAndStaysSealed() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.go(to: .awaitingInitialReview)
            for (ground, code) in [(Ground.expelledFromParty, "ground.ruling"), (.deceased, "ground.withdrawal")] {
                let reply = try await journey.decide(
                    .review, journey.decision(nil, outcome: "refuse", ground: ground), as: Staff.bureau())
                journey.expect(reply, 422, code)
            }
            let without = try await journey.decide(
                .review, journey.decision(nil, outcome: "refuse"), as: Staff.bureau())
            journey.expect(without, 422, "decision.groundMissing")

            let refusal = journey.decision(nil, outcome: "refuse", ground: .politicalRightsDeprived)
            #expect(try await journey.decide(.review, refusal, as: Staff.bureau()).status == 200)
            let progress = try await journey.progress(at: .refused)
            #expect(progress.dueOn == nil && progress.reason == nil)
            try await stand.settle()
            let notices = try await stand.ask(
                .notification, "GET", "/api/notices?submission=\(journey.id)", as: Staff.applicant(journey.personID),
                for: NotificationAPI.WorkList.self)
            #expect(notices.notices.map(\.purpose).contains(.submissionRefused))
            // Which ground it was stands nowhere in the clear: no row, no message, no sentence.
            for text in [progress.chinese, progress.english] {
                #expect(!text.contains(Ground.politicalRightsDeprived.chinese) && !text.contains("rights"))
            }
            for service in ServiceName.allCases {
                for row in try await stand.rows(of: service) {
                    #expect(
                        !row.text.contains("politicalRightsDeprived")
                            && !row.text.contains(Ground.politicalRightsDeprived.chinese), "\(service) \(row.table)")
                }
            }
            // The bureau may read it, an auditor only that there was one (R87).
            for (principal, ground) in [(Staff.bureau(), Ground.politicalRightsDeprived), (Staff.auditor, nil)] {
                let history = try await stand.ask(
                    .review, "GET", "/api/cases/\(journey.id)/history", as: principal, for: ReviewAPI.History.self)
                #expect(history.lines.map(\.outcome) == ["refuse"] && history.lines.map(\.ground) == [ground])
                #expect(history.lines.map(\.by) == [Staff.bureau().subject])
            }
            // It is final: nobody passes it any more, and the person may submit anew (N21).
            let late = try await journey.decide(.review, journey.decision(nil), as: Staff.bureau("b"))
            journey.expect(late, 409, "impossible_step")
            try await journey.submitAgain()
        }

        @Test func whatTheProvinceJudgesGoesUpAndComesBackOrEnds() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = Journey(stand)
            try await journey.go(to: .awaitingAudit)
            let path = "/api/cases/\(journey.id)"
            func suspend(_ ground: Ground, as principal: Principal) async throws -> HTTPReply {
                try await journey.post(
                    .review, "\(path)/suspension",
                    ["round": .number(journey.round), "ground": .string(ground.rawValue)], as: principal)
            }
            func rule(_ outcome: String, as principal: Principal = Staff.superior) async throws -> HTTPReply {
                try await journey.post(
                    .review, "\(path)/ruling",
                    [
                        "round": .number(journey.round), "outcome": .string(outcome),
                        "ruledAt": .string(InstantText.format(ServiceStandClock.standard)),
                    ], as: principal)
            }
            journey.expect(try await suspend(.struckOff, as: Staff.bureau()), 422, "ground.refusal")
            journey.expect(try await rule("cleared"), 409, "case.notSuspended")

            stand.clock.tick()
            let suspended = try await suspend(.criminalPenalty, as: Staff.superior)
            #expect(try suspended.decoded(ReviewAPI.Standing.self).stage == .awaitingRuling)
            let progress = try await journey.progress(at: .awaitingRuling)
            #expect(progress.chinese.contains("暂缓办理") && progress.chinese.contains("省退役军人事务厅"))
            #expect(!progress.chinese.contains(Ground.criminalPenalty.chinese) && progress.dueOn == nil)
            #expect(try await suspend(.criminalPenalty, as: Staff.superior).status == 200)
            journey.expect(try await suspend(.honourHarmed, as: Staff.superior), 409, "case.decidedOtherwise")
            // Nothing goes on meanwhile.
            #expect(try await journey.list([journey.row(.city)]).map(\.result) == [.refused])
            journey.expect(try await rule("cleared", as: Staff.bureau()), 403, "access.denied")

            stand.clock.tick()
            let cleared = try await rule("cleared").decoded(ReviewAPI.Standing.self)
            #expect(cleared.stage == .awaitingAudit && cleared.dueOn == CalendarDay("2022-04-21"))
            #expect(try await rule("cleared").decoded(ReviewAPI.Standing.self) == cleared)
            #expect(try await journey.progress(at: .awaitingAudit).dueOn == cleared.dueOn)

            stand.clock.tick()
            try await journey.record(.city)
            stand.clock.tick()
            #expect(try await suspend(.dismissedFromOffice, as: Staff.bureau()).status == 200)
            stand.clock.tick()
            let refused = try await rule("refused").decoded(ReviewAPI.Standing.self)
            #expect(refused.stage == .refused)
            _ = try await journey.progress(at: .refused)

            // Once it has ended and was made good, the same way again: county, city, province.
            try await journey.submitAgain()
            try await journey.verify()
            let found = try await journey.arrived(.review, .awaitingInitialReview)
            #expect(found.needsSituationEnded == true)
            let silent = try await journey.decide(.review, journey.decision(nil), as: Staff.bureau())
            journey.expect(silent, 422, "decision.situationEnded")
            let good: JSON = [
                "outcome": .string("pass"), "round": .number(journey.round), "situationEnded": .bool(true),
            ]
            #expect(try await journey.decide(.review, good, as: Staff.bureau()).status == 200)
            _ = try await journey.progress(at: .awaitingAudit)
        }

        @Test func theBankReturnsOverFourHopsAndAnotherBankIsChosen() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = Journey(stand)
            try await journey.go(to: .awaitingBankCheck)
            stand.clock.tick()
            try await journey.record(.bank, "return", .bankCardLimit)
            _ = try await journey.progress(at: .returnedToBureau)
            stand.clock.tick()
            try await journey.review(.bankCardLimit)
            _ = try await journey.progress(at: .returnedToCentre)
            stand.clock.tick()
            try await journey.arrived(.verification, .returnedToCentre)
            let note: JSON = [
                "outcome": .string("return"), "round": .number(journey.round), "reason": .string("bankCardLimit"),
                "note": .string(" 测试退回说明之一 "),
            ]
            #expect(try await journey.decide(.verification, note, as: Staff.centre()).status == 200)
            _ = try await journey.progress(at: .returnedToStation)
            #expect(try await journey.progress(as: journey.station).note == "测试退回说明之一")
            #expect(try await journey.progress(as: Staff.auditor).note == nil)
            for service in ServiceName.allCases {
                for row in try await stand.rows(of: service) { #expect(!row.text.contains("测试退回说明之一"), "\(service)") }
            }
            stand.clock.tick()
            try await journey.check(.bankCardLimit)
            let progress = try await journey.progress(at: .returnedToApplicant)
            #expect(progress.chinese.contains("改选另一家合作银行") && progress.note == nil)

            // Both forms name the bank, so both are signed anew (R125, R126).
            let path = "/api/submissions/\(journey.id)/correction"
            let unsigned = try await stand.ask(
                .intake, "POST", path, ["bank": .string("测试第二银行")], as: journey.station,
                for: IntakeAPI.Submission.self)
            journey.round = unsigned.round
            let check = try await journey.post(
                .intake, "/api/submissions/\(journey.id)/check", journey.stationDecision(), as: journey.station)
            journey.expect(check, 409, "check.materials_missing")
            stand.clock.tick()
            try await journey.check(.formsUnsigned)
            let signed = try await stand.ask(
                .intake, "POST", path,
                [
                    "bank": .string("测试第二银行"), "applicationFormSigned": .bool(true),
                    "bankConfirmationSigned": .bool(true),
                ], as: journey.station, for: IntakeAPI.Submission.self)
            journey.round = signed.round
            stand.clock.tick()
            try await journey.check()
            try await journey.verify()
            try await journey.review()
            try await journey.record(.city)
            try await journey.record(.province)
            let seen = try await stand.ask(
                .review, "GET", "/api/cases/\(journey.id)", as: Staff.superior, for: CaseAPI.Case.self)
            #expect(seen.bank == "测试第二银行" && seen.stage == .awaitingBankCheck)
            try await journey.record(.bank)
            #expect(try await journey.progress(at: .ordered).round == 3)
        }

        @Test func deathEndsASubmissionBeforeThereIsACard() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.go(to: .awaitingFiling)
            func withdraw(_ ground: Ground) async throws -> HTTPReply {
                try await journey.post(
                    .review, "/api/cases/\(journey.id)/withdrawal",
                    ["round": .number(1), "ground": .string(ground.rawValue)], as: Staff.bureau())
            }
            journey.expect(try await withdraw(.issuedWrongly), 422, "ground.withdrawal")
            journey.expect(try await withdraw(.honourHarmed), 422, "ground.ruling")
            let ended = try await withdraw(.deceased).decoded(ReviewAPI.Standing.self)
            #expect(ended.stage == .discontinued && ended.hold == nil)
            #expect(try await withdraw(.deceased).decoded(ReviewAPI.Standing.self) == ended)
            journey.expect(try await withdraw(.givenUp), 409, "case.decidedOtherwise")
            #expect(try await journey.progress(at: .discontinued).chinese.contains("已终止办理"))
            #expect(try await journey.list([journey.row(.province)]).map(\.result) == [.refused])
        }
    }
}
