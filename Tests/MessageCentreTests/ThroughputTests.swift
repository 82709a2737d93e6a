import FoundationEssentials
import HTTPCalls
import SMPP
import TestSupport
import Testing

/// Prints what the centre manages. Not part of an ordinary run, because the answer depends on what else the machine does.
@Suite(
    .enabled(
        if: PrivateMessageCentre.isAvailable && ProcessInfo.processInfo.environment["CENTRE_THROUGHPUT"] != nil,
        "CENTRE_THROUGHPUT is not set"), .timeLimit(.minutes(5)))
struct ThroughputTests {
    @Test func fiveThousandSubmitsASecond() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            let count = 50_000
            let begun = ContinuousClock.now
            var last: UInt32 = 0
            for number in 0..<count {
                last = client.send(
                    .submit(SMPPClient.message("【谯城退役军人】同志，已约11月28日到站办优待证。", to: "\(19_900_000_000 + number % 9_000)")))
                if number % 1_000 == 999 {
                    client.flush()
                    _ = try await client.answer(to: last)
                }
            }
            let submitted = ContinuousClock.now - begun
            try await ServiceStand.eventually("every receipt", within: .seconds(120)) {
                try await centre.figures().receiptsAnswered == count ? true : nil
            }
            let all = ContinuousClock.now - begun
            let metrics = try await centre.call("GET", "/metrics").text
            let line = try #require(
                metrics.split(separator: "\n").first { $0.hasPrefix("process_cpu_seconds_total") })
            let processor = try #require(line.split(separator: " ").last.flatMap { Double($0) })
            print("\(count) submits in \(submitted), with receipts in \(all), of processor time \(processor) s")
            // On one core: what it costs, since the client and other programs have the clock as well.
            #expect(processor < Double(count) / 5_000)
            #expect(try await centre.page().total == count)
        }
    }
}
