import FoundationEssentials

/// JSON as a test writes it and spoils it.
indirect enum JSON: Sendable {
    case string(String)
    case number(Int)
    case bool(Bool)
    case null
    /// Written as it stands, also when it is no JSON at all.
    case raw(String)
    case array([JSON])
    case object([(name: String, value: JSON)])

    var text: String {
        switch self {
        case .string(let text): Self.quoted(text)
        case .number(let number): "\(number)"
        case .bool(let value): "\(value)"
        case .null: "null"
        case .raw(let text): text
        case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.name)):\($0.value.text)" }.joined(separator: ",") + "}"
        }
    }

    var bytes: [UInt8] { Array(self.text.utf8) }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

extension JSON {
    /// One way a body can be wrong, with where.
    struct Spoiled: Sendable {
        let what: String
        let json: JSON
    }

    /// The body with each of its members wrong in each way there is: missing, null, of another type, out of any range.
    ///
    /// - Parameter optional: Members that may be missing or null.
    func spoiled(optional: Set<String>) -> [Spoiled] {
        switch self {
        case .object(let members):
            var all: [Spoiled] = []
            for (index, member) in members.enumerated() {
                func with(_ value: JSON?) -> JSON {
                    var changed = members
                    if let value { changed[index].value = value } else { changed.remove(at: index) }
                    return .object(changed)
                }
                if !optional.contains(member.name) {
                    all.append(Spoiled(what: "without \(member.name)", json: with(nil)))
                    all.append(Spoiled(what: "\(member.name) null", json: with(.null)))
                }
                for wrong in member.value.wrong + member.value.spoiled(optional: optional) {
                    all.append(Spoiled(what: "\(member.name) \(wrong.what)", json: with(wrong.json)))
                }
            }
            return all
        case .array(let items):
            guard let first = items.first else { return [] }
            let rest = Array(items.dropFirst())
            return (first.wrong + first.spoiled(optional: optional) + [Spoiled(what: "null", json: .null)]).map {
                Spoiled(what: "[0] \($0.what)", json: .array([$0.json] + rest))
            }
        default: return []
        }
    }

    private var wrong: [Spoiled] {
        var others: [(String, JSON)]
        switch self {
        case .string(let text):
            others = [
                ("a number", .number(7)), ("an array", .array([.string("x")])), ("an object", .object([])),
                ("a lone surrogate", .raw(#""\ud800""#)), ("of U+0000 only", .string("\u{0}")),
                ("of 100,000 characters", .string(String(repeating: "长", count: 100_000))), ("empty", .string("")),
            ]
            // An id is read as far as a U+0000.
            if UUID(uuidString: text) == nil { others.append(("with U+0000", .string(text + "\u{0}"))) }
        case .number:
            others = [
                ("text", .string("7")), ("a fraction", .raw("1.5")), ("1e99", .raw("1e99")), ("false", .bool(false)),
                ("beyond 64 bits", .raw("99999999999999999999999")), ("-1", .number(-1)), ("the least", .number(.min)),
            ]
        case .bool: others = [("text", .string("true")), ("1", .number(1)), ("an array", .array([]))]
        case .array: others = [("text", .string("x")), ("an object", .object([])), ("a number", .number(1))]
        case .object: others = [("text", .string("x")), ("an array", .array([]))]
        case .null, .raw: others = []
        }
        return others.map { Spoiled(what: $0.0, json: $0.1) }
    }
}
