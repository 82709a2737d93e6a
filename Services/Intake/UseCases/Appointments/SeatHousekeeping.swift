import Contracts
import Logging
import SeatCount
import ServiceLifecycle
import ServiceRuntime

/// Gives back what was held too long, and offers what is free to those who wait. In every instance; the database sees to
/// it that nothing is done twice.
struct SeatHousekeeping: Service {
    let clock: ProgrammeClock
    let appointments: AppointmentRepository
    let waiting: WaitForSeat
    let counter: any SeatCounter
    let logger: Logger
    /// Real time between two rounds.
    var pause = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.round()
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("seats could not be looked after", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: self.pause)
            }
        }
    }

    private func round() async throws {
        while true {
            let now = self.clock.now()
            let lapsed = try await self.appointments.lapse(at: now, limit: 200)
            for hold in lapsed {
                if let slot = hold.slot { await self.counter.giveBack(slot, hold.id, freeAt: now, now: now) }
            }
            if lapsed.count < 200 { break }
        }
        do {
            try await self.waiting.makeOffers()
        } catch is LostRace {}
    }
}
