import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Key verification (R99–R102): gathered by town with its owner, investigated one by one, solved or a hard case.
    @Suite struct RecheckStoryTests {
        private func recheck(_ stand: ServiceStand, _ words: String...) async throws -> (status: Int, output: String) {
            let places = try [ServiceName.intake, .verification, .review].flatMap { service in
                ["--at", "\(service.rawValue)=127.0.0.1:\(try stand.instance(service).port)"]
            }
            let result = try await stand.command(
                "youdai", ["recheck", "list", "--subject", "bureau-r"] + places + words,
                ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": stand.installation.file])
            #expect(result.status == 0, "\(result)")
            return (result.status, result.output)
        }

        @Test func whatIsLeftOverIsListedInvestigatedAndConcluded() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var returned = Journey(stand)
            try await returned.go(to: .returnedToApplicant)
            var unverified = Journey(stand)
            try await unverified.go(to: .awaitingVerification)
            var unreviewed = Journey(stand)
            try await unreviewed.go(to: .awaitingInitialReview)
            var suspended = Journey(stand)
            try await suspended.go(to: .awaitingAudit)
            let held = try await suspended.post(
                .review, "/api/cases/\(suspended.id)/suspension",
                ["round": .number(1), "ground": .string("honourHarmed")], as: Staff.bureau())
            #expect(held.status == 200)
            // On the day itself nothing is late; in November everything is (R46).
            let early = try await self.recheck(stand)
            #expect(early.output.contains(returned.id.uuidString) && early.output.contains(suspended.id.uuidString))
            #expect(!early.output.contains(unverified.id.uuidString))
            stand.clock.set((CalendarDay("2022-11-01") ?? CalendarDay(.now)).startOfDay + 36_000)
            let late = try await self.recheck(stand, "--docket")
            for (journey, owner, problem) in [
                (returned, "申请人", "退回未更正"), (unverified, "区退役军人服务中心", "超期未办"),
                (unreviewed, "区退役军人事务局", "超期未办"), (suspended, "省退役军人事务厅", "待省级研究"),
            ] {
                let line = late.output.split(separator: "\n").first { $0.contains(journey.id.uuidString) }
                #expect(line?.contains(owner) == true && line?.contains(problem) == true, "\(line ?? "")")
                #expect(line?.contains(Staff.ownStation) == true)
            }

            let page = try await stand.ask(
                .review, "GET", "/api/docket?station=\(Staff.ownStation)&state=open&limit=500", as: Staff.centre(),
                for: RecheckAPI.Docket.self)
            let entry = try #require(page.entries.first { $0.item.submissionID == unverified.id })
            #expect(entry.item.owner == .centre && entry.findings.isEmpty && page.total == page.entries.count)
            let path = "/api/docket/\(unverified.id)"
            func outcome(_ state: String, _ revision: Int) async throws -> HTTPReply {
                try await returned.post(
                    .review, "\(path)/outcome", ["state": .string(state), "revision": .number(revision)],
                    as: Staff.bureau())
            }
            returned.expect(try await outcome("solved", entry.revision), 409, "docket.notInvestigated")
            returned.expect(try await outcome("open", entry.revision), 422, "docket.state")
            let finding: JSON = ["text": .string("测试核查情况之一"), "revision": .number(entry.revision)]
            let noted = try await returned.post(.review, "\(path)/findings", finding, as: Staff.centre()).decoded(
                RecheckAPI.Entry.self)
            #expect(noted.findings.map(\.text) == ["测试核查情况之一"])
            let again = try await returned.post(.review, "\(path)/findings", finding, as: Staff.centre()).decoded(
                RecheckAPI.Entry.self)
            #expect(again.findings.count == 1 && again.revision == noted.revision)
            for row in try await stand.rows(of: .review) { #expect(!row.text.contains("测试核查情况之一"), "\(row.table)") }
            let seen = try await stand.ask(
                .review, "GET", "/api/docket?limit=500", as: Staff.auditor, for: RecheckAPI.Docket.self)
            #expect(seen.entries.first { $0.item.submissionID == unverified.id }?.findings.map(\.text) == [""])

            returned.expect(try await outcome("solved", entry.revision), 409, "docket.overtaken")
            #expect(try await outcome("hardCase", noted.revision).status == 200)
            #expect(try await outcome("hardCase", noted.revision).status == 200)
            let hard = try await stand.ask(
                .review, "GET", "/api/docket?state=hardCase&limit=500", as: Staff.bureau(), for: RecheckAPI.Docket.self)
            let listed = try #require(hard.entries.first { $0.item.submissionID == unverified.id })
            // In the end it is put right, and goes through the same steps again (R101).
            #expect(try await outcome("solved", listed.revision).status == 200)
            returned.expect(
                try await returned.post(.review, "\(path)/findings", finding, as: Staff.centre()), 409,
                "docket.concluded")
            try await unverified.verify()
            _ = try await unverified.progress(at: .awaitingInitialReview)
            let gathered = try await self.recheck(stand)
            #expect(!gathered.output.contains(unverified.id.uuidString))
        }
    }
}
