import Access
import Hummingbird
import ServiceRuntime

/// `/api/deadlines`: how the ten working days for delivery are kept (R48).
struct DeadlineRoutes: Sendable {
    let district: District
    let orders: CardOrderReader
    let clock: ProgrammeClock

    /// Answer to `GET /api/deadlines`.
    struct Figures: Codable, Sendable {
        struct Delivery: Codable, Sendable {
            /// Delivered on the last day or before.
            let kept: Int
            /// Delivered after it.
            let missed: Int
            /// Not delivered although the last day is over.
            let openOverdue: Int
        }

        let delivery: Delivery
    }

    func add(to api: RouterGroup<APIContext>) {
        api.get("deadlines") { _, context in
            try context.require(.readFigures, on: Resource(division: self.district.division))
            let figures = try await self.orders.deliveries(today: self.clock.today)
            return try APIReply.json(
                Figures(
                    delivery: .init(kept: figures.kept, missed: figures.missed, openOverdue: figures.openOverdue)))
        }
    }
}
