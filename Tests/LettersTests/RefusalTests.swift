import FoundationEssentials
import Letters
import Testing

@Suite("Letters that are refused")
struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let code: LetterError.Code
        let change: @Sendable (inout Letter) -> Void

        init(_ code: LetterError.Code, _ change: @escaping @Sendable (inout Letter) -> Void) {
            self.code = code
            self.change = change
        }

        var testDescription: String { "\(self.code)" }
    }

    static let cases: [Case] = [
        Case(.empty(.name)) { $0.recipient.name = " " },
        Case(.empty(.honorific)) { $0.recipient.honorific = "" },
        Case(.empty(.address)) { $0.recipient.address = [] },
        Case(.empty(.address)) { $0.recipient.address = ["测试路1号", "　"] },
        Case(.empty(.body)) { $0.paragraphs = [] },
        Case(.empty(.salutation)) { $0.salutation = "" },
        Case(.empty(.replySlip)) { $0.replySlip = ReplySlip(options: []) },
        Case(.digits(.postcode)) { $0.recipient.postcode = "99990" },
        Case(.digits(.postcode)) { $0.recipient.postcode = "９９９９０１" },
        Case(.noGlyph(.name)) { $0.recipient.name = "测\u{30000}" },
        Case(.noGlyph(.name)) { $0.recipient.name = "测\u{1F602}" },
        Case(.noGlyph(.address)) { $0.recipient.address[1] += "\u{30001}" },
        Case(.noGlyph(.body)) { $0.paragraphs[1] += "\u{30001}" },
        Case(.noGlyph(.replySlip)) { $0.replySlip = ReplySlip(options: ["\u{30001}"]) },
        Case(.privateUse(.name)) { $0.recipient.name = "测\u{E863}" },
        Case(.privateUse(.name)) { $0.recipient.name = "测\u{F0000}" },
        Case(.control(.name)) { $0.recipient.name = "测\n试" },
        Case(.control(.name)) { $0.recipient.name = "测\u{0}试" },
        Case(.control(.address)) { $0.recipient.address = ["测\u{202E}试"] },
        Case(.control(.body)) { $0.paragraphs[0] = "测\u{2028}试" },
        Case(.tooLong(.name)) { $0.recipient.name = String(repeating: "测", count: 40) },
        Case(.tooLong(.address)) { $0.recipient.address = Array(repeating: "测试路1号", count: 6) },
        Case(.tooLong(.address)) { $0.recipient.address = [String(repeating: "测", count: 150)] },
        Case(.tooLong(.replySlip)) { $0.replySlip = ReplySlip(options: [String](repeating: "是", count: 9)) },
        Case(.tooLong(.replySlip)) { $0.replySlip = ReplySlip(options: [String(repeating: "是", count: 30)]) },
        Case(.tooLong(.closing)) { $0.closing = ["此", "致", "敬", "礼"] },
        Case(.tooManyPages) { $0.paragraphs = [String(repeating: "测", count: 2_500)] },
        Case(.tooManyPages) { $0.paragraphs = [String(repeating: "测", count: 1_000_000)] },
        Case(.number) { $0.number = "" },
        Case(.number) { $0.number = "tx-1" },
        Case(.number) { $0.number = "编号1" },
        Case(.number) { $0.number = "ABCDEFGHIJKLMNOPQRSTUVWX" },
        Case(.repeatedNumber) { $0.number = Examples.number(1) },
    ]

    @Test("with their place and number, and nobody's name or address", arguments: Self.cases)
    func refused(fault: Case) throws {
        var letter = Examples.letter(2)
        fault.change(&letter)
        let batch = Examples.batch([Examples.letter(1), letter, Examples.letter(3)])
        let expected = LetterError(fault.code, position: 2, number: fault.code == .number ? nil : letter.number)
        #expect(try batch.faults() == [expected])
        #expect(throws: expected) { try batch.lettersPDF() }
        let sentence = "\(expected)"
        #expect(sentence.hasPrefix(fault.code == .number ? "第 2 封信：" : "第 2 封信（编号 \(letter.number)）："))
        #expect(sentence.contains(fault.code == .number ? "。 Letter 2: " : "Letter 2 (number \(letter.number)): "))
        for secret in [letter.recipient.name] + letter.recipient.address where !secret.allSatisfy(\.isWhitespace) {
            #expect(!sentence.contains(secret))
        }
    }

    @Test(
        "on the list too",
        arguments: [
            Case(.empty(.name)) { $0.recipient.name = "" }, Case(.empty(.address)) { $0.recipient.address = [] },
            Case(.empty(.address)) { $0.recipient.address = [""] }, Case(.number) { $0.number = "编号" },
            Case(.noGlyph(.name)) { $0.recipient.name = "测\u{30000}" },
            Case(.tooLong(.address)) { $0.recipient.address = [String(repeating: "测", count: 400)] },
        ])
    func refusedOnTheList(fault: Case) throws {
        var letter = Examples.letter(2)
        fault.change(&letter)
        let expected = LetterError(fault.code, position: 2, number: fault.code == .number ? nil : letter.number)
        #expect(throws: expected) { try Examples.batch([Examples.letter(1), letter]).addressSheetPDF() }
    }

    @Test("all with their faults at once")
    func every() throws {
        var letters = (1...5).map { Examples.letter($0) }
        letters[1].recipient.name = ""
        letters[3].recipient.address = []
        let faults = try Examples.batch(letters).faults()
        #expect(faults.map(\.position) == [2, 4])
        #expect(faults.map(\.code) == [.empty(.name), .empty(.address)])
    }

    struct OfficeCase: Sendable {
        let code: LetterError.Code
        let change: @Sendable (inout LetterBatch) -> Void
    }

    @Test(
        "together, when the office or the batch is at fault",
        arguments: [
            OfficeCase(code: .emptyBatch) { $0.letters = [] },
            OfficeCase(code: .empty(.batchName)) { $0.name = "" },
            OfficeCase(code: .tooLong(.batchName)) { $0.name = String(repeating: "批", count: 90) },
            OfficeCase(code: .control(.batchName)) { $0.name = "批\n次" },
            OfficeCase(code: .empty(.officeName)) { $0.office.name = "" },
            OfficeCase(code: .tooLong(.officeName)) { $0.office.name = String(repeating: "局", count: 40) },
            OfficeCase(code: .empty(.officeTelephone)) { $0.office.telephone = "" },
            OfficeCase(code: .tooLong(.officeTelephone)) { $0.office.telephone = String(repeating: "9", count: 40) },
            OfficeCase(code: .tooLong(.officeHours)) { $0.office.hours = String(repeating: "时", count: 40) },
            OfficeCase(code: .empty(.officeAddress)) { $0.office.address = "" },
            OfficeCase(code: .tooLong(.officeAddress)) { $0.office.address = String(repeating: "路", count: 90) },
            OfficeCase(code: .digits(.officePostcode)) { $0.office.postcode = "1" },
            OfficeCase(code: .noGlyph(.officeName)) { $0.office.name += "\u{30000}" },
            OfficeCase(code: .fonts(LetterFonts.families)) { $0.fonts.directories = ["/nowhere/a&b<c"] },
            OfficeCase(code: .fonts(["HanaMinA", "HanaMinB"])) { $0.fonts.directories.removeLast() },
        ])
    func office(fault: OfficeCase) throws {
        var batch = Examples.batch([Examples.letter()])
        fault.change(&batch)
        let expected = LetterError(fault.code)
        #expect(throws: expected) { try batch.faults() }
        if fault.code != .tooLong(.batchName) {
            #expect(throws: expected) { try batch.lettersPDF() }
        }
        if fault.code != .tooLong(.officeAddress) {
            #expect(throws: expected) { try batch.addressSheetPDF() }
        }
    }

    @Test("every sentence is Chinese first, then English")
    func sentences() {
        let codes = LetterError.Part.allCases.flatMap { part -> [LetterError.Code] in
            [.empty(part), .tooLong(part), .control(part), .privateUse(part), .noGlyph(part), .digits(part)]
        }
        for code in codes + [.emptyBatch, .number, .repeatedNumber, .tooManyPages, .fonts(["X"]), .library] {
            let sentence = LetterError(code).description
            #expect(sentence.unicodeScalars.first.map { $0.value > 0x2E80 } == true, "\(sentence)")
            #expect(sentence.contains("。 ") && sentence.hasSuffix("."), "\(sentence)")
        }
    }
}
