import Access
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// What is where: the centre's piles by station (R90), and whether every hand has what its papers say.
struct OverviewRoutes: Sendable {
    let district: District
    let orders: CardOrderReader
    let balance: BalanceReader

    func add(to api: RouterGroup<APIContext>) {
        api.get("sorting") { _, context in try await self.sorting(context) }
        api.get("balance") { request, context in try await self.balance(request, context) }
    }

    private func sorting(_ context: APIContext) async throws -> Response {
        try context.require(.listCards, on: Resource(division: self.district.division))
        var piles: [IssuanceAPI.Sorting.Pile] = []
        for card in try await self.orders.sorting() {
            if piles.last?.station != card.station {
                piles.append(.init(station: card.station, submissions: [], paused: []))
            }
            piles[piles.count - 1].submissions.append(card.submission)
            if card.isPaused { piles[piles.count - 1].paused.append(card.submission) }
        }
        return try APIReply.json(IssuanceAPI.Sorting(piles: piles))
    }

    private func balance(_ request: Request, _ context: APIContext) async throws -> Response {
        let station = try request.station(for: .readBalance, of: self.district, context)
        let hands = try await self.balance.counts(of: station).map { count in
            IssuanceAPI.Balance.Hand(
                hand: count.hand, cameIn: count.cameIn, wentOut: count.wentOut, there: count.there)
        }
        return try APIReply.json(IssuanceAPI.Balance(hands: hands))
    }
}
