import CardProgramme
import FoundationEssentials
import Testing

@Suite("An identity number")
struct IdentityNumberTests {
    /// The example of GB 11643-1999.
    static let standard = "11010519491231002X"

    private func parse(_ text: String) -> Result<IdentityNumber, IdentityNumberError> {
        do throws(IdentityNumberError) {
            return .success(try IdentityNumber(text))
        } catch {
            return .failure(error)
        }
    }

    @Test("of the standard's example is read in full")
    func example() throws {
        let number = try IdentityNumber(Self.standard)
        #expect(number.text == Self.standard)
        #expect(number.division == "110105")
        #expect(number.birthDate == day("1949-12-31"))
        #expect(number.sex == .female)
        #expect(number.masked == "110105********002X")
    }

    @Test(
        "is the same in every spelling",
        arguments: [
            "11010519491231002x", "  11010519491231002X\n", "\u{3000}11010519491231002X\u{00A0}",
            "\u{FEFF}11010519491231002X\u{200B}",
            "１１０１０５１９４９１２３１００２Ｘ", "１１０１０５１９４９１２３１００２ｘ", "110105１９４９1231002ｘ\t", "110105491231002",
            "\u{202D}11010519491231002X\u{202C}",
        ])
    func spellings(_ text: String) throws {
        let number = try IdentityNumber(text)
        #expect(try number == IdentityNumber(Self.standard))
        #expect(try number.hashValue == IdentityNumber(Self.standard).hashValue)
        #expect(number.text == Self.standard)
    }

    @Test(
        "that is wrong is refused with the reason",
        arguments: [
            ("", IdentityNumberError.empty), (" \u{3000}\u{200B}", .empty), ("1101051949123100", .length),
            ("1101051949123100211", .length),
            ("11010519491231002XX", .character), ("1101051949123100X2", .character), ("X1010519491231002X", .character),
            ("X", .character), ("11010519491231002Y", .character), ("110105 19491231 002X", .character),
            ("110105-19491231-002X", .character),
            ("1101051949123100²X", .character), ("110105194912310021", .checkCharacter),
            ("110105194912310020", .checkCharacter),
            ("110106194912310021", .checkCharacter), ("11010519490231002X", .date), ("110105194913310021", .date),
            ("110105194900310021", .date), ("110105194912000021", .date), ("110105190002290011", .date),
            ("440524188001010014", .date),
            ("011010194912310021", .division), ("160105194912310021", .division), ("990105194912310021", .division),
            ("110000194912310021", .division), ("810101199001010019", .division), ("11010549123100X", .character),
            ("110105490231002", .date), ("110105491331002", .date), ("160105491231002", .division),
            ("110105491231996", .legacyCentury),
            ("110105491231999", .legacyCentury), ("11010549123100", .length), ("测试甲", .character), ("🀄️", .character),
            ("11010519491231002X\0", .character),
        ])
    func refused(_ text: String, _ reason: IdentityNumberError) {
        #expect(self.parse(text) == .failure(reason))
    }

    @Test("is refused when its text is absurdly long, before it is read")
    func long() {
        #expect(self.parse(String(repeating: "1", count: 10_000_000)) == .failure(.length))
        #expect(self.parse(String(repeating: " ", count: 1_000)) == .failure(.length))
        #expect(self.parse(String(repeating: "1", count: 200)) == .failure(.length))
    }

    @Test("born after the day it is read on is refused where that day is given")
    func future() throws {
        let text = try IdentityNumber.synthetic(division: "341602", birthDate: day("2022-03-02"), sequence: 1).text
        #expect(throws: IdentityNumberError.notYetBorn) { try IdentityNumber(text, bornBy: day("2022-03-01")) }
        #expect(throws: Never.self) { try IdentityNumber(text, bornBy: day("2022-03-02")) }
        #expect(throws: Never.self) { try IdentityNumber(text) }
    }

    @Test("of 15 digits becomes one of 18, of the 1900s")
    func legacy() throws {
        let number = try IdentityNumber("341281500101001")
        #expect(number.text.hasPrefix("34128119500101001"))
        #expect(number.birthDate == day("1950-01-01"))
        #expect(number.sex == .male)
        #expect(try IdentityNumber(number.text) == number)
    }

    @Test("of a permit for Hong Kong, Macao or Taiwan residents is read", arguments: ["810000", "820000", "830000"])
    func permits(_ division: String) throws {
        let number = try IdentityNumber.synthetic(division: division, birthDate: day("1990-01-01"), sequence: 1)
        #expect(try IdentityNumber(number.text).division == division)
    }

