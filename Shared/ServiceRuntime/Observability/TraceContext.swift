/// Which trace something belongs to (W3C Trace Context, level 1): carried by HTTP in `traceparent`, by messages in the
/// header of the same name, and bound to the task that works on it.
package struct TraceContext: Sendable, Hashable {
    /// The trace this task works for; `nil` outside of any request or message.
    @TaskLocal package static var current: TraceContext?

    private let traceHigh: UInt64
    private let traceLow: UInt64
    private let span: UInt64
    /// Bit 0: the caller records this trace.
    package let flags: UInt8

    private init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, flags: UInt8) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.flags = flags
    }

    /// A new trace, recorded.
    package static func generate() -> TraceContext {
        TraceContext(
            traceHigh: .random(in: 1...UInt64.max), traceLow: .random(in: 1...UInt64.max),
            span: .random(in: 1...UInt64.max),
            flags: 1)
    }

    /// The next step of the same trace.
    package func child() -> TraceContext {
        TraceContext(
            traceHigh: self.traceHigh, traceLow: self.traceLow, span: .random(in: 1...UInt64.max), flags: self.flags)
    }

    /// Reads `00-<32 hex>-<16 hex>-<2 hex>`; `nil` for what the recommendation calls invalid (a new trace is then begun).
    package init?(traceparent text: String) {
        let bytes = Array(text.utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = Self.hex(bytes[0..<2]), version != 0xFF,
            // Version 00 is exactly this long; later ones may append after another dash (§4.2).
            version == 0 ? bytes.count == 55 : (bytes.count == 55 || bytes[55] == dash),
            let high = Self.hex(bytes[3..<19]), let low = Self.hex(bytes[19..<35]), high | low != 0,
            let span = Self.hex(bytes[36..<52]), span != 0, let flags = Self.hex(bytes[53..<55])
        else { return nil }
        self.init(traceHigh: high, traceLow: low, span: span, flags: UInt8(flags) & 1)
    }

    /// 32 lower-case hexadecimal digits.
    package var traceID: String { Self.text(self.traceHigh) + Self.text(self.traceLow) }
    /// 16 lower-case hexadecimal digits.
    package var spanID: String { Self.text(self.span) }
    /// The header's value.
    package var traceparent: String { "00-\(self.traceID)-\(self.spanID)-0\(self.flags)" }

    private static func hex(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    private static func text(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
