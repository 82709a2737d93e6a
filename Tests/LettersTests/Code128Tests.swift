import Letters
import Testing

@Suite("Code 128")
struct Code128Tests {
    @Test(
        "chooses the shortest symbols and the right check symbol",
        arguments: [
            // All in set B: three digits in between are not worth a change.
            ("PJJ123C", [104, 48, 42, 42, 17, 18, 19, 35, 55]),
            ("123456", [105, 12, 34, 56, 44]),
            ("12345", [105, 12, 34, 100, 21, 54]),
            ("12", [105, 12, 14]),
            ("A1", [104, 33, 17, 68]),
            // Four digits at the end are worth changing for, four in the middle are not.
            ("A1234", [104, 33, 99, 12, 34, 82]),
            ("A1234B", [104, 33, 17, 18, 19, 20, 34, 70]),
            ("A123456B", [104, 33, 99, 12, 34, 56, 100, 34, 36]),
        ])
    func symbols(text: String, expected: [Int]) throws {
        let code = try #require(Code128(text))
        var sum = expected[0]
        for (index, value) in expected.dropLast().enumerated().dropFirst() { sum += index * value }
        #expect(code.symbols.dropLast() == expected.dropLast())
        #expect(code.symbols.last == sum % 103)
    }

    @Test("draws the patterns of the standard")
    func patterns() throws {
        // Start B, P, J, J, 1, 2, 3, C, check 55, stop, from the standard's table.
        let code = try #require(Code128("PJJ123C"))
        let expected = "211214" + "313121" + "112133" + "112133" + "123221" + "223211" + "221132" + "131321" + "311321"
        #expect(code.widths.map { "\($0)" }.joined() == expected + "2331112")
        #expect(code.widths.reduce(0, +) == code.moduleCount)
    }

    @Test("every symbol has eleven modules, an even number of them black, and none looks like another")
    func table() throws {
        var seen: Set<[Int]> = []
        var symbols: Set<Int> = []
        // All pairs of digits are the symbols 0 to 99 of set C, texts of set B begin with 104.
        for text in (0..<100).map({ ($0 < 10 ? "0" : "") + "\($0)" }) + ["A", "A1234", "A123456B"] {
            let code = try #require(Code128(text))
            for (index, symbol) in code.symbols.enumerated() {
                let widths = Array(code.widths[(index * 6)..<(index * 6 + 6)])
                #expect(widths.reduce(0, +) == 11)
                #expect((widths[0] + widths[2] + widths[4]).isMultiple(of: 2))
                if symbols.insert(symbol).inserted { #expect(seen.insert(widths).inserted, "\(symbol)") }
            }
        }
        #expect(symbols.isSuperset(of: 0...100) && symbols.isSuperset(of: [104, 105]))
    }

    @Test("what it cannot hold is refused", arguments: ["", "编号", "A\n", String(repeating: "7", count: 25)])
    func refused(text: String) { #expect(Code128(text) == nil) }
}
