/// A verdict's ground and note as they are stored: readable with this service's key file only.
struct SealedRemarks: Sendable {
    var ground: [UInt8]?
    var note: String?

    static let none = SealedRemarks()
}
