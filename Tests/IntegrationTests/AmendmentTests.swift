import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// A plan that stations have of their own, and an amendment while it runs (R119, R149, R150). Intake has a database and
    /// a clock of its own here, so that nobody else's plan changes.
    @Suite struct AmendmentTests {
        private static let plain = "341602-01"
        private static let phased = "341602-02"
        private static let withdrawn = "341602-03"

        /// One intake on a database that one test has for itself.
        private struct Desk {
            let stand: ServiceStand
            let database: String
            let directory: String
            var clock: String { "\(self.directory)/clock" }

            init(_ stand: ServiceStand, name: String) async throws {
                self.stand = stand
                self.database = "\(stand.name)_\(name)"
                self.directory = "\(stand.directory)/\(name)"
                try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
                let administrator = try await PostgresConnection.connect(stand.installation.administration())
                let role = stand.installation.role(of: .intake).user
                try await administrator.execute(
                    "CREATE DATABASE \(identifier: self.database) OWNER \(identifier: role)")
                await administrator.close()
                var environment = stand.environment(of: .intake, port: 0)
                environment["DATABASE_NAME"] = self.database
                let ending = try await stand.command("intake", ["migrate"], environment)
                try #require(ending.status == 0, "\(ending.errors)")
            }

            func start(_ yaml: String, name: String) async throws -> ServiceStand.Instance {
                let file = "\(self.directory)/\(name).yaml"
                try Data(yaml.utf8).write(to: URL(filePath: file))
                return try await self.stand.startInstance(
                    .intake, name: name,
                    changing: [
                        "DATABASE_NAME": self.database, "PROGRAMME_FILE": file, "CLOCK_FILE": self.clock,
                        "MESSAGING_NAMESPACE": self.database,
                    ])
            }
        }

        // MARK: - Plans

        private static func plan() throws -> String {
            let stand = try #require(ServiceStandInstallation.current)
            let base = String(
                decoding: try Data(contentsOf: URL(filePath: stand.programmeFile)), as: UTF8.self)
            return base.replacing("programme: qiaocheng-2022\n", with: "programme: qiaocheng-2022\nversion: 1\n") + """

                plans:
                  - station: "\(Self.phased)"
                    banks: [工商银行, 邮储银行]
                    phases:
                      - number: 1
                        from: 2022-03-01
                        who: [{groups: [keyPersons], registered: here}]
                        modes: [phoneBooking, homeVisit]
                      - number: 2
                        who: [{groups: [veterans, bereavedFamilies]}]
                  - station: "\(Self.withdrawn)"
                    phases:
                      - number: 1
                        from: 2022-03-01
                        who: [{groups: [veterans, bereavedFamilies]}]

                """
        }

        private static func amended() throws -> String {
            let old = try Self.plan()
            var new = old
            for (text, replacement) in [
                ("version: 1\n", "version: 2\namends: 1\n"),
                // Batch 2 later, batch 3 earlier.
                ("    from: 2022-04-01\n", "    from: 2022-04-10\n"),
                ("    from: 2022-05-01\n", "    from: 2022-04-20\n"),
                // The second phase gets its day; the other station's only one loses it.
                ("      - number: 2\n        who:", "      - number: 2\n        from: 2022-04-15\n        who:"),
                (
                    "      - number: 1\n        from: 2022-03-01\n        who: [{groups: [veterans",
                    "      - number: 1\n        who: [{groups: [veterans"
                ),
                // Fewer people have the first phase: who handed in by it counts as of the second.
                ("{groups: [keyPersons], registered: here}", "{categories: [martyrFamily], registered: here}"),
                ("station_check_working_days: 3", "station_check_working_days: 5"),
            ] {
                let changed = new.replacing(text, with: replacement)
                try #require(changed != new, "“\(text)” is not in the plan")
                new = changed
            }
            return new
        }

        // MARK: - Calls

        private func register(
            _ person: TestPerson, at instance: ServiceStand.Instance
        ) async throws -> UUID {
            try await ServiceStand.shared().ask(
                .intake, "POST", "/api/persons", try person.registration(), as: Staff.station(person.station),
                at: instance, for: IntakeAPI.Person.self
            ).id
        }

        private func submit(
            _ person: UUID, at instance: ServiceStand.Instance, station: String, bank: String = "工商银行",
            channel: String = "onSite"
        ) async throws -> HTTPReply {
            let body: JSON = [
                "personID": .string(person.uuidString), "cardKind": .string("veteran"), "bank": .string(bank),
                "channel": .string(channel), "applicationFormSigned": .bool(true),
                "bankConfirmationSigned": .bool(true),
            ]
            return try await ServiceStand.shared().call(
                .intake, "POST", "/api/submissions", as: Staff.station(station), key: "plan-\(UUID().uuidString)",
                body: body.bytes, at: instance)
        }

        private func overview(_ instance: ServiceStand.Instance) async throws -> IntakeAPI.Amendment {
            try await ServiceStand.shared().ask(
                .intake, "GET", "/api/programme/recheck", as: Staff.bureau(), at: instance,
                for: IntakeAPI.Amendment.self)
        }

        // MARK: - Tests

        @Test func anAmendmentLooksAtEverybodyAgainAndThrowsNobodyOut() async throws {
            let stand = try await ServiceStand.shared()
            let desk = try await Desk(stand, name: "amended")
            // Stands at 9 March 2022, like everybody else's.
            let clock = try ServiceStandClock(file: desk.clock)
            defer { withExtendedLifetime(clock) {} }
            let first = try await desk.start(try Self.plan(), name: "first")
            try await stand.waitUntilReady(first)
            let issue = try await self.overview(first)
            #expect(issue.version == 1 && issue.earlierVersion == nil && issue.isFinished && issue.changes.isEmpty)

            // What the first issue says, at the counter.
            let earlier = try await self.register(
                TestPerson(number: 6_001, categories: [.otherVeteran]), at: first)
            let notYet = try await self.submit(earlier, at: first, station: Self.plain)
            #expect(notYet.status == 409 && notYet.told("batch 3")?.code == "submission.batch_not_open")
            let later = try await self.register(TestPerson(number: 6_002, categories: [.illVeteran]), at: first)
            let covered = try await self.register(
                TestPerson(number: 6_003, station: Self.phased, categories: [.otherVeteran]), at: first)
            let silent = try await self.submit(covered, at: first, station: Self.phased)
            #expect(silent.status == 409 && silent.told("no day")?.code == "submission.phase_not_announced")
            let phased = try await self.register(TestPerson(number: 6_004, station: Self.phased), at: first)
            let online = try await self.submit(phased, at: first, station: Self.phased, channel: "online")
            #expect(online.status == 409 && online.told("online")?.code == "submission.mode_not_offered")
            let bank = try await self.submit(phased, at: first, station: Self.phased, bank: "光大银行")
            #expect(bank.status == 422 && bank.told("bank")?.code == "submission.bank_not_offered")
            // Phase 1 pays home visits only, and who comes on foot is served (R150).
            let phasedID = try await self.submit(phased, at: first, station: Self.phased)
                .decoded(IntakeAPI.Submission.self).id
            let gone = try await self.register(TestPerson(number: 6_005, station: Self.withdrawn), at: first)
            let goneID = try await self.submit(gone, at: first, station: Self.withdrawn)
                .decoded(IntakeAPI.Submission.self).id
            let plain = try await self.register(TestPerson(number: 6_006), at: first)
            #expect(try await self.submit(plain, at: first, station: Self.plain).status == 201)
            await stand.stop(first)

            // Two instances are given the amendment at the same moment.
            let second = try await desk.start(try Self.amended(), name: "second")
            let third = try await desk.start(try Self.amended(), name: "third")
            for instance in [second, third] { try await stand.waitUntilReady(instance) }
            let found = try await ServiceStand.eventually("everybody was looked at again") {
                let overview = try await self.overview(second)
                return overview.version == 2 && overview.isFinished ? overview : nil
            }
            #expect(found.earlierVersion == 1 && found.lookedAt == 6)
            let counts = Dictionary(uniqueKeysWithValues: found.counts.map { ($0.effect, [$0.people, $0.underWay]) })
            #expect(counts == ["earlier": [1, 0], "later": [2, 1], "covered": [1, 0], "uncovered": [1, 1]])
            #expect(found.dueDaysMoved == 3 && found.renumbered == 1)
            #expect(found.changes.contains { $0.english == "station check target: 3 → 5 working days" })
            #expect(found.changes.count == 6, "\(found.changes.map(\.english))")
            for (effect, person) in [
                ("earlier", earlier), ("covered", covered), ("uncovered", gone),
            ] {
                let people = try await stand.ask(
                    .intake, "GET", "/api/programme/recheck/people?effect=\(effect)", as: Staff.centre(), at: third,
                    for: IntakeAPI.Concerned.self)
                #expect(people.total == 1 && people.people.map(\.personID) == [person], "\(effect)")
                if effect == "uncovered" {
                    #expect(people.people[0].submissionID == goneID && people.people[0].opensAfter == nil)
                }
            }
            let two = try await stand.ask(
                .intake, "GET", "/api/programme/recheck/people?effect=later", as: Staff.centre(), at: second,
                for: IntakeAPI.Concerned.self)
            #expect(Set(two.people.map(\.personID)) == [later, phased])
            let renumbered = try await stand.ask(
                .intake, "GET", "/api/submissions/\(phasedID)", as: Staff.station(Self.phased), at: second,
                for: IntakeAPI.Submission.self)
            #expect(renumbered.batch == 2 && renumbered.stage == .awaitingStationCheck)
            // Still under way, due later, and it can go on.
            let progress = try await stand.ask(
                .intake, "GET", "/api/submissions/\(goneID)/progress", as: Staff.station(Self.withdrawn), at: second,
                for: IntakeAPI.Progress.self)
            #expect(progress.stage == .awaitingStationCheck && progress.dueOn == CalendarDay("2022-03-16"))
            let returned = try await stand.call(
                .intake, "POST", "/api/submissions/\(goneID)/check", as: Staff.station(Self.withdrawn),
                body: (["outcome": .string("return"), "reason": .string("photoUnsuitable"), "round": .number(1)] as JSON)
                    .bytes, at: second)
            #expect(returned.status == 200, "\(returned.text)")

            // An instance that still has the older file would decide otherwise, so it ends.
            let outdated = try await desk.start(try Self.plan(), name: "outdated")
            let ending = await outdated.process.ending()
            #expect(ending != .exited(0))
            #expect(outdated.process.output.contains("version 2 is in force"))
            // Started again with the same file, nothing is done twice.
            await stand.stop(third)
            let again = try await desk.start(try Self.amended(), name: "again")
            try await stand.waitUntilReady(again)
            #expect(try await self.overview(again).lookedAt == 6)
            for instance in [second, again] { #expect(await stand.stop(instance) == .exited(0)) }
        }

        @Test func aStationsPlanIsForEverybodyToRead() async throws {
            let stand = try await ServiceStand.shared()
            let plan = try await stand.ask(
                .intake, "GET", "/api/plans/341602-01?day=2022-04-20", as: Staff.applicant(UUID()),
                for: IntakeAPI.StationPlan.self)
            #expect(plan.name == "花戏楼街道" && !plan.isOwn && plan.banks.isEmpty && plan.version == 1)
            #expect(plan.turns.map(\.standing) == [.late, .open, .upcoming])
            #expect(plan.turns[1].chinese == ["带病回乡退伍军人、年满60周岁农村籍退役士兵"])
            #expect(plan.turns[1].modes == ServiceMode.allCases)
            for (path, status, code) in [
                ("/api/plans/341602-99", 404, "plan.unknown"),
                ("/api/plans/341602-01?day=2022-02-30", 400, "query.day"),
            ] {
                let reply = try await stand.call(.intake, "GET", path, as: Staff.station())
                #expect(reply.status == status && reply.told(path)?.code == code, "\(path): \(reply.text)")
            }
            let wrong = try await stand.call(
                .intake, "GET", "/api/programme/recheck/people?effect=gone", as: Staff.bureau())
            #expect(wrong.status == 400 && wrong.told("effect")?.code == "query.effect")
        }
    }
}
