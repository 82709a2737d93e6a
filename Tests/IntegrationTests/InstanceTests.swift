import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Two processes of each service beside each other.
    @Suite struct InstanceTests {
        @Test func twoInstancesOfEachServiceShareTheWork() async throws {
            let stand = try await ServiceStand.shared()
            var seconds: [ServiceName: ServiceStand.Instance] = [:]
            for service in ServiceName.allCases { seconds[service] = try await stand.startInstance(service, name: "2") }
            for second in seconds.values { try await stand.waitUntilReady(second) }
            let others = seconds
            // Every call of a person goes to a process chosen by lot, so no two steps need the same one.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        var journey = Journey(stand)
                        journey.route = { Bool.random() ? others[$0] : nil }
                        try await journey.go(to: .delivered)
                    }
                }
                try await group.waitForAll()
            }
            try await stand.settle()
            for service in ServiceName.allCases {
                let second = try #require(others[service])
                for (name, instance) in [("first", try stand.instance(service)), ("second", second)] {
                    let metrics = try await stand.call(service, "GET", "/metrics", at: instance).text
                    #expect(metrics.contains("messaging_applied_total{"), "the \(name) \(service) applies messages")
                }
                let waiting = try await stand.database(service).query("SELECT count(*) FROM waiting").rows[0].decode(
                    Int.self)
                #expect(waiting == 0, "\(service)")
            }
            for second in others.values { #expect(await stand.stop(second) == .exited(0), "\(second.service)") }
        }

        @Test func twoClerksAtTwoInstancesGetDifferentCases() async throws {
            let stand = try await ServiceStand.shared()
            let second = try await stand.startInstance(.verification, name: "claims")
            try await stand.waitUntilReady(second)
            for _ in 0..<6 {
                var journey = Journey(stand)
                try await journey.go(to: .awaitingVerification)
            }
            async let one = stand.ask(
                .verification, "POST", "/api/claims", ["limit": .number(4)], as: Staff.centre("one"),
                for: CaseAPI.WorkList.self)
            async let two = stand.ask(
                .verification, "POST", "/api/claims", ["limit": .number(4)], as: Staff.centre("two"), at: second,
                for: CaseAPI.WorkList.self)
            let (first, other) = (try await one, try await two)
            #expect(first.cases.count + other.cases.count >= 6)
            #expect(Set(first.cases.map(\.submissionID)).isDisjoint(with: other.cases.map(\.submissionID)))
            for clerk in ["one", "two"] {
                _ = try await stand.call(.verification, "POST", "/api/claims/release", as: Staff.centre(clerk))
            }
            #expect(await stand.stop(second) == .exited(0))
        }

        @Test func aSubmissionSentToBothInstancesAtOnceIsMadeOnce() async throws {
            let stand = try await ServiceStand.shared()
            let second = try await stand.startInstance(.intake, name: "race")
            try await stand.waitUntilReady(second)
            for round in 0..<10 {
                var journey = Journey(stand)
                try await journey.register()
                let body = journey.newSubmission.bytes
                let station = journey.station
                let key = "race-\(journey.personID)"
                let answers = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
                    for index in 0..<6 {
                        group.addTask {
                            // Half repeat one request, half are another attempt for the same person.
                            let reply = try await stand.call(
                                .intake, "POST", "/api/submissions", as: station,
                                key: index < 3 ? key : "\(key)-\(index)",
                                body: body, at: index.isMultiple(of: 2) ? second : nil)
                            return (reply.status, reply.body)
                        }
                    }
                    return try await group.reduce(into: [(Int, [UInt8])]()) { $0.append($1) }
                }
                let made = answers.filter { $0.0 == 201 }
                #expect(
                    !made.isEmpty && Set(made.map { String(decoding: $0.1, as: UTF8.self) }).count == 1,
                    "round \(round)")
                #expect(answers.allSatisfy { $0.0 == 201 || $0.0 == 409 }, "\(answers.map(\.0))")
                let rows = try await stand.database(.intake).query(
                    "SELECT count(*) FROM submission WHERE person = \(journey.personID)"
                ).rows[0].decode(Int.self)
                #expect(rows == 1, "round \(round)")
            }
            #expect(await stand.stop(second) == .exited(0))
        }
    }
}
