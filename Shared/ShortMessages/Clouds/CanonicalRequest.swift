import Crypto
import FoundationEssentials

/// A request in the one form both clouds sign (ACS3-HMAC-SHA256, TC3-HMAC-SHA256): method, path, query, headers, the names
/// of the headers and the digest of the body, one to a line.
package struct CanonicalRequest: Sendable {
    package let text: String
    /// `content-type;host`
    package let signedHeaders: String

    /// - Parameters:
    ///   - query: Not encoded, in any order.
    ///   - headers: Only those to be signed.
    package init(
        method: String, path: String = "/", query: [(String, String)] = [], headers: [(String, String)], body: [UInt8]
    ) {
        let sorted = headers.map { ($0.0.lowercased(), Self.trimmed($0.1)) }.sorted { $0.0 < $1.0 }
        self.signedHeaders = sorted.map { $0.0 }.joined(separator: ";")
        self.text =
            [
                method, path, Self.query(query), sorted.map { "\($0.0):\($0.1)\n" }.joined(), self.signedHeaders,
                Self.digest(body),
            ].joined(separator: "\n")
    }

    /// Hexadecimal SHA-256 of the whole.
    package var digest: String { Self.digest(Array(self.text.utf8)) }

    /// Encoded and sorted by key.
    package static func query(_ items: [(String, String)]) -> String {
        PercentEncoding.query(items.sorted { ($0.0, $0.1) < ($1.0, $1.1) })
    }

    package static func digest(_ bytes: [UInt8]) -> String { Self.hexadecimal(SHA256.hash(data: bytes)) }

    static func signature(_ text: String, key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func trimmed(_ text: String) -> String {
        let end = text.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { String(text[...$0].drop { $0 == " " || $0 == "\t" }) } ?? ""
    }
}
