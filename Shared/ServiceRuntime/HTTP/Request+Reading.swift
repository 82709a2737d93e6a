import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// How much a route reads.
package enum BodyLimit {
    /// For JSON, including a photo of a few hundred KB in base64.
    package static let standard = 1 << 20
}

extension Request {
    /// The body as bytes.
    ///
    /// A body that says it is too large is refused before a byte is read; one that turns out to be is refused when it
    /// passes the limit. What follows is read off the connection and thrown away piece by piece, so memory stays at the
    /// limit and the client, still sending, gets to see the answer.
    package func bytes(upTo limit: Int = BodyLimit.standard) async throws -> [UInt8] {
        let buffer = try await self.buffer(upTo: limit)
        return Array(buffer.readableBytesView)
    }

    func buffer(upTo limit: Int) async throws -> ByteBuffer {
        if let announced = self.headers[.contentLength], let length = Int(announced), length > limit {
            throw APIProblem.bodyTooLarge(limit: limit)
        }
        do {
            return try await self.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw APIProblem.bodyTooLarge(limit: limit)
        }
    }

    /// The body as JSON of a type.
    ///
    /// - Throws: ``APIProblem`` with status 400 that names the field, 413 when too large; whatever a value's own
    ///   `init(from:)` throws otherwise, to be told by ``ProblemConvertible``.
    package func decodeJSON<Value: Decodable>(
        _ type: Value.Type, upTo limit: Int = BodyLimit.standard
    ) async throws -> Value {
        let body = try await self.buffer(upTo: limit)
        return try APICoding.decode(type, from: Data(body.readableBytesView))
    }

    /// The header `Idempotency-Key`: 1 to 128 printable ASCII characters by which a repeated call is recognised.
    package func idempotencyKey() throws(APIProblem) -> String {
        guard let key = self.headers[.idempotencyKey], !key.isEmpty else {
            throw .badRequest(
                "idempotency.missing", zh: "请求缺少 Idempotency-Key 请求头；重试同一操作时请使用同一值。",
                en:
                    "The header Idempotency-Key is missing: send one value per operation and the same one when repeating it."
            )
        }
        guard key.utf8.count <= 128, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .badRequest(
                "idempotency.invalid", zh: "Idempotency-Key 须为 1 至 128 个可见 ASCII 字符。",
                en: "Idempotency-Key must be 1 to 128 printable ASCII characters.")
        }
        return key
    }

    /// A parameter of the query, `nil` when absent.
    package func query(_ name: String) -> String? {
        self.uri.queryParameters[name[...]].map(String.init)
    }

    /// An id of the query, `nil` when absent.
    package func id(_ name: String) throws(APIProblem) -> UUID? {
        guard let text = self.query(name), !text.isEmpty else { return nil }
        // By its length too: the initialiser reads as far as a U+0000 and forgets what follows.
        guard text.utf8.count == 36, let id = UUID(uuidString: text) else {
            throw .badRequest(
                "query.\(name)", zh: "参数 \(name) 不是有效的编号。", en: "The parameter “\(name)” is not a valid id.")
        }
        return id
    }

    /// A whole number of the query within bounds.
    package func query(_ name: String, standard: Int, in bounds: ClosedRange<Int>) throws(APIProblem) -> Int {
        guard let text = self.query(name) else { return standard }
        guard let number = Int(text), bounds.contains(number) else {
            throw .badRequest(
                "query.\(name)", zh: "参数 \(name) 须为 \(bounds.lowerBound) 至 \(bounds.upperBound) 的整数。",
                en: "The parameter “\(name)” must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound).")
        }
        return number
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .ifMatch
    static let traceparent = HTTPField.Name("traceparent") ?? .trailer
}
