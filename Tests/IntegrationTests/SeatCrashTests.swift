import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import Messaging
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Processes die at every step between a hold and its confirmation (steps enumerated, not by lot): whoever repeats the
    /// call has one seat, and nothing is left behind.
    @Suite struct SeatCrashTests {
        @Test(arguments: CrashPoint.ofSeats)
        func intakeDiesAtEveryStep(_ point: CrashPoint) async throws {
            for mode in BookingStand.modes {
                // In safe mode there is no claim to die after.
                if mode == .safe, point == .seatClaimed { continue }
                try await Self.die(at: point, mode)
            }
        }

        private static func die(at point: CrashPoint, _ mode: BookingStand.Mode) async throws {
            let what = "\(point.rawValue) \(mode.rawValue)"
            let desk = try await BookingStand(
                mode, name: "crash_\(point.rawValue.replacing(".", with: "_"))", instances: 1)
            let person = try await desk.register()
            let own = Staff.applicant(person)
            let slot = try #require(try await desk.slots(as: own).slots.first { $0.free > 0 })
            let doomed = try await desk.start(name: "doomed", changing: ["FAULTS_CRASH_AT": point.rawValue])
            let id = UUID()
            // Every call goes to whoever dies; whoever gets no answer asks the other one.
            var calls = 0
            func call(_ method: String, _ path: String, _ body: JSON) async throws -> HTTPReply {
                calls += 1
                if let reply = try? await desk.call(method, path, body, as: own, to: doomed), reply.status < 500 {
                    return reply
                }
                return try await desk.call(method, path, body, as: own)
            }
            let held = try await call(
                "PUT", "/api/appointments/\(id)", BookingStand.booking(person, slot.id, confirm: false))
            try #require(held.status < 300, "\(what): \(held.text)")
            let token = try #require(try held.decoded(AppointmentAPI.Appointment.self).token)
            let confirmed = try await call("POST", "/api/appointments/\(id)/confirm", ["token": .string(token)])
            try #require(confirmed.status < 300, "\(what): \(confirmed.text)")
            #expect(try confirmed.decoded(AppointmentAPI.Appointment.self).state == .confirmed, "\(what)")
            // Its connections end a moment before it is known to have ended.
            _ = try await ServiceStand.eventually("\(what): it dies") { doomed.process.hasEnded ? true : nil }
            try await Self.expectOne(desk, person, slot.id, what)
            try await SeatRushTests.expectEqualCounts(desk, mode)
        }

        /// Redis dies before the hold, between hold and confirmation, and after it.
        @Test(arguments: 0..<3)
        func redisDiesAtEveryStep(_ step: Int) async throws {
            try await PrivateRedis.withServer { redis in
                let desk = try await BookingStand(
                    .fast, name: "redis_\(step)",
                    changing: ["REDIS_PORT": "\(redis.port)", "REDIS_PASSWORD": redis.password])
                let person = try await desk.register()
                let own = Staff.applicant(person)
                let slot = try #require(try await desk.slots(as: own).slots.first { $0.free > 0 })
                func die(_ at: Int) async throws { if at == step { await redis.kill() } }
                let id = UUID()
                try await die(0)
                let held = try await desk.book(id, person, slot.id, confirm: false, as: own)
                try await die(1)
                // The token is still good: nobody has begun a new count.
                let confirmed = try await desk.confirm(id, try #require(held.token), as: own)
                #expect(confirmed.state == .confirmed)
                try await die(2)
                try await Self.expectOne(desk, person, slot.id, "step \(step)")
                try redis.start()
                try await SeatRushTests.expectEqualCounts(desk, .fast)
                // And booking goes on.
                let second = try await desk.register()
                let next = try await desk.book(UUID(), second, slot.id, confirm: true, as: Staff.applicant(second))
                #expect(next.state == .confirmed)
            }
        }

        /// A count that began anew voids what the old one held, and says so.
        @Test func aHoldOfAnOldCountIsRefused() async throws {
            try await PrivateRedis.withServer(durable: false) { redis in
                let desk = try await BookingStand(
                    .fast, name: "voided", changing: ["REDIS_PORT": "\(redis.port)", "REDIS_PASSWORD": redis.password])
                let person = try await desk.register()
                let own = Staff.applicant(person)
                let slot = try #require(try await desk.slots(as: own).slots.first { $0.free > 0 })
                let id = UUID()
                let held = try await desk.book(id, person, slot.id, confirm: false, as: own)
                await redis.kill()
                try redis.start()
                try await SeatRushTests.expectEqualCounts(desk, .fast)
                let refused = try await desk.call(
                    "POST", "/api/appointments/\(id)/confirm", ["token": .string(held.token ?? "")], as: own)
                #expect(refused.status == 409 && refused.told("stale hold")?.code == "hold.stale")
                let again = try await desk.book(id, person, slot.id, confirm: true, as: own)
                #expect(again.state == .confirmed)
            }
        }

        private static func expectOne(
            _ desk: BookingStand, _ person: UUID, _ slot: SlotID, _ what: String
        ) async throws {
            let rows = try await desk.database.query(
                """
                SELECT (SELECT count(*) FROM appointment WHERE person = \(person) AND state = 'confirmed'),
                       (SELECT count(*) FROM seat WHERE slot = \(slot.description) AND appointment IS NOT NULL)
                """
            ).rows[0].decode(Int.self, Int.self)
            #expect(rows == (1, 1), "\(what)")
        }
    }
}
