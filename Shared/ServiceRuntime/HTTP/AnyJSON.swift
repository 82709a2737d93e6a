/// JSON of any shape, read a second time only to find out what was wrong with it.
///
/// The decoder reports a number that does not fit a whole number as if the body were no JSON at all, and names no field.
struct AnyJSON: Decodable {
    /// Where the first number stands that is not a whole number of 64 bits; `nil` when there is none.
    let oddNumber: String?

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {
            self.oddNumber =
                object.allKeys.lazy.sorted { $0.stringValue < $1.stringValue }.compactMap { key in
                    (try? object.decode(AnyJSON.self, forKey: key))?.oddNumber.map { Self.join(key.stringValue, $0) }
                }.first
        } else if var list = try? decoder.unkeyedContainer() {
            var found: String?
            var index = 0
            while found == nil, !list.isAtEnd {
                found = try list.decode(AnyJSON.self).oddNumber.map { Self.join("[\(index)]", $0) }
                index += 1
            }
            self.oddNumber = found
        } else {
            let value = try decoder.singleValueContainer()
            let isOdd = (try? value.decode(Int64.self)) == nil && (try? value.decode(Double.self)) != nil
            self.oddNumber = isOdd ? "" : nil
        }
    }

    private static func join(_ outer: String, _ inner: String) -> String {
        inner.isEmpty || inner.hasPrefix("[") ? outer + inner : "\(outer).\(inner)"
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }
}
