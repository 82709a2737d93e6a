import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import Storage
import TestSupport
import Testing

/// What nobody foresaw: a message that can be neither applied nor set aside.
@Suite("A message that can be neither applied nor kept", .serialized, .enabled(if: ServiceStand.isAvailable))
struct StubbornMessageTests {
    /// Writes a message into the sender's outbox, as a use case would have.
    private func send(_ stand: ServiceStand, about submission: UUID) async throws {
        let notice = NoticeRequested(
            noticeID: UUIDv7.generate(), personID: UUIDv7.generate(), submissionID: submission, purpose: .cardOrdered,
            requestedAt: Date(timeIntervalSince1970: 1_652_140_800))
        let body = String(decoding: try ContractCoding.encode(notice), as: UTF8.self)
        let id = UUIDv7.generate()
        try await stand.database(.review).batch([
            "INSERT INTO stream_head (destination, subject, number, message_id) VALUES ('notification', \(submission), 1, \(id))",
            """
            INSERT INTO emitted (id, destination, lane, type, subject, number, correlation, body)
            VALUES (\(id), 'notification', 'standard', \(NoticeRequested.type), \(submission), 1, \(submission), \(body))
            """,
            "INSERT INTO outbox (id, destination, subject, number) VALUES (\(id), 'notification', \(submission), 1)",
        ])
    }

    private func isRecorded(_ submission: UUID, _ receiver: PostgresConnection) async throws -> Bool {
        try await !receiver.query("SELECT 1 FROM notice WHERE submission_id = \(submission)").rows.isEmpty
    }

    @Test("It comes again until it can be, and holds back nobody else", .timeLimit(.minutes(2)))
    func comesAgain() async throws {
        let stand = try await ServiceStand.shared()
        let receiver = try stand.database(.notification)
        let (stubborn, other) = (UUIDv7.generate(), UUIDv7.generate())
        try await receiver.executeScript(
            """
            ALTER TABLE notice ADD CONSTRAINT test_notice CHECK (submission_id <> '\(stubborn)') NOT VALID;
            ALTER TABLE waiting ADD CONSTRAINT test_waiting CHECK (subject <> '\(stubborn)') NOT VALID;
            """)
        let mend = "ALTER TABLE notice DROP CONSTRAINT test_notice; ALTER TABLE waiting DROP CONSTRAINT test_waiting;"
        do {
            try await self.send(stand, about: stubborn)
            let instance = try stand.instance(.notification)
            try await ServiceStand.eventually("the failure is counted") {
                let metrics = try await instance.caller.call("GET", "/metrics")
                return String(decoding: metrics.body, as: UTF8.self).contains("messaging_batch_failures_total") ? true : nil
            }
            try await self.send(stand, about: other)
            try await ServiceStand.eventually("the other is recorded") { try await self.isRecorded(other, receiver) ? true : nil }
            #expect(try await !self.isRecorded(stubborn, receiver))
        } catch {
            try await receiver.executeScript(mend)
            throw error
        }
        try await receiver.executeScript(mend)
        try await ServiceStand.eventually("the stubborn one is recorded or parked") { () -> Bool? in
            if try await self.isRecorded(stubborn, receiver) { return true }
            // Tried alone three times meanwhile, it needs a person: parked is a verdict too.
            let parked = try await receiver.query("SELECT 1 FROM waiting WHERE subject = \(stubborn) AND state = 'parked'")
            return parked.rows.isEmpty ? nil : true
        }
        for submission in [stubborn, other] {
            try await receiver.execute("DELETE FROM waiting WHERE subject = \(submission)")
            try await receiver.execute("DELETE FROM notice WHERE submission_id = \(submission)")
            try await receiver.execute("DELETE FROM stream_cursor WHERE subject = \(submission)")
            try await stand.database(.review).execute("DELETE FROM stream_head WHERE subject = \(submission)")
        }
    }
}
