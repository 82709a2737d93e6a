import CardProgramme
import FoundationEssentials

/// A message that crosses a service boundary: its body's shape, and who may send it to whom.
///
/// A contract is never changed in place. A new shape is a new type with the next ``version``, registered beside the old
/// one until nothing of the old version can still arrive.
package protocol MessageContract: Codable, Sendable, Equatable {
    /// The name without the version, in the past tense: `submission.accepted`.
    static var name: String { get }
    static var version: Int { get }
    static var producers: [ServiceName] { get }
    static var consumers: [ServiceName] { get }
    /// The members that are ``Access/Sealed``: unreadable to the broker and to anybody else than the receiver.
    static var sealedFields: [String] { get }
    /// A synthetic example; the golden fixture, the AsyncAPI document and `youdai seal` are made from it.
    static var example: Self { get }
}

extension MessageContract {
    package static var version: Int { 1 }
    package static var sealedFields: [String] { [] }

    /// The type on the wire: `submission.accepted.v1`.
    package static var type: String { "\(Self.name).v\(Self.version)" }
}

/// How every body is written: JSON with sorted keys, instants in ISO 8601 UTC with milliseconds.
package enum ContractCoding {
    /// - Throws: `EncodingError` only for values JSON has no form for (a NaN).
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(InstantText.format(date))
        }
        return [UInt8](try encoder.encode(value))
    }

    /// - Throws: `DecodingError` when the bytes are not JSON, not UTF-8, or not of this shape.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            if let date = InstantText.parse(text) { return date }
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an ISO 8601 instant"))
        }
        return try decoder.decode(type, from: Data(bytes))
    }
}
