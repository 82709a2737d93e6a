import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// Keeps a photograph, sealed, with its SHA-256: of a parcel that is about to be refused (R92), or of a delivery (R95).
struct StorePhoto: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    struct Result: Sendable {
        let id: UUID
        let sha256: String
    }

    /// The same picture again gives the same answer.
    func ofParcel(
        _ text: String, _ photo: PhotoContent, by subject: String
    ) async throws -> Answer<Result> {
        let trackingNumber = try PlainText.trackingNumber(text)
        return try await self.endpoint.transaction { work in
            guard let parcel = try await ParcelWriter(sql: work.sql).lock(trackingNumber) else {
                throw Refusal.parcelUnknown(trackingNumber)
            }
            guard parcel.receivedAt == nil, parcel.report == nil || parcel.report == .written else {
                throw Refusal.conflict(
                    "photo.too_late", zh: "该邮包已签收或其破损报告已上报，不能再补充照片。如有新情况，请另行书面说明。",
                    en: "This parcel was signed for, or its report has gone up: no more pictures can be added.")
            }
            return try await self.store(photo, of: .parcel(trackingNumber), by: subject, in: work)
        }
    }

    func ofDelivery(
        _ submission: UUID, _ photo: PhotoContent, by subject: String
    ) async throws -> Answer<Result> {
        try await self.endpoint.transaction { work in
            let cards = try await CardOrderWriter(sql: work.sql).lock([submission])
            guard let card = cards.first else { throw Refusal.cardUnknown }
            _ = try CardCustody.advance(cards, by: .delivered)
            return try await self.store(photo, of: .card(submission, copy: card.copy), by: subject, in: work)
        }
    }

    private func store(
        _ photo: PhotoContent, of what: PhotoWriter.Subject, by subject: String, in work: UnitOfWork
    ) async throws -> Answer<Result> {
        let photos = PhotoWriter(sql: work.sql)
        let there = try await photos.photos(of: what)
        if let same = there.first(where: { $0.sha256 == photo.sha256 }) {
            return Answer(value: Result(id: same.id, sha256: same.sha256), isRepeated: true)
        }
        guard there.count < PhotoContent.most else { throw PhotoContent.tooMany }
        let id = UUIDv7.generate()
        try await photos.insert(
            photo, id: id, of: what, sealed: try self.seal.seal(photo: photo.bytes, id: id), by: subject,
            at: self.clock.now())
        return Answer(value: Result(id: id, sha256: photo.sha256), isRepeated: false)
    }
}
