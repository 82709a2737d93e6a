import FoundationEssentials

/// A value that can be read from a column.
package protocol PostgresDecodable: Sendable {
    static func decode(_ value: PostgresValue) throws(PostgresError) -> Self
}

extension String: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> String {
        String(decoding: try value.required("String"), as: UTF8.self)
    }
}

extension Int: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> Int {
        try value.integer(Int.self)
    }
}

extension Int64: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> Int64 {
        try value.integer(Int64.self)
    }
}

extension Int32: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> Int32 {
        try value.integer(Int32.self)
    }
}

extension Int16: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> Int16 {
        try value.integer(Int16.self)
    }
}

extension Bool: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> Bool {
        switch try value.required("Bool") {
        case [0x74]: return true
        case [0x66]: return false
        default: throw value.mismatch("Bool")
        }
    }
}

extension Double: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> Double {
        let text = String(decoding: try value.required("Double"), as: UTF8.self)
        guard let number = Double(text) else { throw value.mismatch("Double") }
        return number
    }
}

extension UUID: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> UUID {
        guard let uuid = PostgresText.uuid(try value.required("UUID")) else { throw value.mismatch("UUID") }
        return uuid
    }
}

/// `timestamptz`; also `timestamp` and `date`, both taken as UTC.
extension Date: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> Date {
        guard let date = PostgresTimestamp.date(try value.required("Date")) else { throw value.mismatch("Date") }
        return date
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> Wrapped? {
        value.bytes == nil ? nil : try Wrapped.decode(value)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> Self {
        guard let known = Self(rawValue: try RawValue.decode(value)) else { throw value.mismatch("\(Self.self)") }
        return known
    }
}

/// The element of an array that can be read. Conform by declaring it; the requirement has a default.
package protocol PostgresDecodableElement: Sendable {
    static func decode(arrayFrom value: PostgresValue) throws(PostgresError) -> [Self]
}

extension Array: PostgresDecodable where Element: PostgresDecodableElement {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> [Element] {
        try Element.decode(arrayFrom: value)
    }
}

extension UInt8: PostgresDecodableElement {
    /// `bytea`.
    package static func decode(arrayFrom value: PostgresValue) throws(PostgresError) -> [UInt8] {
        guard let bytes = PostgresText.bytes(try value.required("bytea")) else { throw value.mismatch("bytea") }
        return bytes
    }
}

extension PostgresDecodableElement where Self: PostgresDecodable {
    package static func decode(arrayFrom value: PostgresValue) throws(PostgresError) -> [Self] {
        guard let elements = PostgresText.elements(try value.required("array")) else { throw value.mismatch("array") }
        var array: [Self] = []
        array.reserveCapacity(elements.count)
        for element in elements {
            let cell = PostgresValue(bytes: element.map { $0[...] }, type: value.type, column: value.column)
            array.append(try Self.decode(cell))
        }
        return array
    }
}

extension String: PostgresDecodableElement {}
extension Int: PostgresDecodableElement {}
extension Int64: PostgresDecodableElement {}
extension Int32: PostgresDecodableElement {}
extension Int16: PostgresDecodableElement {}
extension Bool: PostgresDecodableElement {}
extension Double: PostgresDecodableElement {}
extension UUID: PostgresDecodableElement {}
extension Date: PostgresDecodableElement {}
extension Optional: PostgresDecodableElement where Wrapped: PostgresDecodable {}
extension Array: PostgresDecodableElement where Element == UInt8 {}

extension PostgresValue {
    fileprivate func integer<T: FixedWidthInteger>(_ type: T.Type) throws(PostgresError) -> T {
        guard let number = PostgresText.integer(try self.required("\(T.self)"), as: T.self) else {
            throw self.mismatch("\(T.self)")
        }
        return number
    }
}
