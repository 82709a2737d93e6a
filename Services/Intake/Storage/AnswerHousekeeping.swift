import Logging
import ServiceLifecycle

/// Forgets kept answers to repeated requests after some days of real time, once an hour.
struct AnswerHousekeeping: Service {
    let submissions: SubmissionRepository
    let daysKept: Int
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.submissions.forgetAnswers(olderThanDays: self.daysKept)
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("could not forget old answers", metadata: ["error.type": "\(type(of: error))"])
                }
                try? await Task.sleep(for: .seconds(3600))
            }
        }
    }
}
