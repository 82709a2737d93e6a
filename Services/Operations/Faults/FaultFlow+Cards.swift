import Access
import CardProgramme
import Contracts
import FoundationEssentials

extension FaultFlow {
    /// Production, parcels, hand-overs and deliveries, a batch after the other, while the offices go on.
    func custody() async throws {
        var number = 0
        let worthwhile = max(20, self.ledger.people.count / 10)
        while !self.ledger.isFinished {
            let waiting = try await self.desk.call(
                .issuance, "GET", "/api/orders?stage=ordered&limit=1", as: .cardMaker, answer: IssuanceAPI.WorkList.self
            ).total
            guard waiting >= worthwhile || (waiting > 0 && self.ledger.isEverybodyFiled) else {
                guard self.ledger.idle < self.patience else {
                    throw OperationsError("no more cards were ordered for \(self.patience)")
                }
                try await Task.sleep(for: .milliseconds(30))
                continue
            }
            number += 1
            try await self.carry(number)
        }
    }

    private func carry(_ number: Int) async throws {
        try self.clock.tick()
        let batch = try await self.desk.post(
            .issuance, "/api/batches", IssuanceAPI.NewBatch(limit: 2_000), as: .bureau, key: "fault-batch-\(number)",
            answer: IssuanceAPI.Batch.self)
        // A message a fault test has slipped in may have become an order of nobody's.
        let cards = batch.submissions.compactMap { id in self.ledger.person(of: id).map { (id, $0) } }
        guard !cards.isEmpty else { return }
        let tracking = "FAULT\(1_000_000 + number)"
        try self.clock.tick()
        _ = try await self.desk.post(
            .issuance, "/api/parcels", IssuanceAPI.NewParcel(trackingNumber: tracking, submissions: cards.map(\.0)),
            as: .cardMaker, answer: IssuanceAPI.Parcel.self)
        try self.clock.tick()
        _ = try await self.desk.post(
            .issuance, "/api/parcels/\(tracking)/receipt",
            IssuanceAPI.ParcelReceipt(count: cards.count, envelopeIntact: true, cardsIntact: true), as: .centre,
            answer: IssuanceAPI.Parcel.self)
        let stations = Dictionary(grouping: cards) { $0.1.station }.sorted { $0.key < $1.key }
        try await self.each(stations) { station, cards in
            try self.clock.tick()
            let handover = try await self.desk.post(
                .issuance, "/api/handovers", IssuanceAPI.NewHandover(station: station, submissions: cards.map(\.0)),
                as: .centre, key: "fault-handover-\(number)-\(station)", answer: IssuanceAPI.Handover.self)
            try self.clock.tick()
            _ = try await self.desk.post(
                .issuance, "/api/handovers/\(handover.id)/receipt",
                IssuanceAPI.HandoverReceipt(count: cards.count, signedBy: "\(station)-clerk"), as: .station,
                station: station, answer: IssuanceAPI.Handover.self)
            for (id, person) in cards { try await self.deliver(id, to: person) }
        }
    }

    private func deliver(_ id: UUID, to person: RehearsalPerson) async throws {
        let modes = DeliveryMode.allCases
        try self.clock.tick()
        _ = try await self.desk.post(
            .issuance, "/api/orders/\(id)/delivery",
            IssuanceAPI.Delivery(
                mode: modes[self.script.chance.index(modes.count, person: person.index, "mode")], receivedBy: .holder,
                proof: [.signature]),
            as: .station, station: person.station, answer: IssuanceAPI.Order.self)
        self.ledger.delivered(person)
    }
}
