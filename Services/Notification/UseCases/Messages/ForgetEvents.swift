import CardProgramme
import FoundationEssentials
import Logging
import Messaging
import ServiceLifecycle
import ServiceRuntime

/// Deletes what was seen of messages when it is older than it has to be kept. The messages stay, with when and to which
/// number's digest they were sent, in which words, and what came of it.
struct ForgetEvents: Service, CustomStringConvertible {
    let endpoint: MessageEndpoint
    /// Programme time an event is kept.
    let days: Int
    let clock: ProgrammeClock
    let logger: Logger
    /// Real time between two rounds.
    var pause = Duration.seconds(600)

    var description: String { "forgetting of events" }

    /// Deleted in one transaction: nobody has to wait for it.
    static let together = 1_000

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.round()
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("old events could not be deleted", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: self.pause)
            }
        }
    }

    private func round() async throws {
        let cutoff = self.clock.now().addingTimeInterval(-Double(self.days) * 86_400)
        var (all, batches) = (0, 0)
        while !Task.isCancelled {
            let count = try await self.endpoint.transaction { work in
                try await EventStore(sql: work.sql).forget(before: cutoff, limit: Self.together)
            }
            all += count
            batches += count > 0 ? 1 : 0
            if count < Self.together { break }
        }
        if all > 0 {
            self.logger.info(
                "old events of messages are deleted", metadata: ["events": "\(all)", "batches": "\(batches)"])
        }
    }
}
