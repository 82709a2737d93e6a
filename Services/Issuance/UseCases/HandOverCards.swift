import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// The centre hands the sorted cards of one station over to it (R90, R91).
struct HandOverCards: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let district: District

    struct Result: Sendable {
        let id: UUID
        let station: String
        /// In ascending order.
        let cards: [UUID]
    }

    /// - Parameter key: The caller's own mark for this call; the same mark with the same content gives the same hand-over.
    func callAsFunction(
        station: String, submissions: [UUID], by subject: String, key: String
    ) async throws -> Answer<Result> {
        try self.district.requireStation(station)
        let listed = try CardCustody.list(submissions)
        return try await self.endpoint.transaction { work in
            let handovers = HandoverWriter(sql: work.sql)
            let now = self.clock.now()
            let id = UUIDv7.generate()
            guard
                try await handovers.insert(id, station: station, cards: listed.count, by: subject, key: key, at: now)
            else {
                guard let made = try await handovers.made(by: subject, key: key), made.station == station,
                    try await handovers.cards(of: made.id) == listed
                else { throw Refusal.keyUsedDifferently }
                return Answer(value: Result(id: made.id, station: station, cards: listed), isRepeated: true)
            }
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock(listed)
            try CardCustody.requireAll(listed, among: cards)
            try CardCustody.requireStation(station, of: cards)
            let stage = try CardCustody.advance(cards, by: .handedOver)
            try await orders.handOver(cards, handover: id, stage: stage, at: now)
            try work.tellIntake(cards, took: .handedOver, to: stage, at: now)
            return Answer(value: Result(id: id, station: station, cards: listed), isRepeated: false)
        }
    }
}
