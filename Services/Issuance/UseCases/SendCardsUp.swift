import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// Cards nobody could be reached for start one hop up (N25). The sender answers for them until the next hand has signed.
struct SendCardsUp: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock

    struct Result: Sendable {
        let id: UUID
        /// In ascending order.
        let cards: [UUID]
        let sentAt: Date
    }

    /// - Parameter station: The station that sends; nil above it.
    func callAsFunction(
        _ submissions: [UUID], _ route: ReturnRoute, station: String?, by subject: String, key: String
    ) async throws -> Answer<Result> {
        let listed = try CardCustody.list(submissions)
        return try await self.endpoint.transaction { work in
            let transfers = TransferWriter(sql: work.sql)
            let now = self.clock.now()
            let id = UUIDv7.generate()
            guard
                try await transfers.insert(
                    id, route, station: station, cards: listed.count, by: subject, key: key, at: now)
            else {
                guard let made = try await transfers.made(by: subject, key: key), made.from == route.from,
                    made.station == station, made.submissions == listed
                else { throw Refusal.keyUsedDifferently }
                return Answer(value: Result(id: made.id, cards: listed, sentAt: made.sentAt), isRepeated: true)
            }
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock(listed)
            try CardCustody.requireAll(listed, among: cards)
            if let station { try CardCustody.requireStation(station, of: cards) }
            _ = try CardCustody.advance(cards, by: route.step)
            try route.requireDue(cards, today: CalendarDay(now))
            try await transfers.add(cards, to: id)
            try await orders.sendUp(cards, transfer: id)
            return Answer(value: Result(id: id, cards: listed, sentAt: now), isRepeated: false)
        }
    }
}
