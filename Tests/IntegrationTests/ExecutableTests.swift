import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import HTTPCalls
import PostgreSQL
import ServiceRuntime
import TestSupport
import Testing

extension Integration {
    /// The five executables from a shell: one sentence and a status for whatever is wrong; a stop that answers first.
    @Suite struct ExecutableTests {
        private func run(
            _ service: ServiceName, _ words: [String], _ changes: [String: String?] = [:]
        ) async throws -> (status: Int, output: String, errors: String) {
            let stand = try await ServiceStand.shared()
            var environment = stand.environment(of: service, port: try stand.freePort())
            for (key, value) in changes { environment[key] = value }
            return try await stand.command(service.rawValue, words, environment)
        }

        private func expectOneSentence(
            _ result: (status: Int, output: String, errors: String), _ status: Int, _ service: ServiceName,
            naming word: String,
            _ location: SourceLocation = #_sourceLocation
        ) {
            #expect(result.status == status, "\(result)", sourceLocation: location)
            let lines = result.errors.split(separator: "\n")
            #expect(
                lines.count == 1 && result.errors.hasPrefix("\(service.rawValue): "), "\(result.errors)",
                sourceLocation: location)
            #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: location)
        }

        @Test(arguments: ServiceName.allCases)
        func wrongWordsEndWith64AndTheUsage(service: ServiceName) async throws {
            for words in [["dance"], ["serve", "now"], ["--help"], [""], ["MIGRATE"]] {
                let result = try await self.run(service, words)
                self.expectOneSentence(result, 64, service, naming: "serve | migrate | configuration")
            }
        }

        @Test(arguments: ServiceName.allCases)
        func configurationPrintsEveryKeyAndNeedsNothing(service: ServiceName) async throws {
            let stand = try await ServiceStand.shared()
            let result = try await stand.command(service.rawValue, ["configuration"], [:])
            #expect(result.status == 0 && result.errors.isEmpty)
            for key in ConfigurationKey.common {
                #expect(result.output.contains("\n\(key.environmentName)=\n"), "\(service) \(key.environmentName)")
            }
            // With its comments and blanks it is a file the service itself can read.
            #expect(try ConfigurationSources.parse(result.output, file: "x").count >= ConfigurationKey.common.count)
        }

        @Test(arguments: ServiceName.allCases)
        func aKeyThatIsMissingOrWrongEndsWith78AndIsNamed(service: ServiceName) async throws {
            for key in [
                "HTTP_PORT", "DATABASE_NAME", "DATABASE_USER", "PROGRAMME_FILE", "KEYS_FILE", "TOKEN_PUBLIC_KEY_FILE",
            ] {
                // Notification looks at no programme unless it must: whichever key it needs, it names.
                let result = try await self.run(service, ["serve"], [key: String?.none])
                self.expectOneSentence(result, 78, service, naming: key)
            }
            let wrong: [(String, String)] = [
                ("HTTP_PORT", "eighty"), ("DATABASE_PORT", "0"), ("DATABASE_POOL_SIZE", "0"), ("LOG_LEVEL", "loud"),
                ("LOG_FORMAT", "xml"), ("CLOCK_FILE", "/nonexistent/clock"), ("KEYS_FILE", "/nonexistent.json"),
                ("TOKEN_PUBLIC_KEY_FILE", "/dev/null"), ("PROGRAMME_FILE", "/dev/null"),
                ("PROGRAMME_FILE", "/nonexistent"),
                ("CONFIG_FILE", "/nonexistent.env"), ("AMQP_PORT", "70000"), ("SHUTDOWN_GRACE_SECONDS", "0"),
            ]
            for (key, value) in wrong {
                let result = try await self.run(service, ["serve"], [key: value])
                #expect(result.status == 78 && result.errors.contains(key), "\(service) \(key)=\(value): \(result)")
            }
            let foreign = service == .intake ? ServiceName.review : .intake
            let stand = try await ServiceStand.shared()
            let result = try await self.run(
                service, ["serve"], ["KEYS_FILE": "\(stand.installation.keysDirectory)/\(foreign.rawValue).json"])
            self.expectOneSentence(result, 78, service, naming: "KEYS_FILE")
        }

