import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// The voice knows of each appointment what its newest version says, so that it never reminds anybody of an old one
    /// (R107, R115).
    @Suite struct AppointmentVoiceTests {
        private struct Known: Equatable {
            let version: Int
            let state: String
            let startsAt: Date?
        }

        private func known(_ id: UUID, _ stand: ServiceStand) async throws -> Known? {
            try await stand.settle()
            return try await stand.database(.notification).query(
                "SELECT version, state, starts_at FROM appointment WHERE id = \(id)"
            ).rows.first.map { row in
                let (version, state, startsAt) = try row.decode(Int.self, String.self, Date?.self)
                return Known(version: version, state: state, startsAt: startsAt)
            }
        }

        private func change(
            _ id: UUID, _ step: String, _ body: JSON, _ stand: ServiceStand
        ) async throws -> AppointmentAPI.Appointment {
            try await stand.ask(
                .intake, "POST", "/api/appointments/\(id)/\(step)", body, as: Staff.station(),
                for: AppointmentAPI.Appointment.self)
        }

        @Test func theNewestVersionIsKnownAndAnOlderOneChangesNothing() async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            var journey = Journey(stand)
            try await journey.register()
            let other = try BookingStand.slot(21, "1500")
            func book() async throws -> UUID {
                let id = UUID()
                _ = try await stand.ask(
                    .intake, "PUT", "/api/appointments/\(id)",
                    BookingStand.booking(journey.personID, fixtures.slot, confirm: true), as: Staff.station(),
                    for: AppointmentAPI.Appointment.self)
                return id
            }
            let id = try await book()
            let confirmed = Known(version: 1, state: "confirmed", startsAt: fixtures.slot.startsAt)
            #expect(try await self.known(id, stand) == confirmed)
            _ = try await self.change(id, "move", BookingStand.move(other, 1), stand)
            #expect(try await self.known(id, stand) == Known(version: 2, state: "confirmed", startsAt: other.startsAt))
            _ = try await self.change(id, "cancel", ["version": .number(2)], stand)
            #expect(
                try await self.known(id, stand) == Known(version: 3, state: "cancelledByPerson", startsAt: nil))

            // What comes late is of an older version than the one that is known: it is applied, and changes nothing.
            let second = try await book()
            #expect(try await self.known(second, stand) == confirmed)
            let newer = 9
            try await stand.database(.notification).execute(
                "UPDATE appointment SET version = \(newer) WHERE id = \(second)")
            _ = try await self.change(second, "cancel", ["version": .number(1)], stand)
            #expect(
                try await self.known(second, stand)
                    == Known(version: newer, state: "confirmed", startsAt: fixtures.slot.startsAt))
        }
    }
}
