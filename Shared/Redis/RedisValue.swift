/// What the server answers. At most seven levels deep: hiredis 0.14 reads no more.
package enum RedisValue: Sendable, Hashable {
    /// A short word of the server's, such as `OK`.
    case status(String)
    case integer(Int)
    /// Any bytes, NUL and line ends included.
    case bulk([UInt8])
    case array([RedisValue])
    case null
    /// An error inside an array; one that stands alone is thrown.
    case failure(RedisError)

    package var isNull: Bool { self == .null }

    /// A whole number, also one that is spelled out: a hash's field, a script's `tostring`.
    /// - Throws: `decoding`.
    package func asInteger() throws(RedisError) -> Int {
        switch self {
        case .integer(let number): return number
        case .bulk(let bytes):
            if let number = Int(String(decoding: bytes, as: UTF8.self)) { return number }
        default: break
        }
        throw self.mismatch("a whole number")
    }

    /// A text. Bytes that are no UTF-8 are an error, never replaced.
    /// - Throws: `decoding`.
    package func asText() throws(RedisError) -> String {
        switch self {
        case .status(let text): return text
        case .integer(let number): return String(number)
        case .bulk(let bytes):
            if let text = String(validating: bytes, as: UTF8.self) { return text }
        default: break
        }
        throw self.mismatch("a text")
    }

    /// - Throws: `decoding`.
    package func asBytes() throws(RedisError) -> [UInt8] {
        guard case .bulk(let bytes) = self else { throw self.mismatch("bytes") }
        return bytes
    }

    /// - Throws: `decoding`.
    package func asArray() throws(RedisError) -> [RedisValue] {
        guard case .array(let elements) = self else { throw self.mismatch("an array") }
        return elements
    }

    /// What `HGETALL` and its like answer: names and values by turns.
    /// - Throws: `decoding`.
    package func asPairs() throws(RedisError) -> [(name: String, value: RedisValue)] {
        let elements = try self.asArray()
        guard elements.count.isMultiple(of: 2) else { throw self.mismatch("pairs") }
        var pairs: [(name: String, value: RedisValue)] = []
        pairs.reserveCapacity(elements.count / 2)
        for index in stride(from: 0, to: elements.count, by: 2) {
            pairs.append((try elements[index].asText(), elements[index + 1]))
        }
        return pairs
    }

    /// Names the forms only, never what is in them.
    private func mismatch(_ wanted: String) -> RedisError {
        let form: String =
            switch self {
            case .status: "a status"
            case .integer: "a whole number"
            case .bulk: "bytes"
            case .array(let elements): "an array of \(elements.count)"
            case .null: "nothing"
            case .failure: "an error"
            }
        return RedisError(.decoding, "the answer is \(form), not \(wanted)")
    }
}
