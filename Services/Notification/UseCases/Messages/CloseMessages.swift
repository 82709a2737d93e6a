import CardProgramme
import FoundationEssentials
import Logging
import Messaging
import ServiceLifecycle
import ServiceRuntime

/// Ends what nobody will say more about: what was being submitted when a process died is of unknown fate, and what has no
/// receipt after its time has none; of unknown fate, also when what it says is over.
struct CloseMessages: Service, CustomStringConvertible {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let logger: Logger
    /// Real time between two rounds.
    var pause = Duration.seconds(2)

    var description: String { "closing of messages" }

    /// Programme time a submission may take.
    static let lease: TimeInterval = 120
    /// Programme time a receipt may take.
    static let patience: TimeInterval = 72 * 3600

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.round(.submitting, before: Self.lease, becomes: .unknown, code: "interrupted")
                    for state in [MessageState.unknown, .accepted, .buffered] {
                        try await self.round(state, before: Self.patience, becomes: .noReceipt, code: "noReceipt")
                    }
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("open messages could not be looked after", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: self.pause)
            }
        }
    }

    private func round(
        _ state: MessageState, before age: TimeInterval, becomes next: MessageState, code: String
    ) async throws {
        let now = self.clock.now()
        let count = try await self.endpoint.transaction { work in
            let ids = try await MessageProgress(sql: work.sql).overdue(
                state, since: now.addingTimeInterval(-age), limit: 200, at: now)
            try await MessageAftermath(sql: work.sql).record(
                ids.map {
                    MessageProgress.News(id: $0, state: next, kind: "end", code: code, occurredAt: now)
                }, at: now)
            return ids.count
        }
        if count == 200 { try await self.round(state, before: age, becomes: next, code: code) }
    }
}
