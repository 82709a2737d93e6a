import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Health, metrics, traces: what whoever runs the installation relies on.
    @Suite struct HealthTests {
        @Test func everyServiceIsLiveAndReadyWithoutAToken() async throws {
            let stand = try await ServiceStand.shared()
            for service in ServiceName.allCases {
                let live = try await stand.call(service, "GET", "/health/live")
                #expect(live.status == 200 && live.text.contains("\"service\":\"\(service.rawValue)\""))
                let ready = try await stand.call(service, "GET", "/health/ready")
                #expect(ready.status == 200 && ready.text.contains("\"database\":\"ok\""), "\(service) \(ready.text)")
            }
        }

        @Test func aServiceWhoseDatabaseIsAwayIsLiveAndNotReadyAndSaysSo() async throws {
            let fixtures = try await Fixtures.shared()
            // All at once: each waits some seconds before it gives its database up.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for service in ServiceName.allCases {
                    group.addTask { try await self.expectNotReady(service, fixtures) }
                }
                try await group.waitForAll()
            }
        }

        private func expectNotReady(_ service: ServiceName, _ fixtures: Fixtures) async throws {
            let stand = fixtures.stand
            // Nobody listens there.
            let away = try await stand.startInstance(
                service, name: "away",
                changing: ["DATABASE_PORT": "\(try stand.freePort())", "SHUTDOWN_GRACE_SECONDS": "2"])
            try await ServiceStand.eventually("\(service) is live") {
                (try? await away.caller.call("GET", "/health/live"))?.status == 200 ? true : nil
            }
            let ready = try await stand.call(service, "GET", "/health/ready", at: away)
            #expect(ready.status == 503 && ready.text.contains("\"database\":\"failing\""), "\(ready.text)")
            let route = try #require(
                Routes.all.first { $0.service == service && $0.method == "GET" && !$0.template.contains(":") })
            let list = try await stand.call(service, "GET", route.path(fixtures), as: route.caller(fixtures), at: away)
            #expect(list.status == 503)
            #expect(list.told("\(service) without its database")?.code == "database.unavailable")
            #expect(list.header("Retry-After") != nil)
            let metrics = try await stand.call(service, "GET", "/metrics", at: away)
            #expect(metrics.status == 200)
            #expect(await stand.stop(away) == .exited(0))
        }

        @Test func aServiceWhoseBrokerIsAwayStillAnswersAndLosesNothing() async throws {
            let stand = try await ServiceStand.shared()
            let away = try await stand.startInstance(
                .intake, name: "no-broker", changing: ["AMQP_PORT": "\(try stand.freePort())"])
            try await ServiceStand.eventually("intake is live") {
                (try? await away.caller.call("GET", "/health/live"))?.status == 200 ? true : nil
            }
            var journey = Journey(stand)
            journey.route = { _ in away }
            try await journey.register()
            #expect(await stand.stop(away) == .exited(0))
            // The other instance's relay sends what this one could not.
            try await stand.settle()
        }

        /// Text format 0.0.4: `# HELP`, `# TYPE`, samples; every sample belongs to a family that was announced.
        private func families(
            in text: String, _ location: SourceLocation = #_sourceLocation
        ) -> [String: [(labels: String, value: Double)]] {
            var kinds: [String: String] = [:]
            var samples: [String: [(labels: String, value: Double)]] = [:]
            for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
                if line.hasPrefix("# ") {
                    let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                    #expect(
                        words.count >= 3 && ["HELP", "TYPE"].contains(words[1]), "\(line)", sourceLocation: location)
                    if words[1] == "TYPE" {
                        #expect(kinds[words[2]] == nil, "\(words[2]) is announced twice", sourceLocation: location)
                        kinds[words[2]] = words.last
                        #expect(
                            ["counter", "gauge", "histogram", "summary", "untyped"].contains(words.last), "\(line)",
                            sourceLocation: location)
                    }
                    continue
                }
                guard
                    let sample = line.wholeMatch(
                        of:
                            /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)/
                    )
                else {
                    Issue.record("no sample: \(line)", sourceLocation: location)
                    continue
                }
                let name = String(sample.1)
                let value = Double(sample.3.replacing("+Inf", with: "inf"))
                #expect(value != nil, "\(line)", sourceLocation: location)
                let family =
                    ["_bucket", "_sum", "_count"].lazy.compactMap { suffix in
                        name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : nil
                    }.first { kinds[$0] == "histogram" || kinds[$0] == "summary" } ?? name
                #expect(kinds[family] != nil, "\(name) was not announced", sourceLocation: location)
                let labels = sample.2.map(String.init) ?? ""
                #expect(
                    samples[name]?.contains { $0.labels == labels } != true, "\(line) stands twice",
                    sourceLocation: location)
                samples[name, default: []].append((labels, value ?? .nan))
            }
            return samples
        }

        @Test func metricsAreTextPrometheusReadsAndShowTheOldestOfEveryThingThatWaits() async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            try await stand.clock.on(try #require(CalendarDay("2022-03-10"))) {
                let stages: [ServiceName: [String]] = [
                    .intake: ["awaitingStationCheck", "returnedToApplicant"], .verification: ["awaitingVerification"],
                    .review: ["awaitingInitialReview", "awaitingAudit", "awaitingFiling"],
                    .issuance: ["inProduction", "inTransit", "atCentre", "onWayToStation", "atStation"],
                    .notification: [],
                ]
                for service in ServiceName.allCases {
                    let reply = try await stand.call(service, "GET", "/metrics")
                    #expect(reply.status == 200)
                    #expect(reply.header("Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
                    let families = self.families(in: reply.text)
                    for name in [
                        "messaging_outbox_messages", "messaging_outbox_oldest_seconds", "messaging_waiting_messages",
                        "messaging_waiting_oldest_seconds", "messaging_delivery_age_seconds",
                        "http_request_duration_seconds_count",
                        "process_resident_memory_bytes", "process_cpu_seconds_total",
                    ] {
                        #expect(families[name] != nil, "\(service) has no \(name)")
                    }
                    let connected = families["messaging_broker_connected"] ?? []
                    #expect(connected.map(\.value) == [1, 1], "\(service) \(connected)")
                    #expect(families["messaging_broker_blocked"]?.map(\.value) == [0])
                    let oldest = families["\(service.rawValue)_oldest_waiting_seconds"] ?? []
                    for stage in stages[service] ?? [] {
                        let age = oldest.first { $0.labels.contains("\"\(stage)\"") }?.value
                        // A day of programme time has passed since the standard moment.
                        #expect(age == 86_400, "\(service) \(stage): \(age ?? -1)")
                    }
                    if service == .notification { #expect(oldest.contains { $0.value == 86_400 }) }
                }
            }
        }

        @Test func aTraceGoesFromTheRequestIntoTheLogTheMessagesAndTheirEffects() async throws {
            let stand = try await ServiceStand.shared()
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            let parent = ("traceparent", "00-\(trace)-00f067aa0ba902b7-01")
            let refused = try await stand.call(
                .intake, "GET", "/api/persons/\(UUID())", as: Staff.station(), headers: [parent])
            #expect(refused.told("an unknown person")?.trace == trace)

            var journey = Journey(stand)
            try await journey.go(to: .awaitingVerification)
            let reply = try await stand.call(
                .verification, "POST", "/api/cases/\(journey.id)/decision", as: Staff.centre(), headers: [parent],
                body: journey.decision(.materialsUnclear).bytes)
            #expect(reply.status == 200)
            _ = try await journey.progress(at: .returnedToStation)
            try await stand.settle()
            func traces(_ service: ServiceName, to destination: String) async throws -> [String] {
                try await stand.database(service).query(
                    """
                    SELECT coalesce(traceparent, '') FROM emitted WHERE subject = \(journey.id) AND destination = \(destination)
                    ORDER BY number
                    """
                ).rows.map { try $0.decode(String.self) }
            }
            // The decision's own message, and the notice intake asked for because of it.
            let returned = try await traces(.verification, to: "intake")
            #expect(returned.count == 1 && returned[0].hasPrefix("00-\(trace)-"), "\(returned)")
            let notices = try await traces(.intake, to: "notification")
            #expect(notices.last?.hasPrefix("00-\(trace)-") == true, "\(notices)")
            let log = try String(contentsOfFile: stand.log(of: .verification), encoding: .utf8)
            let lines = log.split(separator: "\n").filter { $0.contains("\"trace_id\":\"\(trace)\"") }
            #expect(
                lines.contains { $0.contains("/api/cases/{submissionID}/decision") || $0.contains("/decision") },
                "\(lines)")

            // What is none begins a new trace.
            for bad in [
                "", "00-0-0-0", "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01",
                "ff-\(trace)-00f067aa0ba902b7-01",
            ] {
                let answer = try await stand.call(
                    .intake, "GET", "/api/persons/\(UUID())", as: Staff.station(), headers: [("traceparent", bad)])
                let told = try #require(answer.told("traceparent \(bad)"))
                #expect(told.trace != trace && told.trace.contains { $0 != "0" })
            }
        }

        @Test func everyLogLineIsOneJSONObjectWithTimeLevelAndService() async throws {
            let stand = try await ServiceStand.shared()
            struct Line: Decodable {
                let time: String
                let level: String
                let service: String
                let instance: String
                let message: String
            }
            for service in ServiceName.allCases {
                let log = try String(contentsOfFile: stand.log(of: service), encoding: .utf8)
                // The last line may be under way.
                for line in log.split(separator: "\n").dropLast() {
                    let read = try? ContractCoding.decode(Line.self, from: Array(line.utf8))
                    #expect(read?.service == service.rawValue && read?.instance == "1", "\(line)")
                }
            }
        }
    }
}
