import CardProgramme
import Contracts
import Logging
import Messaging
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
    let endpoint: MessageEndpoint
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
        while try await self.appointments.hasOver(at: self.clock.now()) {
            let now = self.clock.now()
            let lapsed = try await self.endpoint.transaction { work in
                let lapsed = try await AppointmentRepository.lapse(at: now, limit: 200, in: work.sql)
                // Of a hold somebody took for themselves nobody was told; of an offer they were.
                for offer in lapsed where offer.waitingEntry != nil { try work.emitChange(of: offer, .lapse, at: now) }
                return lapsed
            }
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
