import Access
import CardProgramme
import Contracts
import Hummingbird
import Logging
import ServiceRuntime

/// `/api/parcels`: from the card maker to the centre (R10, R88–R93).
struct ParcelRoutes: Sendable {
    let district: District
    let shipParcel: ShipParcel
    let receiveParcel: ReceiveParcel

    func add(to api: RouterGroup<APIContext>) {
        api.post("parcels") { request, context in try await self.ship(request, context) }
        api.post("parcels/{trackingNumber}/receipt") { request, context in try await self.receive(request, context) }
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
        let body = try await request.decodeJSON(IssuanceAPI.ParcelReceipt.self, upTo: 1 << 14)
        let inspection = ParcelInspection(
            count: body.count, envelopeIntact: body.envelopeIntact, cardsIntact: body.cardsIntact)
        do {
            let answer = try await self.receiveParcel(
                trackingNumber: trackingNumber, inspection: inspection, by: context.principal.subject)
            return try APIReply.json(
                IssuanceAPI.Parcel(
                    trackingNumber: answer.value.trackingNumber, expected: answer.value.expected, stage: .atCentre))
        } catch let refusal as Refusal where refusal.kind == .conflict {
            // R93 wants it reported upwards: whoever runs the installation sees it without asking.
            context.logger.warning("parcel not signed for", metadata: ["reason": "\(refusal.code)"])
            throw refusal
        }
    }
}
