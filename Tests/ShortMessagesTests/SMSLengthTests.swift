import CardProgramme
import ShortMessages
import Testing

struct SMSLengthTests {
    @Test(arguments: [
        ("", 0, [Int]()), (String(repeating: "优", count: 70), 70, [70]),
        (String(repeating: "优", count: 71), 71, [67, 4]),
        (String(repeating: "优", count: 134), 134, [67, 67]), (String(repeating: "优", count: 135), 135, [67, 67, 1]),
        ("优𠮷待", 4, [4]), ("\r\n", 2, [2]), (String(repeating: "𠮷", count: 35), 70, [70]),
    ])
    func isCountedInUnitsOfUTF16(text: String, units: Int, segments: [Int]) {
        let length = SMSLength(text)
        #expect(length.units == units)
        #expect(length.segments == segments)
        #expect(length.parts == segments.count)
    }

    @Test func aPairIsNeverCutInTwo() {
        // 67 is odd: of nothing but pairs each part holds 33, one unit less than the network allows.
        let pairs = SMSLength(String(repeating: "𠮷", count: 67))
        #expect(pairs.units == 134)
        #expect(pairs.segments == [66, 66, 2], "by division it would be two parts")
        let last = String(repeating: "优", count: 66) + "𠮷" + String(repeating: "待", count: 10)
        #expect(SMSLength(last).segments == [66, 12])
    }

    @Test func partsAddUpAndFit() {
        for count in 0..<400 {
            let text = String((0..<count).map { $0 % 7 == 3 ? "𠮷" : "a" })
            let length = SMSLength(text)
            #expect(length.segments.reduce(0, +) == text.utf16.count)
            #expect(length.segments.allSatisfy { $0 > 0 && $0 <= (length.parts == 1 ? 70 : 67) })
        }
    }
}
