import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension AppointmentState: PostgresEncodable, PostgresDecodable {}
extension AppointmentStep: PostgresEncodable, PostgresDecodable {}
extension AppointmentPurpose: PostgresEncodable, PostgresDecodable {}
extension AppointmentKind: PostgresEncodable, PostgresDecodable {}
extension BookingChannel: PostgresEncodable, PostgresDecodable {}
extension SeatPool: PostgresEncodable, PostgresDecodable {}
extension AppointmentAPI.Told.How: PostgresEncodable, PostgresDecodable {}
extension AppointmentAPI.WaitingEntry.State: PostgresEncodable, PostgresDecodable {}

extension SlotID: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 0 }
    package static var postgresArrayType: UInt32 { 1009 }
    package var postgresBytes: [UInt8]? { Array(self.description.utf8) }

    package static func decode(_ value: PostgresValue) throws(PostgresError) -> SlotID {
        guard let slot = SlotID(try String.decode(value)) else { throw value.mismatch("SlotID") }
        return slot
    }
}

/// The appointments. Every change names the version it is made on and raises it; who loses such a race decides again.
struct AppointmentRepository: Sendable {
    let pool: PostgresPool

    /// Whether a slot has any seat, taken or not.
    /// When a slot ends; nil when it has no seats, so that there is none.
    func end(of slot: SlotID) async throws -> Date? {
        try await self.pool.query(
            """
            SELECT s.starts_at + make_interval(mins => s.minutes) FROM slot s
            WHERE s.id = \(slot) AND EXISTS (SELECT FROM seat e WHERE e.slot = s.id)
            """
        ).first?.decode(Date.self)
    }

    /// Why nobody got a seat of a slot.
    func refusal(of slot: SlotID, now: Date) async throws -> IntakeRefusal {
        guard let end = try await self.end(of: slot) else { return .slotUnknown }
        return end <= now ? .slotPast : .slotFull
    }

    static let columns: SQL = """
        a.id, a.number, a.division, a.station, a.person, a.purpose, a.kind, a.channel, a.slot, a.seat, a.starts_at,
        a.minutes, a.day, a.state, a.version, a.held_until, a.created_at, a.queue_number, a.arrived_at, a.calls, a.told,
        a.waiting_entry
        """

    static func appointment(_ row: PostgresRow) throws(PostgresError) -> Appointment {
        let (
            id, number, division, station, person, purpose, kind, channel, slot, seat, startsAt, minutes, day, state,
            version, heldUntil, createdAt, queueNumber, arrivedAt, calls, told, entry
        ) = try row.decode(
            UUID.self, Int.self, String.self, String.self, UUID?.self, AppointmentPurpose.self, AppointmentKind.self,
            BookingChannel.self, SlotID?.self, Int?.self, Date?.self, Int?.self, CalendarDay.self,
            AppointmentState.self, Int.self, Date?.self, Date.self, Int?.self, Date?.self, Int.self,
            AppointmentAPI.Told.How?.self, UUID?.self)
        return Appointment(
            id: id, number: number, division: division, station: station, person: person, purpose: purpose, kind: kind,
            channel: channel, slot: slot, seat: seat, startsAt: startsAt, minutes: minutes, day: day, state: state,
            version: version, heldUntil: heldUntil, createdAt: createdAt, queueNumber: queueNumber,
            arrivedAt: arrivedAt, calls: calls, told: told, waitingEntry: entry)
    }

    func find(_ id: UUID) async throws -> Appointment? {
        try await self.one("a.id = \(id)")
    }

    func find(number: Int) async throws -> Appointment? {
        try await self.one("a.number = \(number)")
    }

    /// The one live appointment of a person for a purpose.
    func live(of person: UUID, _ purpose: AppointmentPurpose) async throws -> Appointment? {
        try await self.one("a.person = \(person) AND a.purpose = \(purpose) AND a.state = ANY(\(Self.live)::text[])")
    }

    func list(of person: UUID) async throws -> [Appointment] {
        try await self.pool.query(
            "SELECT \(Self.columns) FROM appointment a WHERE a.person = \(person) ORDER BY a.created_at DESC LIMIT 50"
        ).rows.map(Self.appointment)
    }

    /// Everybody of a station's day, by time, who comes or came.
    func list(at station: String, on day: CalendarDay) async throws -> [Appointment] {
        try await self.pool.query(
            """
            SELECT \(Self.columns) FROM appointment a WHERE a.station = \(station) AND a.day = \(day)
                AND a.state <> ALL(\(["held", "lapsed", "cancelledByPerson"])::text[])
            ORDER BY a.starts_at NULLS LAST, a.number
            """
        ).rows.map(Self.appointment)
    }

    /// Those whose seat is gone and who have not got another, and those nobody has told yet.
    func orphans(at station: String?, limit: Int) async throws -> [Appointment] {
        var filter: SQL = """
            (a.state = 'orphaned' OR (a.orphaned_at IS NOT NULL AND a.told_at IS NULL))
            AND a.state <> 'cancelledByPerson'
            """
        if let station { filter += " AND a.station = \(station)" }
        return try await self.pool.query(
            "SELECT \(Self.columns) FROM appointment a WHERE \(filter) ORDER BY a.day, a.starts_at, a.number LIMIT \(limit)"
        ).rows.map(Self.appointment)
    }

    /// How often somebody did not come to what they had booked.
    func missed(by person: UUID) async throws -> Int {
        try await self.pool.query(
            "SELECT count(*) FROM appointment WHERE person = \(person) AND state = 'missed'"
        ).first?.decode(Int.self) ?? 0
    }

    /// Of the count of seats that is the present one.
    func epoch() async throws -> Int {
        try await self.pool.query("SELECT epoch FROM slot_epoch").first?.decode(Int.self) ?? 0
    }

    /// Locked until the transaction ends.
    static func locked(_ id: UUID, in sql: PostgresTransaction) async throws -> Appointment? {
        try await sql.query("SELECT \(Self.columns) FROM appointment a WHERE a.id = \(id) FOR UPDATE").first
            .map(Self.appointment)
    }

    static let live = AppointmentState.allCases.filter(\.isLive).map(\.rawValue)

    private func one(_ filter: SQL) async throws -> Appointment? {
        try await self.pool.query("SELECT \(Self.columns) FROM appointment a WHERE \(filter)").first
            .map(Self.appointment)
    }
}
