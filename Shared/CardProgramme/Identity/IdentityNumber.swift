/// A resident identity number (公民身份号码) that is valid by GB 11643-1999.
///
/// Held as the integer of its first 17 digits; the check character follows from them. A value is therefore eight bytes,
/// parsing allocates nothing, and two spellings of one number (15 digits, full-width, lower-case x) are equal and hash
/// alike. ``text`` makes the string when it is needed.
///
/// - Important: Printing a value never shows the number, so that it cannot reach a log by accident; ask for ``text`` or
///   ``masked`` where a number is really meant.
package struct IdentityNumber: Hashable, Sendable {
    /// The first 17 digits as one integer.
    private let digits: UInt64

    /// Reads a number as people type it.
    ///
    /// Blank space around it (also U+3000, no-break and zero-width, which come with copied text) is dropped, full-width
    /// digits and letters become plain, x becomes X, and 15 digits of the old form become 18. Checked are the
    /// characters, the division, the date (from 1900 on: nobody living is older) and the check character.
    ///
    /// - Parameter latestBirth: The day on which the number is read; a birth date after it is refused. Nil leaves that
    ///   to the caller.
    package init(_ text: String, bornBy latestBirth: CalendarDay? = nil) throws(IdentityNumberError) {
        let characters = try IdentityNumberCharacters(text)
        let digits: UInt64
        switch characters.count {
        case 18:
            digits = characters.value
        case 15:
            guard !characters.endsWithX else { throw .character }
            // GB 11643-1989 kept 996 to 999 for people over a hundred, born in the 1800s: the century is not "19".
            guard characters.value % 1000 < 996 else { throw .legacyCentury }
            // ddddddyymmddsss → dddddd19yymmddsss
            let upper = characters.value / 1_000_000_000
            digits = (upper * 100 + 19) * 1_000_000_000 + characters.value % 1_000_000_000
        default:
            throw .length
        }
        guard IdentityNumber.isDivision(digits / 100_000_000_000) else { throw .division }
        let date = Int(digits / 1000 % 100_000_000)
        guard let birth = CalendarDay(year: date / 10_000, month: date / 100 % 100, day: date % 100), date >= 19_000_101
        else {
            throw .date
        }
        if characters.count == 18, IdentityNumber.checkValue(of: digits) != characters.last { throw .checkCharacter }
        if let latestBirth, birth > latestBirth { throw .notYetBorn }
        self.digits = digits
    }

    private init(digits: UInt64) {
        self.digits = digits
    }

    /// Makes a number that is valid in form but belongs to nobody known: for rehearsals, benchmarks and tests.
    ///
    /// It is *synthetic*: whether such a number was ever given to a living person is unknown to this system, so it is
    /// never used with a real name or to look anybody up.
    ///
    /// - Parameters:
    ///   - division: Six digits, for example "341602".
    ///   - sequence: 0…999; odd numbers are men, even ones women.
    package static func synthetic(
        division: String, birthDate: CalendarDay, sequence: Int
    ) throws(IdentityNumberError) -> IdentityNumber {
        let bytes = division.utf8
        guard bytes.count == 6, bytes.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
            throw .division
        }
        let area = bytes.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
        guard Self.isDivision(area) else { throw .division }
        let (year, month, day) = birthDate.components
        guard year >= 1900 else { throw .date }
        guard (0...999).contains(sequence) else { throw .sequence }
        let date = UInt64(year * 10_000 + month * 100 + day)
        return IdentityNumber(digits: (area * 100_000_000 + date) * 1000 + UInt64(sequence))
    }

    /// The 18 characters.
    package var text: String { self.rendered(hidingBirth: false) }

    /// The number with birth date hidden: "341602********001X".
    package var masked: String { self.rendered(hidingBirth: true) }

    /// The division in which the number was given out (GB/T 2260), which need not be where the person lives now and may
    /// no longer exist.
    package var division: String {
        String(self.digits / 100_000_000_000)
    }

    /// The day of birth.
    package var birthDate: CalendarDay {
        let date = Int(self.digits / 1000 % 100_000_000)
        // The date was checked when the value was made, so the fallback is never taken.
        return CalendarDay(year: date / 10_000, month: date / 100 % 100, day: date % 100) ?? .earliest
    }

    /// The sex the sequence code stands for.
    package var sex: Sex { self.digits % 2 == 1 ? .male : .female }

    /// The check character's value, 0…10; 10 is written X.
    private static func checkValue(of digits: UInt64) -> UInt8 {
        // ISO 7064 MOD 11-2: the sum of digit × 2^(17 - index) and the check value leaves 1 modulo 11. From the last
        // digit to the first the weight doubles, so it is a shift and needs no table; the sum stays below 2^22.
        var rest = digits
        var sum: UInt64 = 0
        for shift in 1...17 as ClosedRange<UInt64> {
            sum &+= (rest % 10) &<< shift
            rest /= 10
        }
        return UInt8((12 - sum % 11) % 11)
    }

    /// Whether six digits can be the division of a number.
    ///
    /// Only the province is looked up. Numbers are kept for life, and counties have been renamed and re-numbered since
    /// (谯城区 was 341281 until 2000), so today's list of counties would refuse the very people this programme is for.
    private static func isDivision(_ area: UInt64) -> Bool {
        switch area / 10_000 {
        case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71: area % 10_000 != 0
        // Residence permits for Hong Kong, Macao and Taiwan residents: 810000, 820000, 830000.
        case 81, 82, 83: area % 10_000 == 0
        default: false
        }
    }

    private func rendered(hidingBirth: Bool) -> String {
        var bytes = InlineArray<18, UInt8>(repeating: UInt8(ascii: "*"))
        bytes.put(Int(self.digits / 100_000_000_000), digits: 6, at: 0)
        if !hidingBirth { bytes.put(Int(self.digits / 1000 % 100_000_000), digits: 8, at: 6) }
        bytes.put(Int(self.digits % 1000), digits: 3, at: 14)
        let check = Self.checkValue(of: self.digits)
        bytes[17] = check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + check
        return String(ascii: bytes)
    }
}

/// Sex as an identity number and the card's front state it (N4).
package enum Sex: String, Codable, Sendable, CaseIterable {
    case male, female

    package var chinese: String { self == .male ? "男" : "女" }
}

extension IdentityNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the number: see the type's own note.
    package var description: String { "(identity number)" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension IdentityNumber: Codable {
    /// Reads and checks the number's text, in any spelling the initialiser takes.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(IdentityNumberError) {
            self = try IdentityNumber(text)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: container.codingPath, debugDescription: "\(error.zh) · \(error.en)",
                    underlyingError: error))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
}
