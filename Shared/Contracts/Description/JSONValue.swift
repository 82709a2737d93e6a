/// A JSON value whose members keep the order they were written in, so that a generated document reads well and is the
/// same byte for byte each time.
package indirect enum JSONValue: Sendable, Hashable {
    case null
    case flag(Bool)
    case number(Int)
    case text(String)
    case list([JSONValue])
    case object([Member])

    package struct Member: Sendable, Hashable {
        package let name: String
        package let value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The value of a member; nil when this is no object or has no such member.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The names of an object's members, in their order; empty for anything else.
    package var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.name)
    }

    /// Indented by two spaces a level and ending with a line feed; lists of plain values stand on one line.
    package var formatted: String {
        var text = ""
        self.write(to: &text, indentation: 0)
        return text + "\n"
    }

    private func write(to text: inout String, indentation: Int) {
        switch self {
        case .null: text += "null"
        case .flag(let flag): text += flag ? "true" : "false"
        case .number(let number): text += "\(number)"
        case .text(let content): Self.quote(content, to: &text)
        case .list(let values):
            let isPlain = values.allSatisfy(\.isPlain)
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += isPlain ? ", " : "," }
                if !isPlain { Self.breakLine(&text, indentation + 1) }
                value.write(to: &text, indentation: indentation + 1)
            }
            if !isPlain { Self.breakLine(&text, indentation) }
            text += "]"
        case .object(let members):
            guard !members.isEmpty else {
                text += "{}"
                return
            }
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.breakLine(&text, indentation + 1)
                Self.quote(member.name, to: &text)
                text += ": "
                member.value.write(to: &text, indentation: indentation + 1)
            }
            Self.breakLine(&text, indentation)
            text += "}"
        }
    }

    private var isPlain: Bool {
        switch self {
        case .list, .object: false
        default: true
        }
    }

    private static func breakLine(_ text: inout String, _ indentation: Int) {
        text += "\n" + String(repeating: "  ", count: indentation)
    }

    /// RFC 8259 §7: quotation mark, reverse solidus and the control characters are escaped, nothing else.
    private static func quote(_ content: String, to text: inout String) {
        text += "\""
        for scalar in content.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case let control where control.value < 0x20:
                let digits = String(control.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}

extension JSONValue: Decodable {
    /// Members come in the order of their names, as ``ContractCoding`` writes them.
    package init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: AnyName.self) {
            self = .object(
                try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map { key in
                    Member(key.stringValue, try container.decode(JSONValue.self, forKey: key))
                })
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var values: [JSONValue] = []
            while !container.isAtEnd { values.append(try container.decode(JSONValue.self)) }
            self = .list(values)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    private struct AnyName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
