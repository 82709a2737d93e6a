import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

/// A card off the straight path, by the calls staff would make.
extension Journey {
    /// The first of July 2022: 9 March and three months are over.
    static let afterThreeMonths = (CalendarDay("2022-07-01") ?? CalendarDay(.now)).startOfDay.addingTimeInterval(36_000)

    func order() async throws -> IssuanceAPI.Order {
        try await self.stand.ask(
            .issuance, "GET", "/api/orders/\(self.id)", as: Staff.bureau(), for: IssuanceAPI.Order.self)
    }

    func file() async throws -> IssuanceAPI.CardFile {
        try await self.stand.ask(
            .issuance, "GET", "/api/orders/\(self.id)/cards", as: Staff.bureau(), for: IssuanceAPI.CardFile.self)
    }

    /// A step about this card alone.
    func act(
        _ what: String, _ body: JSON, as principal: Principal? = nil, key: String = UUID().uuidString
    ) async throws -> HTTPReply {
        try await self.stand.call(
            .issuance, "POST", "/api/orders/\(self.id)/\(what)", as: principal ?? self.station, key: key,
            body: body.bytes)
    }

    /// The same, expected to be carried out.
    @discardableResult
    func did(
        _ what: String, _ body: JSON, as principal: Principal? = nil, key: String = UUID().uuidString,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> IssuanceAPI.Order {
        try await self.act(what, body, as: principal, key: key).decoded(IssuanceAPI.Order.self, location)
    }

    @discardableResult
    func photographParcel(_ number: Int = 1) async throws -> UUID {
        try await self.stand.call(
            .issuance, "POST", "/api/parcels/\(self.tracking)/photos", as: Staff.centre(),
            body: TestPerson(number: self.person.number + number * 5_000).photo, type: "image/jpeg"
        ).decoded(IssuanceAPI.Photo.self).id
    }

    static let torn: JSON = [
        "count": .number(1), "envelopeIntact": .bool(false), "cardsIntact": .bool(true), "note": .string("右上角撕裂约八厘米"),
    ]

    @discardableResult
    func refuseParcel(_ body: JSON = Self.torn) async throws -> IssuanceAPI.Parcel {
        try await self.stand.ask(
            .issuance, "POST", "/api/parcels/\(self.tracking)/receipt", body, as: Staff.centre(),
            for: IssuanceAPI.Parcel.self)
    }

    func reportStep(_ to: String, answer: String? = nil, as principal: Principal) async throws -> HTTPReply {
        var members: [(name: String, value: JSON)] = [("to", .string(to))]
        if let answer { members.append(("answer", .string(answer))) }
        return try await self.stand.call(
            .issuance, "POST", "/api/parcels/\(self.tracking)/report/step", as: principal,
            body: JSON.object(members).bytes)
    }

    func settleTrace(
        _ outcome: String, key: String = UUID().uuidString, reason: String = "邮政查询无结果"
    ) async throws -> HTTPReply {
        try await self.stand.call(
            .issuance, "POST", "/api/traces", as: Staff.bureau(), key: key,
            body: JSON.object([
                ("submissions", self.cards), ("outcome", .string(outcome)), ("reason", .string(reason)),
            ]).bytes)
    }

    func sendUp(as principal: Principal) async throws -> UUID {
        try await self.stand.ask(
            .issuance, "POST", "/api/returns", ["submissions": self.cards], as: principal, key: UUID().uuidString,
            for: IssuanceAPI.Return.self
        ).id
    }

    func receiveUp(_ list: UUID, as principal: Principal) async throws {
        _ = try await self.stand.ask(
            .issuance, "POST", "/api/returns/\(list)/receipt",
            ["count": .number(1), "signedBy": .string("测试签收人")], as: principal, for: IssuanceAPI.Return.self)
    }

    /// From an order, first or renewed, to a stage; every hand passes it on.
    mutating func carry(to stage: SubmissionStage) async throws {
        try await self.produce()
        if stage == .inProduction { return }
        self.tracking = "EMS\(UUID().uuidString.suffix(12))"
        _ = try await self.stand.ask(
            .issuance, "POST", "/api/parcels", ["trackingNumber": .string(self.tracking), "submissions": self.cards],
            as: Staff.cardMaker, for: IssuanceAPI.Parcel.self)
        if stage == .inTransit { return }
        try await self.receiveParcel()
        if stage == .atCentre { return }
        self.handover = try await self.stand.ask(
            .issuance, "POST", "/api/handovers", ["station": .string(self.person.station), "submissions": self.cards],
            as: Staff.centre(), key: UUID().uuidString, for: IssuanceAPI.Handover.self
        ).id
        if stage == .onWayToStation { return }
        try await self.receiveHandover()
        if stage == .atStation { return }
        try await self.deliver()
    }

    /// Says to issuance what review would, and waits until it is applied.
    func review(says message: some MessageContract) async throws {
        try await self.stand.say(message, about: self.id)
        try await self.stand.settle()
    }

    func paused(after seconds: Double = 0) -> SubmissionPaused {
        SubmissionPaused(
            submissionID: self.id, round: self.round, at: ServiceStandClock.standard.addingTimeInterval(seconds),
            by: "superior-a")
    }

    func resumed(after seconds: Double = 0) -> SubmissionResumed {
        SubmissionResumed(
            submissionID: self.id, round: self.round, at: ServiceStandClock.standard.addingTimeInterval(seconds),
            by: "superior-a")
    }

    var revoked: SubmissionRevoked {
        SubmissionRevoked(
            submissionID: self.id, round: self.round, at: ServiceStandClock.standard, by: "superior-a")
    }
}

extension ServiceStand {
    /// Writes a message into review's outbox, as review does; its own relay sends it, numbered and signed.
    func say(_ message: some MessageContract, about subject: UUID) async throws {
        let id = UUID()
        let body = String(decoding: try ContractCoding.encode(message), as: UTF8.self)
        try await self.database(.review).execute(
            """
            WITH head AS (
                INSERT INTO stream_head AS h (destination, subject, number, message_id)
                VALUES ('issuance', \(subject), 1, \(id))
                ON CONFLICT (destination, subject)
                DO UPDATE SET number = h.number + 1, message_id = EXCLUDED.message_id
                RETURNING number
            ), written AS (
                INSERT INTO emitted (id, destination, lane, type, subject, number, correlation, body)
                SELECT \(id)::uuid, 'issuance', 'standard', \(type(of: message).type)::text, \(subject)::uuid, number,
                       \(subject)::uuid, \(body)::text
                FROM head
            )
            INSERT INTO outbox (id, destination, subject, number, not_before)
            SELECT \(id)::uuid, 'issuance', \(subject)::uuid, number, clock_timestamp() FROM head
            """)
    }
}