        @Test(arguments: ServiceName.allCases)
        func aPortInUseIsOneSentence(service: ServiceName) async throws {
            let stand = try await ServiceStand.shared()
            let taken = try stand.instance(service).port
            let result = try await self.run(service, ["serve"], ["HTTP_PORT": "\(taken)", "LOG_LEVEL": "critical"])
            self.expectOneSentence(result, 78, service, naming: "HTTP_PORT")
            #expect(result.errors.contains("\(taken)") && result.errors.contains("in use"))
            // Whoever has it goes on.
            #expect(try await stand.call(service, "GET", "/health/ready").status == 200)
        }

        @Test(arguments: ServiceName.allCases)
        func migratingAgainChangesNothing(service: ServiceName) async throws {
            let stand = try await ServiceStand.shared()
            try await stand.settle()
            let before = try await stand.digest(service)
            async let first = self.run(service, ["migrate"])
            async let second = self.run(service, ["migrate"])
            for result in [try await first, try await second] { #expect(result.status == 0, "\(result)") }
            #expect(try await stand.digest(service) == before)
            let closed = try await self.run(service, ["migrate"], ["DATABASE_PASSWORD": "wrong"])
            #expect(closed.status == 1 && !closed.errors.isEmpty && !closed.errors.contains("wrong\n"), "\(closed)")
            let away = try await self.run(service, ["migrate"], ["DATABASE_PORT": "\(try stand.freePort())"])
            #expect(away.status == 1 && away.errors.hasPrefix("\(service.rawValue): "), "\(away)")
        }

        /// The table each service's list reads.
        private static let tables: [ServiceName: String] = [
            .intake: "submission", .verification: "verification_case", .review: "review_case", .notification: "notice",
            .issuance: "card_order",
        ]

        @Test(arguments: ServiceName.allCases)
        func whatIsInFlightIsAnsweredBeforeAStop(service: ServiceName) async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            let instance = try await stand.startInstance(service, name: "stopping")
            try await stand.waitUntilReady(instance)
            let route = try #require(
                Routes.all.first { $0.service == service && $0.method == "GET" && !$0.template.contains(":") })
            let table = try #require(Self.tables[service])
            let locker = try await PostgresConnection.connect(
                stand.installation.administration("\(stand.name)_\(service.rawValue)"))
            let path = route.path(fixtures)
            let principal = route.caller(fixtures)
            let call = try await locker.withTransaction { held in
                try await held.execute("LOCK TABLE \(identifier: table) IN ACCESS EXCLUSIVE MODE")
                let call = Task { try await stand.call(service, "GET", path, as: principal, at: instance) }
                try await ServiceStand.eventually("the request waits for the table") {
                    let waiting = try await stand.database(service).query(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE application_name = \(service.rawValue + " stopping") AND wait_event_type = 'Lock'
                        """
                    ).rows[0].decode(Int.self)
                    return waiting > 0 ? true : nil
                }
                instance.process.signal(SIGTERM)
                try await ServiceStand.eventually("it takes no new connection") {
                    let late = HTTPCaller(host: "127.0.0.1", port: instance.port, connections: 1, timeout: .seconds(1))
                    let reply = try? await late.call("GET", "/health/live")
                    await late.shutdown()
                    return reply == nil ? true : nil
                }
                #expect(!instance.process.hasEnded)
                // The table becomes free when this transaction ends.
                return call
            }
            let reply = try await call.value
            #expect(reply.status == 200, "\(reply.text.prefix(200))")
            #expect(await instance.process.ending() == .exited(0))
            await locker.close()
        }
    }
}
