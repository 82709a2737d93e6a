import Contracts
import FoundationEssentials
import PostgreSQL
import Storage
import TestSupport

/// A request for a notice about a submission nobody knows, from review to notification, written straight into review's
/// tables: what a defective service, a lost queue or a restored database might leave there.
struct SlippedNotice {
    let stand: ServiceStand
    let submission: UUID
    let id = UUIDv7.generate()

    init(_ stand: ServiceStand, about submission: UUID = UUIDv7.generate()) {
        self.stand = stand
        self.submission = submission
    }

    func body() throws -> String {
        let notice = NoticeRequested(
            noticeID: UUIDv7.generate(), personID: UUIDv7.generate(), submissionID: self.submission,
            purpose: .cardOrdered, requestedAt: Date(timeIntervalSince1970: 1_652_140_800))
        return String(decoding: try ContractCoding.encode(notice), as: UTF8.self)
    }

    /// - Parameter unsent: Whether it still waits for the broker; otherwise it counts as sent and confirmed.
    func write(unsent: Bool = true) async throws {
        var statements: [SQL] = [
            """
            INSERT INTO stream_head (destination, subject, number, message_id)
            VALUES ('notification', \(self.submission), 1, \(self.id))
            """,
            """
            INSERT INTO emitted (id, destination, lane, type, subject, number, correlation, body)
            VALUES (\(self.id), 'notification', 'standard', \(NoticeRequested.type), \(self.submission), 1,
                    \(self.submission), \(try self.body()))
            """,
        ]
        if unsent {
            statements.append(
                """
                INSERT INTO outbox (id, destination, subject, number)
                VALUES (\(self.id), 'notification', \(self.submission), 1)
                """)
        }
        try await self.stand.database(.review).batch(statements)
    }

    func isRecorded(times: Int = 1) async throws -> Bool {
        try await self.stand.database(.notification).query(
            "SELECT 1 FROM notice WHERE submission_id = \(self.submission)"
        ).rows.count >= times
    }

    func isParked() async throws -> Bool { try await self.parkedCause() != nil }

    func parkedCause() async throws -> String? {
        try await self.stand.database(.notification).query(
            "SELECT coalesce(cause, '') FROM waiting WHERE subject = \(self.submission) AND state = 'parked'"
        ).first?.decode(String.self)
    }

    /// Leaves both databases as they were.
    func forget() async throws {
        let receiver = try self.stand.database(.notification)
        try await receiver.execute("DELETE FROM waiting WHERE subject = \(self.submission)")
        try await receiver.execute("DELETE FROM notice WHERE submission_id = \(self.submission)")
        try await receiver.execute("DELETE FROM stream_cursor WHERE subject = \(self.submission)")
        try await self.forgetSent()
    }

    /// Leaves the sender as if it had never sent anything about this submission.
    func forgetSent() async throws {
        let sender = try self.stand.database(.review)
        try await sender.execute("DELETE FROM outbox WHERE subject = \(self.submission)")
        try await sender.execute("DELETE FROM emitted WHERE subject = \(self.submission)")
        try await sender.execute("DELETE FROM stream_head WHERE subject = \(self.submission)")
    }
}
