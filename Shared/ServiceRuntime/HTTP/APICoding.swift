import CardProgramme
import FoundationEssentials

/// JSON as the interfaces speak it: instants in ISO 8601 UTC, written with milliseconds, read with or without.
package enum APICoding {
    /// - Throws: ``APIProblem`` with status 400 naming the field that is wrong.
    package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        // The decoder would take UTF-16 and UTF-32 as well, by their first bytes; JSON between systems is UTF-8 (RFC 8259
        // §8.1), and no text of it begins with what these do.
        guard !data.prefix(4).contains(where: { [0x00, 0xFE, 0xFF].contains($0) }) else { throw APIProblem.bodyNotUTF8 }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            if let date = InstantText.parse(text) { return date }
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an ISO 8601 instant"))
        }
        do {
            return try decoder.decode(type, from: data)
        } catch let error as DecodingError {
            // Only now, because a valid body need not be looked at twice: the parser refuses broken UTF-8 by itself.
            guard String(validating: data, as: UTF8.self) != nil else { throw APIProblem.bodyNotUTF8 }
            if case .dataCorrupted(let context) = error, context.codingPath.isEmpty, let name = Self.oddNumber(in: data)
            {
                throw APIProblem.badRequest(
                    "field.wrong_type", zh: "字段“\(name)”应为整数，且不能过大。",
                    en: "The field “\(name)” must be a whole number, and not that large.")
            }
            throw Self.problem(of: error)
        }
    }

    private static func oddNumber(in data: Data) -> String? {
        (try? JSONDecoder().decode(AnyJSON.self, from: data))?.oddNumber.map { String($0.prefix(80)) }
    }

    /// - Throws: `EncodingError` for values JSON has no form for (a NaN).
    package static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(InstantText.format(date))
        }
        return try encoder.encode(value)
    }

    /// Says which field is wrong and how, without repeating its content.
    private static func problem(of error: DecodingError) -> APIProblem {
        switch error {
        case .keyNotFound(let key, let context):
            let name = Self.path(context.codingPath + [key])
            return .badRequest("field.missing", zh: "缺少字段“\(name)”。", en: "The field “\(name)” is missing.")
        case .valueNotFound(_, let context):
            guard !context.codingPath.isEmpty else { return .bodyNotJSON }
            let name = Self.path(context.codingPath)
            return .badRequest("field.missing", zh: "字段“\(name)”不能为空。", en: "The field “\(name)” must not be null.")
        case .typeMismatch(let type, let context):
            let name = Self.path(context.codingPath)
            let (zh, en) = Self.words(for: type)
            guard !context.codingPath.isEmpty else {
                return .badRequest("body.wrong_shape", zh: "提交的内容应为\(zh)。", en: "The body must be \(en).")
            }
            return .badRequest("field.wrong_type", zh: "字段“\(name)”应为\(zh)。", en: "The field “\(name)” must be \(en).")
        case .dataCorrupted(let context):
            guard !context.codingPath.isEmpty else { return .bodyNotJSON }
            let name = Self.path(context.codingPath)
            if let reason = (context.underlyingError as? any ProblemConvertible)?.problem {
                return APIProblem(
                    reason.status, code: reason.code, zh: "字段“\(name)”：\(reason.zh)",
                    en: "The field “\(name)”: \(reason.en)")
            }
            return .badRequest(
                "field.invalid", zh: "字段“\(name)”的内容无效，请核对后重新填写。",
                en: "The content of the field “\(name)” is not valid: check it and enter it again.")
        @unknown default: return .bodyNotJSON
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        // A dictionary's keys come from the body, so they may be of any length.
        return String(text.prefix(80))
    }

    private static func words(for type: any Any.Type) -> (zh: String, en: String) {
        switch type {
        case is String.Type: ("文本", "text")
        case is Bool.Type: ("true 或 false", "true or false")
        case is Double.Type, is Float.Type: ("数字", "a number")
        case is any BinaryInteger.Type: ("整数", "a whole number")
        case is [Any].Type: ("数组", "an array")
        case is [String: Any].Type: ("对象", "an object")
        default: ("另一种类型", "of another type")
        }
    }
}
