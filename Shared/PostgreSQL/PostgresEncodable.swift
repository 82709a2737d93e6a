import FoundationEssentials

/// One bound value, as it goes on the wire.
package struct PostgresParameter: Sendable, Hashable {
    /// The type's object identifier in `pg_type`; 0 lets the server infer it.
    package let type: UInt32
    /// True when ``bytes`` are in the type's binary form, false when they are its text.
    package let isBinary: Bool
    /// `nil` is SQL's NULL.
    package let bytes: [UInt8]?

    package init(type: UInt32, isBinary: Bool, bytes: [UInt8]?) {
        self.type = type
        self.isBinary = isBinary
        self.bytes = bytes
    }
}

/// A value that can be bound to a statement.
///
/// A string-backed enumeration needs only `extension Stage: PostgresEncodable, PostgresDecodable {}`.
package protocol PostgresEncodable: Sendable {
    /// The type's object identifier in `pg_type`; 0 lets the server infer it.
    static var postgresType: UInt32 { get }
    /// The identifier of the type's array; 1009 (`text[]`) for what is sent as text.
    static var postgresArrayType: UInt32 { get }
    /// The binary form, or the text when ``postgresType`` is 0. `nil` is NULL.
    var postgresBytes: [UInt8]? { get }
}

extension PostgresEncodable {
    package var postgresParameter: PostgresParameter {
        PostgresParameter(type: Self.postgresType, isBinary: Self.postgresType != 0, bytes: self.postgresBytes)
    }
}

extension String: PostgresEncodable {
    package static var postgresType: UInt32 { 0 }
    package static var postgresArrayType: UInt32 { 1009 }
    package var postgresBytes: [UInt8]? { Array(self.utf8) }
}

extension Int: PostgresEncodable {
    package static var postgresType: UInt32 { 20 }
    package static var postgresArrayType: UInt32 { 1016 }
    package var postgresBytes: [UInt8]? { Int64(self).bigEndianBytes }
}

extension Int64: PostgresEncodable {
    package static var postgresType: UInt32 { 20 }
    package static var postgresArrayType: UInt32 { 1016 }
    package var postgresBytes: [UInt8]? { self.bigEndianBytes }
}

extension Int32: PostgresEncodable {
    package static var postgresType: UInt32 { 23 }
    package static var postgresArrayType: UInt32 { 1007 }
    package var postgresBytes: [UInt8]? { self.bigEndianBytes }
}

extension Int16: PostgresEncodable {
    package static var postgresType: UInt32 { 21 }
    package static var postgresArrayType: UInt32 { 1005 }
    package var postgresBytes: [UInt8]? { self.bigEndianBytes }
}

extension Bool: PostgresEncodable {
    package static var postgresType: UInt32 { 16 }
    package static var postgresArrayType: UInt32 { 1000 }
    package var postgresBytes: [UInt8]? { [self ? 1 : 0] }
}

extension Double: PostgresEncodable {
    package static var postgresType: UInt32 { 701 }
    package static var postgresArrayType: UInt32 { 1022 }
    package var postgresBytes: [UInt8]? { Int64(bitPattern: self.bitPattern).bigEndianBytes }
}

extension UUID: PostgresEncodable {
    package static var postgresType: UInt32 { 2950 }
    package static var postgresArrayType: UInt32 { 2951 }
    package var postgresBytes: [UInt8]? {
        let bytes = self.uuid
        return [
            bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5, bytes.6, bytes.7,
            bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15,
        ]
    }
}

