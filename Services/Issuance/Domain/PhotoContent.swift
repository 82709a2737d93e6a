import Crypto
import FoundationEssentials

/// The bytes of a photograph, checked: of a damaged parcel (R92), or of a delivery (R95).
struct PhotoContent: Sendable {
    enum MediaType: String, Sendable, CaseIterable {
        case jpeg = "image/jpeg"
        case png = "image/png"

        /// The first bytes every file of the type has.
        var signature: [UInt8] {
            switch self {
            case .jpeg: [0xFF, 0xD8, 0xFF]
            case .png: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            }
        }
    }

    /// Bytes; a telephone's picture at ordinary quality.
    static let largest = 2 * 1024 * 1024
    /// Pictures of one thing; a report with all of them stays printable.
    static let most = 4

    let type: MediaType
    let bytes: [UInt8]
    /// SHA-256 of the plain bytes, lower-case hexadecimal.
    let sha256: String

    init(contentType: String?, bytes: [UInt8]) throws(Refusal) {
        self.type = try Self.mediaType(contentType)
        guard bytes.starts(with: self.type.signature), bytes.count > self.type.signature.count else {
            throw .invalid(
                "photo.content", zh: "内容不是所声明格式的照片，请重新拍照（JPEG 或 PNG）后上传。",
                en: "The content is not a picture of the type it says: take it again as JPEG or PNG and upload it.")
        }
        self.bytes = bytes
        self.sha256 = HexText.encode(SHA256.hash(data: bytes))
    }

    /// Decidable before a byte of the body is read; parameters after a semicolon are ignored.
    static func mediaType(_ contentType: String?) throws(Refusal) -> MediaType {
        let essence = contentType?.split(separator: ";", maxSplits: 1).first.map { text in
            text.filter { $0 != " " }.lowercased()
        }
        guard let type = essence.flatMap({ MediaType(rawValue: $0) }) else {
            throw .invalid(
                "photo.type", zh: "照片须为 JPEG 或 PNG（Content-Type: image/jpeg 或 image/png），请转换后上传。",
                en:
                    "A photograph is JPEG or PNG (Content-Type: image/jpeg or image/png): convert it and upload it again."
            )
        }
        return type
    }

    static let tooMany = Refusal.conflict(
        "photo.too_many", zh: "最多上传 \(Self.most) 张照片，无需再传；请继续下一步办理。",
        en: "At most \(Self.most) photographs are kept: no more are needed, go on with the next step.")
}
