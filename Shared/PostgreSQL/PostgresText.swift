import FoundationEssentials

/// Reading the text forms of PostgreSQL's types from bytes, without going through `String`.
enum PostgresText {
    static func integer<T: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, as type: T.Type) -> T? {
        var digits = bytes
        let isNegative = digits.first == 0x2D
        if isNegative { digits.removeFirst() }
        guard !digits.isEmpty else { return nil }
        var number: T = 0
        for byte in digits {
            guard (0x30...0x39).contains(byte) else { return nil }
            let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
            let digit = T(byte - 0x30)
            // Counted downwards for a negative number: the smallest one has no positive counterpart.
            let (next, carry) =
                isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            number = next
        }
        return number
    }

    /// `8-4-4-4-12` hexadecimal digits.
    static func uuid(_ text: ArraySlice<UInt8>) -> UUID? {
        guard text.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for byte in text {
            if byte == 0x2D { continue }
            guard let digit = Self.hexadecimal(byte) else { return nil }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            digits += 1
        }
        guard digits == 32 else { return nil }
        func byte(_ half: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: half >> (56 - index * 8)) }
        let (a, b) = halves
        return UUID(
            uuid: (
                byte(a, 0), byte(a, 1), byte(a, 2), byte(a, 3), byte(a, 4), byte(a, 5), byte(a, 6), byte(a, 7),
                byte(b, 0), byte(b, 1), byte(b, 2), byte(b, 3), byte(b, 4), byte(b, 5), byte(b, 6), byte(b, 7)
            ))
    }

    /// `bytea` in its `hex` form, `\x0a1b`.
    static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.starts(with: [0x5C, 0x78]), text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        var index = text.startIndex + 2
        while index < text.endIndex {
            guard let high = Self.hexadecimal(text[index]), let low = Self.hexadecimal(text[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }

    /// The elements of a one-dimensional array literal such as `{1,NULL,"a,b"}`; `nil` inside is NULL.
    static func elements(_ text: ArraySlice<UInt8>) -> [[UInt8]?]? {
        var text = text
        // Bounds other than 1 are written in front: [0:2]={…}
        if text.first == 0x5B, let equals = text.firstIndex(of: 0x3D) { text = text[(equals + 1)...] }
        guard text.count >= 2, text.first == 0x7B, text.last == 0x7D else { return nil }
        let inner = text.dropFirst().dropLast()
        if inner.isEmpty { return [] }
        var elements: [[UInt8]?] = []
        var element: [UInt8] = []
        var wasQuoted = false
        var index = inner.startIndex
        func finished() -> [UInt8]? { !wasQuoted && element == [0x4E, 0x55, 0x4C, 0x4C] ? nil : element }
        while index < inner.endIndex {
            switch inner[index] {
            case 0x22:
                wasQuoted = true
                index += 1
                while index < inner.endIndex, inner[index] != 0x22 {
                    if inner[index] == 0x5C { index += 1 }
                    guard index < inner.endIndex else { return nil }
                    element.append(inner[index])
                    index += 1
                }
                guard index < inner.endIndex else { return nil }
            case 0x2C:
                elements.append(finished())
                element = []
                wasQuoted = false
            case 0x7B, 0x7D:
                return nil
            default:
                element.append(inner[index])
            }
            index += 1
        }
        elements.append(finished())
        return elements
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x57
        case 0x41...0x46: byte - 0x37
        default: nil
        }
    }
}

/// PostgreSQL's timestamps: microseconds since 2000-01-01 UTC in binary, ISO 8601 with a blank in text.
enum PostgresTimestamp {
    /// From Foundation's reference date, 2001-01-01, back to PostgreSQL's: the 366 days of the year 2000, in microseconds.
    static let referenceOffset: Int64 = 366 * 86_400 * 1_000_000

    /// Reads `2022-03-01 08:00:00.25+00`, also without a zone (taken as UTC) or without a time of day.
    static func date(_ text: ArraySlice<UInt8>) -> Date? {
        if text.elementsEqual("infinity".utf8) { return Date(timeIntervalSinceReferenceDate: .infinity) }
        if text.elementsEqual("-infinity".utf8) { return Date(timeIntervalSinceReferenceDate: -.infinity) }
        var reader = Reader(rest: text)
        guard let year = reader.number(), reader.skip(0x2D), let month = reader.number(), reader.skip(0x2D),
            let day = reader.number(), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds = Self.days(year: year, month: month, day: day) * 86_400
        var microseconds: Int64 = 0
        if reader.skip(0x20) {
            guard let hour = reader.number(), reader.skip(0x3A), let minute = reader.number(), reader.skip(0x3A),
                let second = reader.number()
            else { return nil }
            seconds += hour * 3600 + minute * 60 + second
            if reader.skip(0x2E) { microseconds = reader.fraction() }
            if let sign = reader.sign() {
                guard let hours = reader.number() else { return nil }
                var offset = hours * 3600
                if reader.skip(0x3A) { offset += (reader.number() ?? 0) * 60 }
                if reader.skip(0x3A) { offset += reader.number() ?? 0 }
                seconds -= sign * offset
            }
        }
        // A year before our era ends in " BC"; no date of this programme does.
        guard reader.rest.isEmpty else { return nil }
        let sinceReference = (seconds - 978_307_200) * 1_000_000 + microseconds
        return Date(timeIntervalSinceReferenceDate: Double(sinceReference) / 1_000_000)
    }

    /// Days since 1970-01-01 in the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func number() -> Int64? {
            let digits = self.rest.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty, digits.count < 10 else { return nil }
            self.rest = self.rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        mutating func skip(_ byte: UInt8) -> Bool {
            guard self.rest.first == byte else { return false }
            self.rest = self.rest.dropFirst()
            return true
        }

        mutating func sign() -> Int64? {
            if self.skip(0x2B) { return 1 }
            return self.skip(0x2D) ? -1 : nil
        }

        /// Microseconds.
        mutating func fraction() -> Int64 {
            var value: Int64 = 0
            var scale: Int64 = 100_000
            while let byte = self.rest.first, (0x30...0x39).contains(byte) {
                value += Int64(byte - 0x30) * scale
                scale /= 10
                self.rest = self.rest.dropFirst()
            }
            return value
        }
    }
}
