import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

/// What nobody foresaw: a message that can be neither applied nor set aside.
@Suite(
    "A message that can be neither applied nor kept", .serialized, .enabled(if: ServiceStand.isAvailable))
struct StubbornMessageTests {
    @Test("It comes again until it can be, and holds back nobody else", .timeLimit(.minutes(2)))
    func comesAgain() async throws {
        let stand = try await ServiceStand.shared()
        let receiver = try stand.database(.notification)
        let (stubborn, other) = (SlippedNotice(stand), SlippedNotice(stand))
        try await receiver.executeScript(
            """
            ALTER TABLE notice ADD CONSTRAINT test_notice CHECK (submission_id <> '\(stubborn.submission)') NOT VALID;
            ALTER TABLE waiting ADD CONSTRAINT test_waiting CHECK (subject <> '\(stubborn.submission)') NOT VALID;
            """)
        let mend =
            "ALTER TABLE notice DROP CONSTRAINT test_notice; ALTER TABLE waiting DROP CONSTRAINT test_waiting;"
        do {
            try await stubborn.write()
            let instance = try stand.instance(.notification)
            try await ServiceStand.eventually("the failure is counted") {
                let metrics = try await instance.caller.call("GET", "/metrics")
                let text = String(decoding: metrics.body, as: UTF8.self)
                return text.contains("messaging_batch_failures_total") ? true : nil
            }
            try await other.write()
            try await ServiceStand.eventually("the other is recorded") { try await other.isRecorded() ? true : nil }
            #expect(try await !stubborn.isRecorded())
        } catch {
            try await receiver.executeScript(mend)
            throw error
        }
        try await receiver.executeScript(mend)
        // Tried alone three times meanwhile, it needs a person: parked is a verdict too.
        try await ServiceStand.eventually("the stubborn one is recorded or parked") {
            if try await stubborn.isRecorded() { return true }
            return try await stubborn.isParked() ? true : nil
        }
        try await stubborn.forget()
        try await other.forget()
    }
}
