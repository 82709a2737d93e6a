import TestSupport
import Testing

/// Measurements in little: what they count must hold whatever the figures are.
@Suite(.serialized, .enabled(if: ServiceStandInstallation.current != nil), .timeLimit(.minutes(4)))
struct BenchTests {
    @Test(arguments: ["yes", "no"])
    func theSeatsAddUpAfterEveryPhaseOfTheAppointmentsBench(counted: String) async throws {
        let outcome = try await Youdai().run(
            "bench", "appointments", "--slots", "40", "--seats", "20", "--connections", "16", "--seconds", "1",
            "--instances", "2", "--counted", counted)
        let said = "\(outcome.ending)\n\(outcome.output)\n\(outcome.errors)"
        try #require(outcome.isSuccess, "\(said)")
        let counts = outcome.output.split(separator: "\n").filter { $0.contains(" confirmed of ") }
        #expect(counts.count == 5, "\(said)")
        for count in counts {
            #expect(count.contains("0 held, ") && count.contains(" 0 people with two, 0 seats with two, 0 astray"))
            #expect(
                count.contains(counted == "yes" ? "Redis differs at 0 of " : "nothing counted in Redis"), "\(count)")
        }
        let servers = ["HTTP server", "Database", "Database, grouped"] + (counted == "yes" ? ["Redis"] : [])
        for row in servers + ["booked, two requests", "refused, sold out", "looked at what is free"] {
            let figures = outcome.output.split(separator: "\n").first { $0.hasPrefix("  \(row)  ") }
            let rate = figures?.dropFirst(row.count + 2).split(separator: " ").first
            #expect(Double(rate ?? "") ?? 0 > 0, "\(row)\n\(said)")
        }
    }

    @Test func anAppointmentsBenchThatFindsNoRoomSaysSo() async throws {
        let outcome = try await Youdai().run("bench", "appointments", "--slots", "5")
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errors.contains("--slots is from 10 to 5000"), "\(outcome.errors)")
    }

    @Test func theNoticesBenchSaysEverythingOnceAndAccountsForEveryReceipt() async throws {
        let outcome = try await Youdai().run("bench", "notices", "--people", "3000", "--seconds", "2")
        let said = "\(outcome.ending)\n\(outcome.output)\n\(outcome.errors)"
        try #require(outcome.isSuccess, "\(said)")
        let lines = outcome.output.split(separator: "\n")
        // 1,000 at most: a third of the people, and fewer where warming up was slow.
        let arrived = try #require(
            lines.first { $0.hasPrefix("  at the message centre ") }, "\(said)")
        #expect(arrived.contains("each once; every one delivered by its receipt"), "\(said)")
        for row in [
            "people drawn and counted", "lines given their message", "messages through notification",
            "straight into Kannel", "receipts", "HTTP server alone, empty answers", "PostgreSQL alone, one commit each",
        ] {
            let figures = lines.first { $0.hasPrefix("  \(row)  ") }
            let words = figures?.dropFirst(row.count + 2).split(separator: " ").prefix { Double($0) != nil }
            #expect(Double(words?.first ?? "") ?? 0 > 0, "\(row)\n\(said)")
        }
        #expect(
            lines.contains { $0.contains("Lateness: 200 reminders") && $0.contains("3 000 other messages waiting") })
    }

    @Test func aNoticesBenchWithTooFewPeopleSaysSo() async throws {
        let outcome = try await Youdai().run("bench", "notices", "--people", "5")
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errors.contains("--people is from 2000 to 5000000"), "\(outcome.errors)")
    }
}
