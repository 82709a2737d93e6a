import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Lists of city, province and bank as they really come: partial, late, in any order, contradictory, broken, twice.
    @Suite struct ListStoryTests {
        @Test func partialAndLateListsAreTakenAsFarAsTheyGo() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.go(to: .awaitingAudit)
            // The province's list before the city's: not yet, and nothing is changed.
            let before = try await stand.digests()
            #expect(try await journey.list([journey.row(.province)]).map(\.result) == [.refused])
            #expect(try await stand.digests() == before)
            // One list with the whole way, in the wrong order.
            let whole = [journey.row(.bank), journey.row(.province), journey.row(.city)]
            #expect(try await journey.list(whole).map(\.result) == [.recorded, .recorded, .recorded])
            _ = try await journey.progress(at: .ordered)
            let after = try await stand.digests()
            #expect(
                try await journey.list(whole).map(\.result) == [.alreadyRecorded, .alreadyRecorded, .alreadyRecorded])
            #expect(try await stand.digests() == after)
        }

        @Test func aRowThatContradictsIsKeptForSomebodyToSettle() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            for outcome in [ReviewAPI.Settlement.Outcome.recordedStands, .rowStands] {
                var journey = Journey(stand)
                try await journey.go(to: .awaitingFiling)
                stand.clock.tick()
                let row = journey.row(.city, "return", .photoUnsuitable)
                let told = try await journey.list([row])
                #expect(told.map(\.result) == [.contradicts] && told.first?.stage == .awaitingFiling)
                #expect(told.first?.chinese?.contains("不一致") == true)
                let before = try await stand.digests()
                #expect(try await journey.list([row]).map(\.result) == [.contradicts])
                #expect(try await stand.digests() == before)

                let list = try await stand.ask(
                    .review, "GET", "/api/contradictions?limit=200", as: Staff.bureau(),
                    for: ReviewAPI.Contradictions.self)
                let kept = try #require(list.contradictions.first { $0.submissionID == journey.id })
                #expect(kept.recorded == .pass && kept.outcome == .return && kept.reason == .photoUnsuitable)
                #expect(kept.level == .city && kept.settledAs == nil && list.total >= 1)
                let path = "/api/contradictions/\(kept.id)/settlement"
                let body: JSON = ["outcome": .string(outcome.rawValue)]
                let unknown = try await journey.post(
                    .review, "/api/contradictions/\(UUID())/settlement", body, as: Staff.bureau())
                journey.expect(unknown, 404, "contradiction.notFound")
                stand.clock.tick()
                let settled = try await journey.post(.review, path, body, as: Staff.bureau("b")).decoded(
                    ReviewAPI.Contradiction.self)
                #expect(settled.settledAs == outcome)
                #expect(try await journey.post(.review, path, body, as: Staff.bureau("b")).status == 200)
                let other: ReviewAPI.Settlement.Outcome =
                    outcome == .rowStands ? .recordedStands : .rowStands
                let otherwise = try await journey.post(
                    .review, path, ["outcome": .string(other.rawValue)], as: Staff.bureau("b"))
                journey.expect(otherwise, 409, "contradiction.settled")
                #expect(try await journey.list([row]).map(\.result) == [.alreadyRecorded])
                switch outcome {
                case .recordedStands:
                    _ = try await journey.progress(at: .awaitingFiling)
                    try await journey.record(.province)
                case .rowStands:
                    let progress = try await journey.progress(at: .returnedToBureau)
                    #expect(progress.reason == .photoUnsuitable)
                    #expect(progress.history.map(\.stage).suffix(2) == [.awaitingAudit, .returnedToBureau])
                    stand.clock.tick()
                    try await journey.review()
                    stand.clock.tick()
                    #expect(
                        try await journey.list([journey.row(.city, at: ServiceStandClock.standard + 3_600)]).map(
                            \.result) == [.recorded])
                    _ = try await journey.progress(at: .awaitingFiling)
                }
            }
        }

        @Test func aFileWithBrokenLinesIsImportedAsFarAsItGoesAndTwiceIsOnce() async throws {
            let stand = try await ServiceStand.shared()
            var journeys: [Journey] = []
            for _ in 0..<3 {
                var journey = Journey(stand)
                try await journey.go(to: .awaitingAudit)
                journeys.append(journey)
            }
            var refusing = Journey(stand)
            try await refusing.go(to: .awaitingInitialReview)
            let lines = [
                "\u{FEFF}申请编号,级别,结果,原因,时间,备注",
                "\(journeys[0].id),市级,通过,,2022-03-09 10:00,",
                "\(journeys[1].id),city,退回,照片不符合要求,2022/3/9,\"测试说明，含\"\"引号\"\"\"",
                "not-an-id,city,pass,,2022-03-09,",
                "\(journeys[2].id),county,pass,,2022-03-09,",
                "\(journeys[2].id),city,maybe,,2022-03-09,",
                "\(journeys[2].id),city,return,天气不好,2022-03-09,",
                "\(journeys[2].id),city,pass,,the ninth of March,",
                "\(journeys[2].id),city",
                "\(refusing.id),city,pass,,2022-03-09,",
                "\"\(journeys[2].id),city,pass,,2022-03-09,",
                "\(journeys[2].id),city,refuse,servingSentence,2022-03-09T02:00:00Z,",
            ]
            let file = "\(stand.directory)/decisions.csv"
            try Data((lines.joined(separator: "\r\n") + "\r\n").utf8).write(to: URL(filePath: file))
            func run(_ words: String...) async throws -> (status: Int, output: String, errors: String) {
                let port = try stand.instance(.review).port
                return try await stand.command(
                    "youdai",
                    ["decisions", "import", "--subject", "list-clerk", "--at", "review=127.0.0.1:\(port)"] + words,
                    ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": stand.installation.file])
            }
            let first = try await run(file)
            #expect(first.status == 2, "\(first)")
            #expect(first.output.contains("recorded 3 ") && first.output.contains("refused 1 "), "\(first.output)")
            #expect(first.output.contains("unreadable 7"), "\(first.output)")
            for line in [4, 5, 6, 7, 8, 9, 10, 11] {
                #expect(first.errors.contains("第\(line)行 line \(line): "), "\(line): \(first.errors)")
            }
            for line in first.errors.split(separator: "\n") {
                #expect(line.contains("。 · "), "\(line)")
            }
            for (journey, stage) in zip(journeys, [SubmissionStage.awaitingFiling, .returnedToBureau, .refused]) {
                _ = try await journey.progress(at: stage)
            }
            let before = try await stand.digests()
            let second = try await run(file)
            #expect(second.status == 2 && second.output.contains("recorded 0 · 此前已登记 known 3 "), "\(second)")
            #expect(try await stand.digests() == before)

            let good = "\(stand.directory)/good.csv"
            try Data("submission,level,decision,time\n\(journeys[0].id),city,pass,2022-03-09 10:00".utf8).write(
                to: URL(filePath: good))
            let clean = try await run(good)
            #expect(clean.status == 0 && clean.output.contains("known 1 "), "\(clean)")
            for (content, what) in [("", "empty"), ("a,b,c\n1,2,3\n", "without its columns")] {
                try Data(content.utf8).write(to: URL(filePath: good))
                let result = try await run(good)
                #expect(result.status == 1 && result.errors.contains(" · "), "\(what): \(result)")
            }
            let missing = try await run("/nonexistent.csv")
            #expect(missing.status == 1 && missing.errors.contains("/nonexistent.csv"), "\(missing)")
        }
    }
}
