import Access
import CardProgramme
import Contracts
import FoundationEssentials

extension Actors {
    static let largestBatch = 2_000

    /// Work on many cards at once: production, parcels, hand-overs.
    func handle(
        _ work: Engagement.Work, _ people: [RehearsalPerson], _ ledger: RehearsalLedger, on day: CalendarDay
    ) async throws -> Outcome {
        switch work {
        case .produce:
            let batch = try await self.desk.post(
                .issuance, "/api/batches", IssuanceAPI.NewBatch(limit: Self.largestBatch), as: .bureau,
                key: "batch-\(day)",
                answer: IssuanceAPI.Batch.self)
            return .produced(try self.indices(batch.submissions, ledger))
        case .ship(let cards):
            let tracking = "EMS\(String(day.daysSince1970))\(String(cards.first ?? 0))"
            _ = try await self.desk.post(
                .issuance, "/api/parcels",
                IssuanceAPI.NewParcel(trackingNumber: tracking, submissions: try self.ids(cards, ledger)),
                as: .cardMaker,
                answer: IssuanceAPI.Parcel.self)
            return .shipped(tracking, cards)
        case .receiveParcel(let tracking, let cards) where self.isTorn(cards, ledger):
            return try await self.refuseParcel(tracking, cards)
        case .reportUpward(let tracking, let cards): return try await self.reportUpward(tracking, cards)
        case .remake(let tracking, let cards): return try await self.remake(tracking, cards, ledger)
        case .receiveParcel(let tracking, let cards):
            _ = try await self.desk.post(
                .issuance, "/api/parcels/\(tracking)/receipt",
                IssuanceAPI.ParcelReceipt(count: cards.count, envelopeIntact: true, cardsIntact: true), as: .centre,
                answer: IssuanceAPI.Parcel.self)
            return .parcelReceived(cards)
        case .handOver(let cards):
            guard let first = cards.first else { return .stationReceived([]) }
            let station = people[first].station
            let handover = try await self.desk.post(
                .issuance, "/api/handovers",
                IssuanceAPI.NewHandover(station: station, submissions: try self.ids(cards, ledger)), as: .centre,
                key: "handover-\(day)-\(station)-\(first)", answer: IssuanceAPI.Handover.self)
            return .handedOver(handover.id, station, cards)
        case .receiveHandover(let handover, let station, let cards):
            _ = try await self.desk.post(
                .issuance, "/api/handovers/\(handover)/receipt",
                IssuanceAPI.HandoverReceipt(count: cards.count, signedBy: "\(station)-clerk"), as: .station,
                station: station, answer: IssuanceAPI.Handover.self)
            return .stationReceived(cards)
        default:
            throw OperationsError("\(work) is not work on many cards")
        }
    }

    /// What was made again arrives whole, so that every rehearsal ends.
    private func isTorn(_ cards: [Int], _ ledger: RehearsalLedger) -> Bool {
        self.script.isTorn(cards) && !cards.contains { ledger.files[$0].exceptions.contains(.tornParcel) }
    }

    private func ids(_ cards: [Int], _ ledger: RehearsalLedger) throws -> [UUID] {
        try cards.map { try self.id(ledger.files[$0]) }
    }

    private func indices(_ ids: [UUID], _ ledger: RehearsalLedger) throws -> [Int] {
        try ids.map { id in
            guard let index = ledger.bySubmission[id] else {
                throw OperationsError("Issuance put \(id) into production, which this rehearsal did not submit.")
            }
            return index
        }.sorted()
    }
}
