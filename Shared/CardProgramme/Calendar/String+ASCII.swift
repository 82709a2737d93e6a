extension String {
    /// A string of ASCII bytes that stand in a fixed-size buffer on the stack: no array is allocated on the way.
    init<let count: Int>(ascii bytes: InlineArray<count, UInt8>) {
        do {
            self = String(copying: try UTF8Span(validating: bytes.span))
        } catch {
            preconditionFailure("the bytes are not ASCII: \(error)")
        }
    }
}

extension InlineArray where Element == UInt8 {
    /// Writes the last `digits` decimal digits of a number that is not negative, beginning at `start`.
    mutating func put(_ value: Int, digits: Int, at start: Int) {
        var rest = value
        for index in stride(from: start + digits - 1, through: start, by: -1) {
            self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}
