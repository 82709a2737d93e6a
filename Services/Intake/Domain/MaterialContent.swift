import CardProgramme
import Contracts
import Crypto
import FoundationEssentials

/// The bytes of one uploaded paper or picture, checked.
struct MaterialContent: Sendable {
    enum MediaType: String, Sendable, CaseIterable {
        case jpeg = "image/jpeg"
        case png = "image/png"
        case pdf = "application/pdf"

        /// The first bytes every file of the type has (JPEG SOI and next marker, PNG signature, PDF header).
        var signature: [UInt8] {
            switch self {
            case .jpeg: [0xFF, 0xD8, 0xFF]
            case .png: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            case .pdf: [0x25, 0x50, 0x44, 0x46, 0x2D]
            }
        }
    }

    /// Bytes; enough for a scanned A4 page, little enough to keep in memory while it is sealed.
    static let largest = 2 * 1024 * 1024

    let kind: MaterialKind
    let type: MediaType
    let bytes: [UInt8]
    /// SHA-256 of the plain bytes, lower-case hexadecimal.
    let sha256: String

    /// - Parameter contentType: the request's header; parameters after a semicolon are ignored.
    init(kind: MaterialKind, contentType: String?, bytes: [UInt8]) throws(IntakeRefusal) {
        let type = try Self.mediaType(contentType, for: kind)
        guard !bytes.isEmpty else { throw .materialEmpty }
        guard bytes.count <= Self.largest else { throw .materialTooLarge }
        // A page saved under a picture's name would only be noticed by the card maker, months later (N16).
        guard bytes.starts(with: type.signature) else { throw .materialContentDiffers }
        self.kind = kind
        self.type = type
        self.bytes = bytes
        self.sha256 = HexText.encode(SHA256.hash(data: bytes))
    }

    /// Decidable before a single byte of the body is read.
    static func mediaType(_ contentType: String?, for kind: MaterialKind) throws(IntakeRefusal) -> MediaType {
        let essence = contentType?.split(separator: ";", maxSplits: 1).first.map { PlainText.trimmed(String($0)) }
        guard let type = essence.flatMap({ MediaType(rawValue: $0.lowercased()) }) else { throw .materialType }
        // The card maker takes nothing else (N16).
        if kind == .photo, type != .jpeg { throw .materialType }
        return type
    }

    /// Names submission, kind and version, so that a box moved to another row does not open.
    static func sealingContext(submission: UUID, id: UUID, kind: MaterialKind) -> String {
        "material|\(submission.uuidString)|\(id.uuidString)|\(kind.rawValue)"
    }
}

enum HexText {
    /// Lower-case hexadecimal.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(Self.digit(byte >> 4))
            text.append(Self.digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