    @Test("made up for a rehearsal is valid and says what it was made of")
    func synthetic() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let birth = CalendarDay(daysSince1970: Int32.random(in: -25_567...19_000, using: &generator))
            let sequence = Int.random(in: 0...999, using: &generator)
            let made = try IdentityNumber.synthetic(division: "341602", birthDate: birth, sequence: sequence)
            let read = try IdentityNumber(made.text)
            #expect(read == made)
            #expect(read.birthDate == birth)
            #expect(read.division == "341602")
            #expect(read.sex == (sequence % 2 == 1 ? .male : .female))
            #expect(read.text.utf8.count == 18)
        }
    }

    @Test("can be made up only of a real division, a birth from 1900 on and a sequence of three digits")
    func syntheticRefused() {
        let born = day("1950-01-01")
        for division in ["", "34160", "3416022", "34160a", "００1602", "161602", "340000"] {
            #expect(throws: IdentityNumberError.division) {
                try IdentityNumber.synthetic(division: division, birthDate: born, sequence: 1)
            }
        }
        for sequence in [-1, 1000] {
            #expect(throws: IdentityNumberError.sequence) {
                try IdentityNumber.synthetic(division: "341602", birthDate: born, sequence: sequence)
            }
        }
        #expect(throws: IdentityNumberError.date) {
            try IdentityNumber.synthetic(division: "341602", birthDate: day("1899-12-31"), sequence: 1)
        }
    }

    @Test("with any one character changed, or two neighbours exchanged, is refused or another number")
    func corruption() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<300 {
            let birth = CalendarDay(daysSince1970: Int32.random(in: -20_000...10_000, using: &generator))
            let number = try IdentityNumber.synthetic(
                division: "341602", birthDate: birth, sequence: Int.random(in: 0...999, using: &generator))
            let characters = Array(number.text)
            for index in 0..<17 {
                for digit in "0123456789" where digit != characters[index] {
                    var changed = characters
                    changed[index] = digit
                    // MOD 11-2 finds every single wrong digit.
                    #expect(throws: IdentityNumberError.self) { try IdentityNumber(String(changed)) }
                }
            }
            for index in 0..<17 where characters[index] != characters[index + 1] {
                var exchanged = characters
                exchanged.swapAt(index, index + 1)
                #expect(throws: IdentityNumberError.self) { try IdentityNumber(String(exchanged)) }
            }
        }
    }

    @Test("never traps on garbage")
    func fuzz() {
        var generator = SeededGenerator(seed: 5)
        let pieces = [
            "0", "1", "9", "X", "x", "３", "Ｘ", "\u{3000}", " ", "\u{00A0}", "é", "证", "\u{FEFF}", "-", "\u{0}",
            "\u{301}",
        ]
        for _ in 0..<50_000 {
            let text = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }
            if case .success(let number) = self.parse(text.joined()) {
                #expect(self.parse(number.text) == .success(number))
            }
        }
    }

    @Test("does not show itself when printed, dumped or interpolated")
    func hidden() throws {
        let number = try IdentityNumber(Self.standard)
        var dumped = ""
        dump(number, to: &dumped)
        for shown in ["\(number)", String(reflecting: number), dumped, "\([number])", "\(Optional(number) as Any)"] {
            #expect(!shown.contains("1101"))
            #expect(!shown.contains("002"))
        }
    }

    @Test("travels in JSON as its text, and a wrong one is refused without being repeated")
    func json() throws {
        let number = try IdentityNumber(Self.standard)
        let encoded = try JSONEncoder().encode([number])
        #expect(String(decoding: encoded, as: UTF8.self) == #"["11010519491231002X"]"#)
        #expect(try JSONDecoder().decode([IdentityNumber].self, from: encoded) == [number])
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([IdentityNumber].self, from: Data(#"["110105194912310021"]"#.utf8))
        }
        #expect(error.map { "\($0)".contains("1949") } == false)
    }

    @Test("every error says in Chinese and English what to do, and codes are unique")
    func errors() {
        let codes = IdentityNumberError.allCases.map(\.code)
        #expect(Set(codes).count == codes.count)
        for error in IdentityNumberError.allCases {
            #expect(error.zh.hasSuffix("。") && error.en.hasSuffix("."))
            #expect(error.code.hasPrefix("identity_number_"))
        }
    }
}
