import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Thousands want the same seats while what counts them, and one of those who sell them, dies.
    @Suite struct SeatRushTests {
        private static let clients = 5_000
        private static let seats = 100

        /// What became of one client's attempt.
        private enum Fate: Sendable {
            case confirmed, full, abandoned, later
        }

        @Test(.timeLimit(.minutes(4)), arguments: BookingStand.modes)
        func fiveThousandWantAHundredSeats(_ mode: BookingStand.Mode) async throws {
            try await PrivateRedis.withServer { redis in
                let desk = try await BookingStand(
                    mode, name: "crowd", instances: 3,
                    changing: ["REDIS_PORT": "\(redis.port)", "REDIS_PASSWORD": redis.password])
                let slot = try await Self.openSession(desk)
                let people = try await desk.enrol(Self.clients)
                let callers = desk.instances.map {
                    HTTPCaller(host: "127.0.0.1", port: $0.port, connections: 48, timeout: .seconds(20))
                }
                let confirmations = NIOLockedValueBox(0)
                let begun = ContinuousClock.now
                async let disaster: Void = Self.strike(
                    desk, redis, mode, after: { confirmations.withLockedValue { $0 >= 30 } })
                var fates = try await Self.rush(people, slot, desk, callers, wave: 0, confirmations)
                try await disaster
                // Who was cut off or let their hold run out comes again, until every seat has somebody.
                var wave = 1
                while try await Self.confirmed(desk, slot) < Self.seats, wave < 12 {
                    desk.clock.set(ServiceStandClock.standard.addingTimeInterval(Double(wave) * 660))
                    let again = zip(people, fates).filter { $0.1 != .confirmed }.map(\.0)
                    let results = try await Self.rush(again, slot, desk, callers, wave: wave, confirmations)
                    let byPerson = Dictionary(zip(again, results)) { first, _ in first }
                    fates = zip(people, fates).map { byPerson[$0.0] ?? $0.1 }
                    wave += 1
                }
                let seconds = ContinuousClock.now - begun
                let rows = try await desk.database.query(
                    """
                    SELECT count(*), count(DISTINCT person), count(DISTINCT seat) FROM appointment
                    WHERE slot = \(slot.description) AND state = 'confirmed'
                    """
                ).rows[0].decode(Int.self, Int.self, Int.self)
                #expect(rows == (Self.seats, Self.seats, Self.seats))
                let left = try await desk.database.query(
                    "SELECT count(*) FROM appointment WHERE state = 'held' AND held_until < \(Date.distantFuture)"
                ).rows[0].decode(Int.self)
                let taken = try await desk.database.query(
                    """
                    SELECT count(*) FROM seat e JOIN appointment a ON a.id = e.appointment
                    WHERE e.slot = \(slot.description) AND a.seat = e.number AND a.state = 'confirmed'
                    """
                ).rows[0].decode(Int.self)
                #expect(taken == Self.seats)
                let told = fates.count { $0 == .confirmed }
                #expect(told == Self.seats, "who has a seat knows it")
                try await Self.expectEqualCounts(desk, mode)
                for caller in callers { await caller.shutdown() }
                print(
                    """
                    seat rush (\(mode.rawValue)): \(Self.clients) clients, \(Self.seats) seats, \(wave) waves, \(seconds): \
                    confirmed \(rows.0), people \(rows.1), told so \(told), open holds \(left)
                    """)
            }
        }

        /// A collective session whose seats are all for online bookings.
        private static func openSession(_ desk: BookingStand) async throws -> SlotID {
            var capacity = BookingStand.capacity(desks: 1)
            guard case .object(let members) = capacity else { throw ServiceStandError("no capacity") }
            capacity = .object(
                members.map { member in
                    member.name == "shares"
                        ? (
                            name: "shares",
                            value: [
                                "online": .number(85), "hotline": .number(0), "walkIn": .number(15), "home": .number(0),
                            ]
                        ) : member
                })
            let today = CalendarDay(ServiceStandClock.standard)
            _ = try await desk.ask(
                "PUT", "/api/stations/\(BookingStand.station)/capacity/\(today)", capacity,
                for: AppointmentAPI.CapacityChange.self)
            let session: JSON = [
                "day": .string("\(today.adding(days: 5))"), "start": .string("18:00"), "minutes": .number(120),
                "seats": .number(Self.seats), "place": .string("测试礼堂"),
            ]
            _ = try await desk.ask(
                "PUT", "/api/stations/\(BookingStand.station)/sessions/\(UUID())", session,
                for: AppointmentAPI.CapacityChange.self)
            // What is shown is up to a second old.
            return try await ServiceStand.eventually("the session is shown") {
                try await desk.slots(.collective, as: Staff.centre()).slots.first { $0.free == Self.seats }?.id
            }
        }

        /// Redis dies and comes back with what it had on disk; one instance dies for good.
        private static func strike(
            _ desk: BookingStand, _ redis: PrivateRedis, _ mode: BookingStand.Mode,
            after isTime: @escaping @Sendable () -> Bool
        ) async throws {
            _ = try await ServiceStand.eventually("the rush has begun", within: .seconds(60)) { isTime() ? true : nil }
            if mode == .fast { await redis.kill() }
            desk.instances[2].process.signal(SIGKILL)
            if mode == .fast { try redis.start() }
        }

        private static func rush(
            _ people: [UUID], _ slot: SlotID, _ desk: BookingStand, _ callers: [HTTPCaller], wave: Int,
            _ confirmations: NIOLockedValueBox<Int>
        ) async throws -> [Fate] {
            try await withThrowingTaskGroup(of: (Int, Fate).self) { group in
                var fates = [Fate](repeating: .later, count: people.count)
                var next = 0
                func add() {
                    guard next < people.count else { return }
                    let index = next
                    next += 1
                    group.addTask {
                        let fate = try await Client(
                            person: people[index], number: index, wave: wave, slot: slot, desk: desk, callers: callers
                        ).run()
                        if fate == .confirmed { confirmations.withLockedValue { $0 += 1 } }
                        return (index, fate)
                    }
                }
                for _ in 0..<128 { add() }
                while let (index, fate) = try await group.next() {
                    fates[index] = fate
                    add()
                }
                return fates
            }
        }

        private static func confirmed(_ desk: BookingStand, _ slot: SlotID) async throws -> Int {
            try await desk.database.query(
                "SELECT count(*) FROM appointment WHERE slot = \(slot.description) AND state = 'confirmed'"
            ).rows[0].decode(Int.self)
        }

        static func expectEqualCounts(_ desk: BookingStand, _ mode: BookingStand.Mode) async throws {
            guard mode == .fast else { return }
            let settled = try await ServiceStand.eventually("Redis is equal to PostgreSQL", within: .seconds(100)) {
                let found = try await desk.ask(
                    "POST", "/api/seats/reconciliation", ["mend": .bool(false)], as: Staff.operator,
                    for: AppointmentAPI.Reconciled.self)
                return found.isCounted && found.differing.isEmpty ? found : nil
            }
            #expect(settled.compared > 0)
        }

        /// One person at a browser: holds, confirms, clicks twice now and then, and tries again when nobody answers.
        private struct Client: Sendable {
            let person: UUID
            let number: Int
            let wave: Int
            let slot: SlotID
            let desk: BookingStand
            let callers: [HTTPCaller]

            func run() async throws -> Fate {
                let id = UUID()
                let booking = BookingStand.booking(self.person, self.slot, confirm: self.number.isMultiple(of: 3))
                let held = try await self.call(
                    "PUT", "/api/appointments/\(id)", booking, twice: self.number.isMultiple(of: 7))
                guard let held, held.status < 300 else { return held?.status == 409 ? .full : .later }
                let appointment = try held.decoded(AppointmentAPI.Appointment.self)
                if appointment.state == .confirmed { return .confirmed }
                // Some look at what they hold and leave.
                if self.wave == 0, self.number % 20 == 1 { return .abandoned }
                let confirmation: JSON = ["token": .string(appointment.token ?? "")]
                let answer = try await self.call(
                    "POST", "/api/appointments/\(id)/confirm", confirmation, twice: self.number.isMultiple(of: 5))
                guard let answer, answer.status < 300 else { return .later }
                return .confirmed
            }

            /// Sends it to one instance or to two at once, and again while there is no answer.
            private func call(_ method: String, _ path: String, _ body: JSON, twice: Bool) async throws -> HTTPReply? {
                for attempt in 0..<8 {
                    let first = (self.number + attempt) % self.callers.count
                    let replies = await withTaskGroup(of: HTTPReply?.self) { group in
                        for offset in 0..<(twice ? 2 : 1) {
                            group.addTask {
                                try? await self.once(method, path, body, at: (first + offset) % self.callers.count)
                            }
                        }
                        return await group.reduce(into: [HTTPReply]()) { if let reply = $1 { $0.append(reply) } }
                    }
                    if let good = replies.first(where: { $0.status < 300 }) { return good }
                    if let told = replies.first(where: { $0.status < 500 && $0.status != 429 }) { return told }
                }
                return nil
            }

            private func once(_ method: String, _ path: String, _ body: JSON, at index: Int) async throws -> HTTPReply {
                let token = try self.desk.stand.token(Staff.applicant(self.person))
                return try await self.callers[index].call(
                    method, path,
                    headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
                    body: body.bytes)
            }
        }
    }
}
