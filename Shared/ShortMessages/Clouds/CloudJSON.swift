import CardProgramme
import FoundationEssentials

/// Reading what the clouds write, which is now a number, now the same number as a text.
enum CloudJSON {
    /// How keys are written there; ours begin with a small letter and have no underscore.
    enum Keys {
        case asWritten
        /// `report_status`
        case snakeCase
        /// `ReportStatus`
        case upperCamelCase
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    static func decoder(_ keys: Keys) -> JSONDecoder {
        let decoder = JSONDecoder()
        switch keys {
        case .asWritten: break
        case .snakeCase: decoder.keyDecodingStrategy = .convertFromSnakeCase
        case .upperCamelCase:
            decoder.keyDecodingStrategy = .custom { path in
                let name = path.last?.stringValue ?? ""
                return Key(stringValue: name.prefix(1).lowercased() + name.dropFirst())
            }
        }
        return decoder
    }

    /// Writes `phoneNumberSet` as `PhoneNumberSet`, sorted, so that what is signed is what is sent.
    static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .custom { path in
            let name = path.last?.stringValue ?? ""
            return Key(stringValue: name.prefix(1).uppercased() + name.dropFirst())
        }
        return encoder
    }

    /// A text, a number or a truth value, as text.
    struct Text: Decodable {
        let value: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.value = text
            } else if let number = try? container.decode(Int64.self) {
                self.value = String(number)
            } else {
                self.value = String(try container.decode(Bool.self))
            }
        }
    }

    /// One element that is not what it should be does not take the others with it.
    private struct Lenient<Element: Decodable>: Decodable {
        let element: Element?

        init(from decoder: any Decoder) throws {
            self.element = try? Element(from: decoder)
        }
    }

    /// A list, or one object alone.
    ///
    /// - Throws: `malformed` where there is nothing to be read at all; an empty list is one.
    static func list<Element: Decodable>(
        _ body: [UInt8], of _: Element.Type, keys: Keys
    ) throws(SMSProviderError) -> [Element] {
        let data = Data(body)
        let decoder = Self.decoder(keys)
        if let list = try? decoder.decode([Lenient<Element>].self, from: data) {
            let elements = list.compactMap(\.element)
            guard list.isEmpty || !elements.isEmpty else { throw .malformed("no element of the list can be read") }
            return elements
        }
        guard let single = try? decoder.decode(Element.self, from: data) else {
            throw .malformed("neither a list nor an object as documented")
        }
        return [single]
    }

    /// `2026-11-25 10:00:00`, which both clouds mean in Peking time; also `20261125100000`.
    static func time(_ text: String?) -> Date? {
        guard let text else { return nil }
        if text.utf8.count == 14, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            let digits = Array(text)
            func part(_ range: Range<Int>) -> String { String(digits[range]) }
            return InstantText.parse(
                "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))+08:00")
        }
        return InstantText.parse(text.replacing(" ", with: "T", maxReplacements: 1) + "+08:00")
    }
}
