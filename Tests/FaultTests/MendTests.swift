import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL
import TestSupport
import Testing

/// What an operator does about messages that are lost or parked, with the commands made for it.
@Suite("Lost and parked messages are brought home", .serialized, .enabled(if: ServiceStand.isAvailable))
struct MendTests {
    private func youdai(_ stand: ServiceStand, _ words: String...) async throws -> (status: Int, output: String) {
        let result = try await stand.command(
            "youdai", words, ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": stand.installation.file])
        return (result.status, result.output + result.errors)
    }

    @Test("What a deleted queue swallowed is emitted again", .timeLimit(.minutes(2)))
    func mend() async throws {
        let stand = try await ServiceStand.shared()
        try await stand.settle()
        let lost = SlippedNotice(stand)
        try await lost.write(unsent: false)
        let found = try await self.youdai(stand, "audit", "--run", stand.name, "--settle", "1")
        #expect(found.status == 1, "\(found)")
        #expect(found.output.contains("lost      review>notification subject \(lost.submission) numbers 1"), "\(found)")
        let mended = try await self.youdai(stand, "audit", "--run", stand.name, "--settle", "1", "--mend")
        #expect(mended.output.contains("emitted again: 1"), "\(mended)")
        try await ServiceStand.eventually("it is recorded") { try await lost.isRecorded() ? true : nil }
        let clean = try await self.youdai(stand, "audit", "--run", stand.name, "--settle", "1")
        #expect(clean.status == 0, "\(clean)")
        try await lost.forget()
    }

    @Test(
        "A producer restored from an older backup loses nothing: its used numbers park, and a mend lets it count on",
        .timeLimit(.minutes(2)))
    func restored() async throws {
        let stand = try await ServiceStand.shared()
        try await stand.settle()
        let before = SlippedNotice(stand)
        try await before.write()
        try await ServiceStand.eventually("the first is recorded") { try await before.isRecorded() ? true : nil }
        // The backup is from before that; what is sent afterwards gets number 1 a second time.
        try await before.forgetSent()
        let after = SlippedNotice(stand, about: before.submission)
        try await after.write()
        let cause = try await ServiceStand.eventually("it is parked") { try await after.parkedCause() }
        #expect(cause.hasPrefix(BatchRun.reusedCause), "\(cause)")
        let found = try await self.youdai(stand, "audit", "--run", stand.name, "--settle", "1")
        #expect(found.status == 1 && found.output.contains("replaced  review>notification"), "\(found)")
        let mended = try await self.youdai(stand, "audit", "--run", stand.name, "--settle", "1", "--mend")
        #expect(mended.output.contains("numbered anew after a restoration: 1"), "\(mended)")
        try await ServiceStand.eventually("both are recorded") { try await after.isRecorded(times: 2) ? true : nil }
        let clean = try await self.youdai(stand, "audit", "--run", stand.name, "--settle", "1")
        #expect(clean.status == 0, "\(clean)")
        #expect(try await !after.isParked())
        try await after.forget()
    }

    @Test(
        "A parked message that can be applied now is, after a replay, and the replay is on record",
        .timeLimit(.minutes(2)))
    func replay() async throws {
        let stand = try await ServiceStand.shared()
        let parked = SlippedNotice(stand)
        try await parked.write(unsent: false)
        let receiver = try stand.database(.notification)
        let stream = Envelope.stream(from: .review, to: .notification)
        try await receiver.execute(
            """
            INSERT INTO waiting (id, state, stream, subject, number, type, lane, producer, sent_at, correlation, body,
                                 failures, cause)
            VALUES (\(parked.id), 'parked', \(stream), \(parked.submission), 1, \(NoticeRequested.type), 'standard',
                    'review', now(), \(parked.submission), \(Array(try parked.body().utf8)), 8, 'a test')
            """)
        let place = ["--run", stand.name, "--service", "notification"]
        let words = ["parked", "replay"] + place + [parked.id.uuidString, "--actor", "test", "--reason", "mended"]
        let result = try await stand.command(
            "youdai", words, ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": stand.installation.file])
        #expect(result.status == 0, "\(result)")
        try await ServiceStand.eventually("it is recorded") { try await parked.isRecorded() ? true : nil }
        let noted = try await receiver.query(
            "SELECT actor || ': ' || reason FROM parked_action WHERE message_id = \(parked.id) AND action = 'replay'")
        #expect(try noted.first?.decode(String.self) == "test: mended")
        try await parked.forget()
    }
}
