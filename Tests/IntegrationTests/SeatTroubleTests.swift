import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// The database dies under a booking, instances disagree about the time, and requests come late, twice and in any
    /// order.
    @Suite struct SeatTroubleTests {
        /// When PostgreSQL is killed, and started again.
        enum Moment: String, CaseIterable, Sendable, CustomTestStringConvertible {
            case beforeTheHold, afterTheHold, whileItIsWritten, afterTheConfirmation

            var testDescription: String { self.rawValue }
        }

        @Test(.timeLimit(.minutes(3)), arguments: Moment.allCases)
        func aConfirmedSeatSurvivesTheDeathOfTheDatabase(_ moment: Moment) async throws {
            for mode in BookingStand.modes {
                let what = "\(moment.rawValue) \(mode.rawValue)"
                let desk = try await BookingStand(mode, name: "database_\(moment.rawValue)")
                let person = try await desk.register()
                let own = Staff.applicant(person)
                let slot = try #require(try await desk.slots(as: own).slots.first { $0.free > 0 })
                let id = UUID()
                func die(_ now: Moment) async throws { if now == moment { try await Self.killDatabase(desk) } }

                try await die(.beforeTheHold)
                let held = try await Self.answer(
                    desk, "PUT", "/api/appointments/\(id)", BookingStand.booking(person, slot.id, confirm: false), own)
                let token = try #require(held.token, "\(what)")
                try await die(.afterTheHold)
                let confirm: JSON = ["token": .string(token)]
                if moment == .whileItIsWritten {
                    // Its history cannot be written while somebody holds that table, so it is killed within the transaction.
                    let lock = try await PostgresConnection.connect(desk.stand.installation.administration(desk.name))
                    try await lock.execute("BEGIN")
                    try await lock.execute("LOCK TABLE appointment_step IN ACCESS EXCLUSIVE MODE")
                    async let refused = desk.call("POST", "/api/appointments/\(id)/confirm", confirm, as: own)
                    try await ServiceStand.eventually("\(what): it waits for the lock") {
                        try await desk.database.query(
                            "SELECT 1 FROM pg_stat_activity WHERE datname = \(desk.name) AND wait_event_type = 'Lock'"
                        ).first
                    }
                    try await Self.killDatabase(desk)
                    let reply = try await refused
                    #expect(reply.status == 503 || reply.status == 200, "\(what): \(reply.text)")
                    await lock.close()
                }
                let confirmed = try await Self.answer(desk, "POST", "/api/appointments/\(id)/confirm", confirm, own)
                #expect(confirmed.state == .confirmed, "\(what)")
                try await die(.afterTheConfirmation)
                let again = try await Self.answer(desk, "POST", "/api/appointments/\(id)/confirm", confirm, own)
                #expect(again.reference == confirmed.reference && again.version == confirmed.version, "\(what)")
                try await Self.expectSeats(desk, [person], "\(what)")
                try await SeatRushTests.expectEqualCounts(desk, mode)
            }
        }

        /// A hold ends two seconds earlier at one instance than at the other: the seat is one person's all the same.
        @Test(arguments: BookingStand.modes)
        func clocksTwoSecondsApartSellNothingTwice(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "clocks", desks: 1)
            let file = "\(desk.stand.directory)/clocks_\(mode.rawValue)/clock-ahead"
            let ahead = try ServiceStandClock(file: file)
            let other = try await desk.start(name: "ahead", changing: ["CLOCK_FILE": file])
            let first = try await desk.register()
            let slot = try #require(try await desk.slots(as: Staff.applicant(first)).slots.first { $0.free > 1 })
            let people = try await [first] + desk.register(slot.free * 3 - 1)
            let begun = ServiceStandClock.standard
            ahead.set(begun.addingTimeInterval(2))
            // Every seat is held at the instance that is behind, until the other one's 10:00.
            var holds: [(id: UUID, person: UUID, token: String)] = []
            for person in people.prefix(slot.free) {
                let id = UUID()
                let held = try await desk.book(id, person, slot.id, confirm: false, as: Staff.applicant(person))
                holds.append((id, person, held.token ?? ""))
            }
            desk.clock.set(begun.addingTimeInterval(598.5))
            ahead.set(begun.addingTimeInterval(600.5))
            // Now half of them are confirmed where they still last, while others take what has run out elsewhere.
            let late = people.dropFirst(slot.free)
            let won = try await withThrowingTaskGroup(of: UUID?.self) { group in
                for (index, hold) in holds.enumerated() {
                    group.addTask {
                        let reply = try await desk.call(
                            "POST", "/api/appointments/\(hold.id)/confirm", ["token": .string(hold.token)],
                            as: Staff.applicant(hold.person), to: index.isMultiple(of: 2) ? nil : other)
                        try #require(reply.status == 200 || reply.status == 409, "\(reply.text)")
                        return reply.status == 200 ? hold.person : nil
                    }
                }
                for person in late {
                    group.addTask {
                        let reply = try await desk.call(
                            "PUT", "/api/appointments/\(UUID())", BookingStand.booking(person, slot.id, confirm: true),
                            as: Staff.applicant(person), to: other)
                        try #require(reply.status == 201 || reply.status == 409, "\(reply.text)")
                        return reply.status == 201 ? person : nil
                    }
                }
                return try await group.reduce(into: [UUID]()) { if let person = $1 { $0.append(person) } }
            }
            #expect(won.count <= slot.free && Set(won).count == won.count)
            desk.clock.set(begun.addingTimeInterval(700))
            ahead.set(begun.addingTimeInterval(702))
            // Without the count, what ran out is given back by the housekeeping.
            try await ServiceStand.eventually("no hold is left") {
                try await desk.database.query("SELECT FROM appointment WHERE state = 'held'").first == nil ? true : nil
            }
            try await Self.expectSeats(desk, won, mode.rawValue)
            // What is left goes to whoever asks next, at either of them.
            var all = won
            for person in late where !won.contains(person) {
                let reply = try await desk.call(
                    "PUT", "/api/appointments/\(UUID())", BookingStand.booking(person, slot.id, confirm: true),
                    as: Staff.applicant(person), to: all.count.isMultiple(of: 2) ? nil : other)
                if reply.status == 201 { all.append(person) } else { #expect(reply.status == 409) }
            }
            #expect(all.count == slot.free, "\(all.count) of \(slot.free)")
            try await Self.expectSeats(desk, all, mode.rawValue)
            try await SeatRushTests.expectEqualCounts(desk, mode)
        }

        /// One client's requests: everything they sent arrives up to three times, at any instance, and late.
        private struct Stream {
            let id = UUID()
            let person: UUID
            let cancels: Bool
            var token: String?
            var version = 0
            /// What was sent so far, to arrive again at any time.
            var sent: [(method: String, path: String, body: JSON)] = []
        }

        @Test(arguments: BookingStand.modes, [1, 2, 3] as [UInt64])
        func requestsThatComeLateAndTwiceChangeNothing(_ mode: BookingStand.Mode, _ seed: UInt64) async throws {
            let desk = try await BookingStand(mode, name: "stream_\(seed)", desks: 8, instances: 2)
            var chance = SeededGenerator(seed: seed)
            var streams = try await desk.register(24).map { Stream(person: $0, cancels: Bool.random(using: &chance)) }
            let slots = try await desk.slots(as: Staff.applicant(streams[0].person)).slots.filter { $0.free > 10 }
                .prefix(3)
            var waiting = streams.indices.flatMap { [$0, $0, $0] }
            waiting.shuffle(using: &chance)
            /// The next request a client has not sent yet.
            func next(_ stream: Stream) -> (method: String, path: String, body: JSON)? {
                let path = "/api/appointments/\(stream.id)"
                switch stream.sent.count {
                case 0:
                    let slot = slots[slots.startIndex + Int(stream.id.uuid.0) % slots.count]
                    return ("PUT", path, BookingStand.booking(stream.person, slot.id, confirm: false))
                case 1: return ("POST", "\(path)/confirm", ["token": .string(stream.token ?? "")])
                case 2 where stream.cancels: return ("POST", "\(path)/cancel", ["version": .number(stream.version)])
                default: return nil
                }
            }
            for index in waiting {
                // Between any two steps of one client, old requests of everybody arrive again, several at once.
                let echoes = (0..<4).compactMap { _ -> (Stream, (method: String, path: String, body: JSON))? in
                    let stream = streams.randomElement(using: &chance) ?? streams[0]
                    return stream.sent.randomElement(using: &chance).map { (stream, $0) }
                }
                let places = echoes.map { _ in Int.random(in: 0..<2, using: &chance) }
                async let echoed: Void = withThrowingTaskGroup(of: Void.self) { group in
                    for ((stream, request), place) in zip(echoes, places) {
                        group.addTask {
                            let reply = try await desk.call(
                                request.method, request.path, request.body, as: Staff.applicant(stream.person),
                                to: desk.instances[place])
                            try #require(reply.status < 500, "\(reply.text)")
                        }
                    }
                    try await group.waitForAll()
                }
                if let request = next(streams[index]) {
                    let reply = try await desk.call(
                        request.method, request.path, request.body, as: Staff.applicant(streams[index].person),
                        to: desk.instances[Int.random(in: 0..<2, using: &chance)])
                    try #require(reply.status < 300, "\(request.method) \(request.path): \(reply.text)")
                    let answer = try reply.decoded(AppointmentAPI.Appointment.self)
                    streams[index].sent.append(request)
                    if let token = answer.token { streams[index].token = token }
                    streams[index].version = answer.version
                }
                try await echoed
            }
            // And everything once more, backwards.
            for stream in streams {
                for request in stream.sent.reversed() {
                    let reply = try await desk.call(
                        request.method, request.path, request.body, as: Staff.applicant(stream.person))
                    try #require(reply.status < 500, "\(reply.text)")
                }
            }
            try await Self.expectSeats(
                desk, streams.filter { !$0.cancels }.map(\.person), "\(mode.rawValue) seed \(seed)")
            let cancelled = try await desk.database.query(
                "SELECT count(*) FROM appointment WHERE state = 'cancelledByPerson'"
            ).rows[0].decode(Int.self)
            #expect(cancelled == streams.count { $0.cancels })
            try await SeatRushTests.expectEqualCounts(desk, mode)
        }

        // MARK: - Inside

        private static func killDatabase(_ desk: BookingStand) async throws {
            let installation = desk.stand.installation
            for word in ["kill", "start"] {
                let ending = try await desk.stand.command(
                    installation["SERVER_COMMAND"], [word, "postgresql"],
                    ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "RUN_DIRECTORY": installation.runDirectory])
                try #require(ending.status == 0, "\(word): \(ending.errors)")
            }
            try await desk.stand.reconnect()
        }

        /// Asks until somebody answers who has a database.
        private static func answer(
            _ desk: BookingStand, _ method: String, _ path: String, _ body: JSON, _ principal: Principal
        ) async throws -> AppointmentAPI.Appointment {
            let reply = try await ServiceStand.eventually("\(method) \(path)", within: .seconds(60)) {
                let reply = try await desk.call(method, path, body, as: principal)
                return reply.status < 500 ? reply : nil
            }
            try #require(reply.status < 300, "\(method) \(path): \(reply.text)")
            return try reply.decoded(AppointmentAPI.Appointment.self)
        }

        /// Exactly these people have a confirmed appointment each, and a seat of their own.
        private static func expectSeats(_ desk: BookingStand, _ people: [UUID], _ what: String) async throws {
            let connection = try await PostgresConnection.connect(desk.stand.installation.administration(desk.name))
            let rows = try await connection.query(
                """
                SELECT a.person FROM appointment a JOIN seat e ON e.slot = a.slot AND e.number = a.seat
                WHERE a.state = 'confirmed' AND e.appointment = a.id
                """
            ).rows.map { try $0.decode(UUID.self) }
            let taken = try await connection.query("SELECT count(*) FROM seat WHERE appointment IS NOT NULL").rows[0]
                .decode(Int.self)
            await connection.close()
            #expect(rows.count == people.count && Set(rows) == Set(people), "\(what)")
            #expect(taken == people.count, "\(what): a seat each, and no seat without somebody")
        }
    }
}
