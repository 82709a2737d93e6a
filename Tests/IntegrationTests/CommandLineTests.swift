import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import Messaging
import PostgreSQL
import RabbitMQ
import TestSupport
import Testing

extension Integration {
    /// `youdai`: statuses and sentences an operator's scripts rely on.
    @Suite struct CommandLineTests {
        private func youdai(_ words: String...) async throws -> (status: Int, output: String, errors: String) {
            let stand = try await ServiceStand.shared()
            return try await stand.command(
                "youdai", words, ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": stand.installation.file])
        }

        @Test func aBrokenProgrammeFileIsListedMistakeByMistake() async throws {
            let stand = try await ServiceStand.shared()
            let good = try await self.youdai("programme", "check", stand.installation.programmeFile)
            #expect(good.status == 0 && good.output.contains("25 stations"), "\(good)")

            let yaml = try String(contentsOfFile: stand.installation.programmeFile, encoding: .utf8)
            let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let mistakes: [(what: String, from: String, to: String)] = [
                ("a day that is none", "from: 2022-04-01", "from: 2022-02-31"),
                ("an unknown category", "- warVeteran ", "- wizard "),
                ("a number that is none", "initial_review_working_days: 7", "initial_review_working_days: seven"),
                ("a station twice", "\"341602-05\"", "\"341602-04\""),
                ("a key nobody knows", "delivery_modes:", "delivery_mood:"),
            ]
            for mistake in mistakes {
                let line = try #require(lines.firstIndex { $0.contains(mistake.from) }, "\(mistake.what)")
                var changed = lines
                changed[line] = lines[line].replacing(mistake.from, with: mistake.to)
                let file = "\(stand.directory)/programme.yaml"
                try Data(changed.joined(separator: "\n").utf8).write(to: URL(filePath: file))
                let result = try await self.youdai("programme", "check", file)
                #expect(result.status == 1, "\(mistake.what): \(result)")
                #expect(result.errors.contains("\(file):\(line + 1):"), "\(mistake.what): \(result.errors)")
                #expect(result.errors.unicodeScalars.contains { $0.value > 0x4E00 }, "\(mistake.what)")
            }
            for (content, what) in [
                ([UInt8](), "empty"), ([0xFF, 0xFE], "no UTF-8"), (Array("a: [1".utf8), "no YAML"),
                (Array("- 1".utf8), "a list"),
            ] {
                let file = "\(stand.directory)/programme.yaml"
                try Data(content).write(to: URL(filePath: file))
                let result = try await self.youdai("programme", "check", file)
                #expect(result.status == 1 && result.errors.contains(file), "\(what): \(result)")
            }
            let missing = try await self.youdai("programme", "check", "/nonexistent.yaml")
            #expect(missing.status == 1 && missing.errors.contains("/nonexistent.yaml"))
        }

        @Test func tokensAreMintedForWhatFitsTogetherOnly() async throws {
            let stand = try await ServiceStand.shared()
            let good = try await self.youdai(
                "token", "--role", "station", "--subject", "clerk-1", "--station", Staff.ownStation)
            #expect(good.status == 0, "\(good)")
            let token = good.output.filter { !$0.isWhitespace }
            let reply = try await stand.call(
                .intake, "GET", "/api/submissions", headers: [("Authorization", "Bearer \(token)")])
            #expect(reply.status == 200)
            let bad: [[String]] = [
                ["--role", "emperor", "--subject", "x"], ["--role", "station", "--subject", "x"],
                ["--role", "centre", "--subject", "x", "--station", Staff.ownStation],
                ["--role", "applicant", "--subject", "x"],
                ["--role", "applicant", "--subject", "x", "--person", "me"],
                ["--role", "centre", "--subject", "x", "--hours", "25"],
                ["--role", "centre", "--subject", "x", "--hours", "0"], ["--role", "centre", "--subject", ""],
                ["--role", "centre", "--subject", "x", "--division", "亳州"],
            ]
            for words in bad {
                let result = try await stand.command(
                    "youdai", ["token"] + words, ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": stand.installation.file])
                #expect(result.status == 1 && result.output.isEmpty, "\(words): \(result)")
                #expect(result.errors.hasPrefix("youdai: "), "\(words): \(result.errors)")
            }
            for words in [[], ["--role", "centre"], ["--what"]] as [[String]] {
                let result = try await stand.command(
                    "youdai", ["token"] + words, ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": stand.installation.file])
                #expect(result.status == 64, "\(words): \(result)")
            }
            let nowhere = try await stand.command(
                "youdai", ["token", "--role", "centre", "--subject", "x"],
                ["YOUDAI_CONFIG": "/nonexistent/operations.env"])
            #expect(nowhere.status == 1 && nowhere.errors.contains("/nonexistent/operations.env"))
        }

        @Test func whatParksIsListedAndShownAndReplayedAndDiscarded() async throws {
            let stand = try await ServiceStand.shared()
            try await stand.settle()
            let none = try await self.youdai("parked", "list", "--run", stand.name, "--service", "review")
            #expect(none.status == 0 && none.output.contains("none parked"), "\(none)")

            // A stranger's message: no envelope of ours.
            let topology = stand.topology
            try await stand.publish(
                AMQPMessage(
                    exchange: topology.exchange,
                    routingKey: topology.routingKey(for: "submission.verified.v1", to: .review, lane: .standard),
                    properties: AMQPProperties(messageID: UUID().uuidString, type: "submission.verified.v1"),
                    body: Array("{\"hello\":1}".utf8)))
            // Its own id proves nothing, so it parks under one made from its content.
            let id = try await ServiceStand.eventually("it is parked") {
                try await stand.database(.review).query("SELECT id FROM waiting WHERE state = 'parked'").rows.first?
                    .decode(UUID.self)
            }
            let list = try await self.youdai("parked", "list", "--run", stand.name, "--service", "review")
            #expect(list.status == 0 && list.output.contains(id.uuidString), "\(list)")
            let shown = try await self.youdai(
                "parked", "show", "--run", stand.name, "--service", "review", id.uuidString)
            #expect(shown.status == 0 && shown.output == "{\"hello\":1}\n", "\(shown)")
            let dry = try await self.youdai(
                "parked", "discard", "--run", stand.name, "--service", "review", id.uuidString, "--actor", "test",
                "--reason",
                "a test", "--dry-run")
            #expect(dry.status == 0 && dry.output.contains("1 would be discarded"), "\(dry)")
            let nobody = try await self.youdai(
                "parked", "discard", "--run", stand.name, "--service", "review", id.uuidString)
            #expect(nobody.status == 64, "\(nobody)")
            let gone = try await self.youdai(
                "parked", "discard", "--run", stand.name, "--service", "review", id.uuidString, "--actor", "test",
                "--reason",
                "a test")
            #expect(gone.status == 0 && gone.output.contains("1 discarded"), "\(gone)")
            let again = try await self.youdai(
                "parked", "show", "--run", stand.name, "--service", "review", id.uuidString)
            #expect(again.status == 1, "\(again)")
            for words in [["parked", "list", "--service", "kitchen"], ["parked", "show", "--service", "review", "x"]] {
                let result = try await stand.command(
                    "youdai", words, ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": stand.installation.file])
                #expect(result.status == 1 && result.errors.hasPrefix("youdai: "), "\(words): \(result)")
            }
        }

        @Test func theAuditIsCleanAndNamesWhatIsLost() async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            try await stand.settle()
            let clean = try await self.youdai("audit", "--run", stand.name, "--settle", "1")
            #expect(clean.status == 0 && clean.output.contains("clean"), "\(clean)")

            // As if a message to review had been swallowed: emitted, nowhere applied.
            let lost = fixtures[.awaitingInitialReview].id
            let review = try stand.database(.review)
            try await review.execute("UPDATE stream_cursor SET applied = applied - 1 WHERE subject = \(lost)")
            let found = try await self.youdai("audit", "--run", stand.name, "--settle", "1")
            try await review.execute("UPDATE stream_cursor SET applied = applied + 1 WHERE subject = \(lost)")
            #expect(found.status == 1, "\(found)")
            #expect(found.output.contains("lost      verification>review subject \(lost) numbers 1"), "\(found.output)")

            // As if a case had gone astray.
            let astray = fixtures[.awaitingVerification].id
            let verification = try stand.database(.verification)
            try await verification.execute(
                "UPDATE verification_case SET stage = 'returnedToStation' WHERE submission_id = \(astray)")
            let misplaced = try await self.youdai("audit", "--run", stand.name, "--settle", "1")
            try await verification.execute(
                "UPDATE verification_case SET stage = 'awaitingVerification' WHERE submission_id = \(astray)")
            #expect(misplaced.status == 1 && misplaced.output.contains("\(astray)"), "\(misplaced)")

            let unknown = try await self.youdai("audit", "--run", "itest_nowhere", "--settle", "1")
            #expect(unknown.status == 1 && !unknown.errors.isEmpty, "\(unknown)")
        }

        /// What Redis counts is compared with the database and mended on request.
        @Test func theCountOfFreeSeatsIsComparedAndMended() async throws {
            let desk = try await BookingStand(.fast, name: "reconcile")
            func reconcile(_ words: String...) async throws -> (status: Int, output: String, errors: String) {
                try await desk.stand.command(
                    "youdai",
                    [
                        "slots", "reconcile", "--subject", "operator-1", "--at",
                        "intake=127.0.0.1:\(desk.instances[0].port)",
                    ]
                        + words,
                    ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": desk.stand.installation.file])
            }
            let slot = try #require(try await desk.slots().slots.first { $0.free > 0 }).id
            let equal = try await reconcile()
            #expect(equal.status == 0 && equal.output.contains("不一致 differing 0"), "\(equal)")

            // Seats vanish behind the count's back. It compares itself every half minute, and may just have done so.
            var found = equal
            for _ in 0..<3 where found.status == 0 {
                try await desk.database.execute(
                    """
                    UPDATE seat SET appointment = gen_random_uuid() WHERE slot = \(slot.description) AND number =
                        (SELECT min(number) FROM seat WHERE slot = \(slot.description) AND appointment IS NULL)
                    """)
                found = try await reconcile()
            }
            #expect(found.status == 1, "\(found)")
            #expect(found.output.contains("服务站 station") && found.output.contains(slot.description), "\(found)")
            #expect(found.output.contains("不一致 differing 1 · 已修正 mended 0"), "\(found)")
            let mended = try await reconcile("--mend")
            #expect(mended.status == 0, "\(mended)")
            let after = try await reconcile()
            #expect(after.status == 0 && after.output.contains("不一致 differing 0"), "\(after)")

            let unnamed = try await self.youdai("slots", "reconcile", "--subject", "")
            #expect(unnamed.status == 1 && unnamed.errors.contains("--subject"), "\(unnamed)")
            let nobody = try await self.youdai(
                "slots", "reconcile", "--subject", "operator-1", "--at", "intake=somewhere")
            #expect(nobody.status == 1 && nobody.errors.split(separator: "\n").count == 1, "\(nobody)")
        }

        @Test func keysAreNeverOverwritten() async throws {
            let stand = try await ServiceStand.shared()
            let directory = "\(stand.directory)/new-keys"
            let first = try await self.youdai("keys", "init", "--directory", directory)
            #expect(first.status == 0, "\(first)")
            let before = try Data(contentsOf: URL(filePath: "\(directory)/token.key"))
            let mode = try await stand.command("/usr/bin/stat", ["-c", "%a", "\(directory)/token.key"])
            #expect(mode.output == "600\n")
            let second = try await self.youdai("keys", "init", "--directory", directory)
            #expect(second.status == 1)
            #expect(try Data(contentsOf: URL(filePath: "\(directory)/token.key")) == before)
        }
    }
}
