import FoundationEssentials

/// Figures for a report.
enum Numbers {
    /// With so many digits after the point, and spaces between thousands.
    static func fixed(_ value: Double, _ digits: Int = 0) -> String {
        guard value.isFinite else { return "–" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((abs(value) * scale).rounded())
        let whole = Self.grouped(Int(scaled / Int64(scale)))
        let sign = value < 0 && scaled != 0 ? "-" : ""
        guard digits > 0 else { return sign + whole }
        let rest = String(scaled % Int64(scale))
        return "\(sign)\(whole).\(String(repeating: "0", count: digits - rest.count))\(rest)"
    }

    /// 20000 → "20 000".
    static func grouped(_ value: Int) -> String {
        var text = ""
        for (index, digit) in String(abs(value)).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(" ") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// A duration in the unit that shows it best.
    static func seconds(_ value: Double) -> String {
        value < 0.1
            ? "\(Self.fixed(value * 1000, 1)) ms"
            : value < 10 ? "\(Self.fixed(value, 2)) s" : "\(Self.fixed(value, 1)) s"
    }

    static func megabytes(_ kilobytes: Int) -> String { Self.fixed(Double(kilobytes) / 1024, 1) }
}

extension Duration {
    /// Seconds with their fraction.
    var asSeconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

/// Latencies of one kind, in seconds.
struct Latencies: Sendable {
    private let sorted: [Double]

    init(_ values: [Double]) { self.sorted = values.sorted() }

    var count: Int { self.sorted.count }
    var max: Double { self.sorted.last ?? .nan }

    /// The smallest value that at least this share of all values does not exceed (nearest rank).
    func percentile(_ share: Double) -> Double {
        guard !self.sorted.isEmpty else { return .nan }
        let rank = Int((share * Double(self.sorted.count)).rounded(.up))
        return self.sorted[min(Swift.max(rank, 1), self.sorted.count) - 1]
    }
}