/// `timestamptz`, rounded to the microsecond PostgreSQL keeps.
extension Date: PostgresEncodable {
    package static var postgresType: UInt32 { 1184 }
    package static var postgresArrayType: UInt32 { 1185 }
    package var postgresBytes: [UInt8]? {
        let sinceReference = (self.timeIntervalSinceReferenceDate * 1_000_000).rounded()
        // What cannot be counted in microseconds is 'infinity', as the server itself writes it.
        let overflow = sinceReference < 0 ? Int64.min : Int64.max
        guard let microseconds = Int64(exactly: sinceReference) else { return overflow.bigEndianBytes }
        let (sum, isOverflow) = microseconds.addingReportingOverflow(PostgresTimestamp.referenceOffset)
        return (isOverflow ? overflow : sum).bigEndianBytes
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: UInt32 { Wrapped.postgresType }
    package static var postgresArrayType: UInt32 { Wrapped.postgresArrayType }
    // Not flatMap(\.postgresBytes): that builds a key path with every call, 2.6 % of the services' processor time.
    package var postgresBytes: [UInt8]? {
        switch self {
        case .none: nil
        case .some(let value): value.postgresBytes
        }
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    package static var postgresType: UInt32 { RawValue.postgresType }
    package static var postgresArrayType: UInt32 { RawValue.postgresArrayType }
    package var postgresBytes: [UInt8]? { self.rawValue.postgresBytes }
}

/// What an array of may be bound: `[UInt8]` is a `bytea`, everything else an SQL array for `unnest` and `ANY`.
extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: UInt32 { Element.typeOfArray }
    package static var postgresArrayType: UInt32 { Element.typeOfArrayOfArrays }
    package var postgresBytes: [UInt8]? { Element.encode(array: self) }
}

/// The element of an array that can be bound. Conform by declaring it; the requirements have defaults.
package protocol PostgresArrayElement: Sendable {
    static var typeOfArray: UInt32 { get }
    static var typeOfArrayOfArrays: UInt32 { get }
    static func encode(array: [Self]) -> [UInt8]
}

extension UInt8: PostgresArrayElement {
    package static var typeOfArray: UInt32 { 17 }
    package static var typeOfArrayOfArrays: UInt32 { 1001 }
    package static func encode(array: [UInt8]) -> [UInt8] { array }
}

extension PostgresArrayElement where Self: PostgresEncodable {
    package static var typeOfArray: UInt32 { Self.postgresArrayType }
    /// PostgreSQL has no type for it: several dimensions are the same type.
    package static var typeOfArrayOfArrays: UInt32 { Self.postgresArrayType }

    /// The binary form of a one-dimensional array: no quoting, and a quarter of the work of parsing its text.
    package static func encode(array: [Self]) -> [UInt8] {
        // The text of a String needs a type of its own here: 25 is text.
        let element = Self.postgresType == 0 ? 25 : Self.postgresType
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + array.count * 20)
        Int32(array.isEmpty ? 0 : 1).appendBigEndian(to: &bytes)
        Int32(1).appendBigEndian(to: &bytes)  // may hold NULLs
        Int32(bitPattern: element).appendBigEndian(to: &bytes)
        guard !array.isEmpty else { return bytes }
        Int32(array.count).appendBigEndian(to: &bytes)
        Int32(1).appendBigEndian(to: &bytes)  // the first subscript
        for value in array {
            guard let value = value.postgresBytes else {
                Int32(-1).appendBigEndian(to: &bytes)
                continue
            }
            Int32(value.count).appendBigEndian(to: &bytes)
            bytes.append(contentsOf: value)
        }
        return bytes
    }
}

extension String: PostgresArrayElement {}
extension Int: PostgresArrayElement {}
extension Int64: PostgresArrayElement {}
extension Int32: PostgresArrayElement {}
extension Int16: PostgresArrayElement {}
extension Bool: PostgresArrayElement {}
extension Double: PostgresArrayElement {}
extension UUID: PostgresArrayElement {}
extension Date: PostgresArrayElement {}
extension Optional: PostgresArrayElement where Wrapped: PostgresEncodable {}
extension Array: PostgresArrayElement where Element == UInt8 {}

extension FixedWidthInteger where Self: Sendable {
    /// Network byte order.
    var bigEndianBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.bitWidth / 8)
        self.appendBigEndian(to: &bytes)
        return bytes
    }

    func appendBigEndian(to bytes: inout [UInt8]) {
        var shift = Self.bitWidth - 8
        while shift >= 0 {
            bytes.append(UInt8(truncatingIfNeeded: self >> Self(shift)))
            shift -= 8
        }
    }
}
