import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Thousands at once.
    @Suite struct WaitingRoomRushTests {
        private static let people = 5_000
        private static let tasks = 64

        private struct Served: Sendable {
            let person: UUID
            let room: IntakeAPI.Room
        }

        /// Makes the calls from many tasks and tells how many a second were answered.
        private func burst(
            _ what: String, _ people: [UUID], _ call: @escaping @Sendable (Int, UUID) async throws -> IntakeAPI.Room
        ) async throws -> [UUID: IntakeAPI.Room] {
            let start = ContinuousClock.now
            let served = try await withThrowingTaskGroup(of: [Served].self) { group in
                for task in 0..<Self.tasks {
                    group.addTask {
                        var served: [Served] = []
                        for index in stride(from: task, to: people.count, by: Self.tasks) {
                            served.append(Served(person: people[index], room: try await call(index, people[index])))
                        }
                        return served
                    }
                }
                return try await group.reduce(into: [Served]()) { $0.append(contentsOf: $1) }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print(
                "waiting room: \(people.count) \(what) in \(seconds) s, \(Int(Double(people.count) / seconds)) a second"
            )
            return Dictionary(served.map { ($0.person, $0.room) }, uniquingKeysWith: { $1 })
        }

        @Test func fiveThousandComeAtOnceAndEverybodyHasOnePlace() async throws {
            let room = try await RoomStand("rush", window: 200, isLimited: true)
            let clock = try room.clock("1", RoomStand.at(8, 59))
            let ahead = try room.clock("2", RoomStand.at(8, 59, 1))
            let instances = [try await room.start("1", clock), try await room.start("2", ahead)]
            let callers = instances.map {
                HTTPCaller(host: "127.0.0.1", port: $0.port, connections: Self.tasks / 2, timeout: .seconds(60))
            }
            let people = (0..<Self.people).map { _ in UUID() }
            var tokens: [UUID: String] = [:]
            for person in people { tokens[person] = try room.stand.token(Staff.applicant(person)) }
            let all = tokens
            @Sendable func call(
                _ method: String, _ index: Int, _ person: UUID, ticket: String? = nil
            ) async throws -> IntakeAPI.Room {
                var headers = [("Authorization", "Bearer \(all[person] ?? "")")]
                if let ticket { headers.append(("Youdai-Ticket", ticket)) }
                return try await callers[index % 2].call(method, "/api/room", headers: headers)
                    .decoded(IntakeAPI.Room.self)
            }

            // The hour strikes in the middle, at one instance before it does at the other.
            async let hour: Void = {
                try await ServiceStand.eventually("some are there") {
                    try await room.figures(at: instances[1]).joined >= Self.people / 3 ? true : nil
                }
                ahead.set(RoomStand.at(9, 0, 1))
                try await ServiceStand.eventually("the order is drawn") {
                    try await room.figures(at: instances[1]).drawnAt
                }
                clock.set(RoomStand.at(9, 0))
            }()
            let joined = try await self.burst("come while the hour strikes", people) { try await call("POST", $0, $1) }
            try await hour
            let again = try await self.burst("come again", people) { try await call("POST", $0 + 1, $1) }
            #expect(people.allSatisfy { again[$0]?.ticket == joined[$0]?.ticket })
            let tickets = joined.compactMapValues(\.ticket)
            #expect(tickets.count == Self.people && Set(tickets.values).count == Self.people)

            for instance in instances {
                try await ServiceStand.eventually("all are known") {
                    let figures = try await room.figures(at: instance)
                    return figures.joined == Self.people && figures.admitted == 200 ? true : nil
                }
            }
            var told: [[UUID: IntakeAPI.Room]] = []
            for which in 0...1 {
                told.append(
                    try await self.burst("ask for their place", people) { index, person in
                        try await call("GET", which, person, ticket: tickets[person])
                    })
            }
            for answers in told {
                #expect(Set(answers.values.compactMap(\.place)) == Set(1...Self.people))
                #expect(answers.values.count { $0.state == .admitted } == 200)
                #expect(Set(answers.values.compactMap(\.position)) == Set(1...(Self.people - 200)))
            }
            #expect(people.allSatisfy { told[0][$0]?.place == told[1][$0]?.place })
            let order = people.sorted { (told[0][$0]?.place ?? 0) < (told[0][$1]?.place ?? 0) }
            let seed = try #require(try await room.figures(at: instances[0]).seed)
            let rows = try await room.query("SELECT person, phase, number FROM room_ticket ORDER BY number").map {
                try $0.decode(UUID.self, Int16.self, Int.self)
            }
            let early = rows.filter { $0.1 == 0 }.map(\.0)
            let late = rows.filter { $0.1 == 1 }.map(\.0)
            print("waiting room: \(early.count) were drawn, \(late.count) came after the draw")
            #expect(early.count >= Self.people / 3 && !late.isEmpty)
            #expect(order == RoomStand.drawn(early, seed: seed) + late)
            #expect(rows.count == Self.people && Set(rows.map(\.2)).count == Self.people)
            #expect(Set(rows.map(\.0)) == Set(people))
            for caller in callers { await caller.shutdown() }
            for instance in instances { #expect(await room.stand.stop(instance) == .exited(0)) }
        }
    }
}
