import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import Logging
import ServiceRuntime

/// `/api/parcels`: from the card maker to the centre (R10, R88–R93).
struct ParcelRoutes: Sendable {
    let district: District
    let parcels: DamageReader
    let shipParcel: ShipParcel
    let receiveParcel: ReceiveParcel

    /// Answer to `GET /api/parcels`.
    struct WorkList: Codable, Sendable {
        let parcels: [IssuanceAPI.Parcel]
        let total: Int
    }

    func add(to api: RouterGroup<APIContext>) {
        api.get("parcels") { request, context in try await self.list(request, context) }
        api.post("parcels") { request, context in try await self.ship(request, context) }
        api.post("parcels/{trackingNumber}/receipt") { request, context in try await self.receive(request, context) }
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.listParcels, on: Resource(division: self.district.division))
        let (limit, offset) = try request.page(most: 500)
        let (found, total) = try await self.parcels.parcels(
            refused: try request.flag("refused"), limit: limit, offset: offset)
        let shown = found.map { parcel in
            IssuanceAPI.Parcel(
                trackingNumber: parcel.trackingNumber, expected: parcel.expected,
                stage: parcel.report != nil ? .parcelRefused : parcel.isReceived ? .atCentre : .inTransit,
                damage: parcel.damage, report: parcel.report)
        }
        return try APIReply.json(WorkList(parcels: shown, total: total))
    }

    /// A repeated call is told what this call does, not what became of the parcel since.
    private func ship(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.shipParcel, on: Resource(division: self.district.division))
        let body = try await request.decodeJSON(IssuanceAPI.NewParcel.self)
        let answer = try await self.shipParcel(
            trackingNumber: body.trackingNumber, submissions: body.submissions, by: context.principal.subject)
        return try APIReply.json(
            IssuanceAPI.Parcel(
                trackingNumber: answer.value.trackingNumber, expected: answer.value.expected, stage: .inTransit),
            status: answer.isRepeated ? .ok : .created)
    }

    private func receive(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.receiveParcel, on: Resource(division: self.district.division))
        let trackingNumber = try context.text("trackingNumber")
        let body = try await request.decodeJSON(IssuanceAPI.ParcelReceipt.self, upTo: 1 << 17)
        let inspection = ParcelInspection(
            count: body.count, envelopeIntact: body.envelopeIntact, cardsIntact: body.cardsIntact)
        let answer = try await self.receiveParcel(
            trackingNumber: trackingNumber, inspection: inspection, note: body.note, setAside: body.setAside ?? [],
            by: context.principal.subject)
        let isRefused = answer.value.report != nil
        if isRefused, !answer.isRepeated {
            // R93 wants it reported upwards: whoever runs the installation sees it without asking.
            let damage = answer.value.damage.map(\.rawValue).joined(separator: ",")
            context.logger.warning("parcel refused", metadata: ["damage": "\(damage)"])
        }
        return try APIReply.json(
            IssuanceAPI.Parcel(
                trackingNumber: answer.value.trackingNumber, expected: answer.value.expected,
                stage: isRefused ? .parcelRefused : .atCentre, damage: isRefused ? answer.value.damage : nil,
                report: answer.value.report))
    }
}
