import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import Messaging
import ServiceLifecycle
import ServiceRuntime

/// Tells issuance whose card has waited for so many months without anybody being able to tell them (N25).
struct ReportUnreachable: Service, CustomStringConvertible {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let logger: Logger
    /// Real time between two rounds.
    var pause = Duration.seconds(1)

    var description: String { "unreachable holders" }

    static let together = 200

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var count = 0
                do {
                    count = try await self.round()
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning(
                        "who cannot be reached could not be reported", metadata: ["error": "\(error)"])
                }
                if count < Self.together { try? await Task.sleep(for: self.pause) }
            }
        }
    }

    private func round() async throws -> Int {
        try await self.endpoint.transaction { work in
            let now = self.clock.now()
            let store = ArrivalStore(sql: work.sql)
            let due = try await store.take(Self.together, at: now)
            guard !due.isEmpty else { return 0 }
            try await store.decide(due, at: now)
            for one in due where !one.isTold {
                try work.emit(
                    HolderUnreached(
                        submissionID: one.submission, personID: one.person, arrivedAt: one.arrivedAt,
                        messages: one.messages, calls: one.calls, at: now),
                    subject: one.submission, to: .issuance, lane: .standard)
            }
            return due.count
        }
    }
}
