import FoundationEssentials
import SMPP
import Testing

/// Texts, parts, and what becomes of them.
struct TextTests {
    /// Joins what was cut, in a given order.
    private static func joined(_ text: String, shuffled: Bool = false) throws -> (String, [Int]) {
        let (coding, octets) = SMPPDataCoding.octets(of: text)
        var parts = try MessageCutting.parts(of: octets, coding: coding, reference: 7)
        let sizes = parts.map { coding == .ucs2 ? $0.octets.count / 2 : $0.octets.count }
        guard parts.count > 1 else { return (try coding.text(of: parts[0].octets), sizes) }
        if shuffled { parts.reverse() }
        var joiner = PartJoiner<Int>()
        for (index, part) in parts.enumerated() {
            let place = try #require(part.header?.concatenation)
            let key = PartJoiner<Int>.Key(source: "1", destination: "2", place)
            if case .complete(let whole) = joiner.add(part.octets, place, key: key, note: index) {
                #expect(whole.note == 0 && index == parts.count - 1)
                return (try coding.text(of: whole.parts.flatMap { $0 }), sizes)
            }
        }
        Issue.record("never complete")
        return ("", sizes)
    }

    @Test(arguments: [
        (1, [1]), (70, [70]), (71, [67, 4]), (134, [67, 67]), (135, [67, 67, 1]), (201, [67, 67, 67]),
    ])
    func chineseIsCutByUnits(units: Int, sizes: [Int]) throws {
        let text = String(repeating: "优", count: units)
        let (found, parts) = try Self.joined(text, shuffled: true)
        #expect(found == text && parts == sizes)
    }

    /// A name of CJK Extension B is two units; the cut is before it, not within.
    @Test func surrogatePairsStayTogether() throws {
        let text = String(repeating: "优", count: 66) + "𠮷" + String(repeating: "待", count: 10)
        let (found, parts) = try Self.joined(text)
        #expect(found == text && parts == [66, 12])
    }

    /// Kannel cuts at 67 units whatever stands there; the octets joined are the text again, each part alone is none.
    @Test func surrogatePairsCutByOthersAreRejoined() throws {
        let octets = SMPPDataCoding.ucs2Octets(of: String(repeating: "优", count: 66) + "𠮷证")
        let parts = [Array(octets.prefix(134)), Array(octets.dropFirst(134))]
        for part in parts { #expect(throws: SMPPError.self) { try SMPPDataCoding.ucs2.text(of: part) } }
        #expect(try SMPPDataCoding.ucs2.text(of: parts.flatMap { $0 }).hasSuffix("𠮷证"))
    }

    @Test func theDefaultAlphabet() throws {
        let text = "T @£$ 12.50€ [a|b] ñ\n"
        let octets = try #require(GSMAlphabet.octets(of: text))
        #expect(try GSMAlphabet.text(of: octets) == text)
        #expect(octets[2] == 0x00 && octets.contains(0x1B))
        #expect(GSMAlphabet.octets(of: "退订") == nil)
        #expect(SMPPDataCoding.octets(of: "退订").coding == .ucs2)
        #expect(throws: SMPPError.self) { try GSMAlphabet.text(of: [0x80]) }
        // All 127 characters there are, one octet each, and back.
        let all = (UInt8(0)..<0x80).filter { $0 != 0x1B }
        #expect(GSMAlphabet.octets(of: try GSMAlphabet.text(of: all)) == all)
    }

    @Test(arguments: [(160, [160]), (161, [153, 8]), (306, [153, 153]), (307, [153, 153, 1])])
    func latinIsCutByCharacters(count: Int, sizes: [Int]) throws {
        let text = String(repeating: "a", count: count)
        let (found, parts) = try Self.joined(text)
        #expect(found == text && parts == sizes)
    }

    @Test func anEscapeIsNotParted() throws {
        let text = String(repeating: "a", count: 152) + "€" + String(repeating: "b", count: 10)
        let (found, parts) = try Self.joined(text)
        #expect(found == text && parts == [152, 12])
    }

    @Test func otherCodings() throws {
        #expect(try SMPPDataCoding.latin1.text(of: [0x63, 0xE9]) == "cé")
        #expect(try SMPPDataCoding.ascii.text(of: [0x41]) == "A")
        #expect(throws: SMPPError.self) { try SMPPDataCoding.ascii.text(of: [0xE9]) }
        #expect(throws: SMPPError.self) { try SMPPDataCoding.binary.text(of: [0x41]) }
        #expect(throws: SMPPError.self) { try SMPPDataCoding.ucs2.text(of: [0x4F]) }
        #expect(throws: SMPPError.self) { try SMPPDataCoding.ucs2.text(of: [0xDF, 0xB7, 0x4F, 0x18]) }
    }

    @Test func tooLongForAnything() {
        #expect(throws: SMPPError.self) {
            try MessageCutting.parts(
                of: Array(repeating: 0x4F, count: 134 * 255 + 2), coding: .ucs2, reference: 1)
        }
    }

    @Test(arguments: [
        "", "05", "05000301", "0500030A0200", "0500030A0203", "0500030A0001", "04000301 0201", "06080400FF0102",
        "0200", "03 00 05 01",
    ])
    func headersThatContradictThemselves(text: String) {
        #expect(throws: SMPPError.self) { try UserDataHeader(reading: GoldenTests.octets(text)) }
    }

    @Test func anEmptyHeaderIsOne() throws {
        let header = try UserDataHeader(reading: [0, 0x41])
        #expect(header.elements.isEmpty && header.length == 1 && header.concatenation == nil)
    }

    @Test func longReferencesOtherElementsAndParameters() throws {
        let header = try UserDataHeader(reading: GoldenTests.octets("09 0804 1234 0302 24 01 01 4F18"))
        #expect(header.concatenation?.reference == 0x1234 && header.concatenation?.number == 2)
        #expect(header.elements.count == 2 && header.length == 10)
        #expect(header.octets == GoldenTests.octets("09 0804 1234 0302 24 01 01"))
        var message = SMPPShortMessage(from: SMPPAddress("1"), to: SMPPAddress("2"))
        message.parameters = [
            SMPPParameter(tag: SMPPParameter.sarReference, value: [1, 2]),
            SMPPParameter(tag: SMPPParameter.sarTotal, value: [4]),
            SMPPParameter(tag: SMPPParameter.sarNumber, value: [3]),
            SMPPParameter(tag: SMPPParameter.messagePayload, value: [0x41]),
        ]
        #expect(message.content == [0x41])
        #expect(try message.concatenation()?.number == 3)
        message.parameters[2].value = [5]
        #expect(throws: SMPPError.self) { try message.concatenation() }
    }

    @Test func partsThatComeTwiceAndReferencesUsedAgain() throws {
        var joiner = PartJoiner<Int>(capacity: 2)
        func add(_ octets: [UInt8], _ number: UInt8, reference: UInt16) throws -> Bool {
            let part = try Concatenation(reference: reference, total: 2, number: number)
            let outcome = joiner.add(octets, part, key: .init(source: "1", destination: "2", part), note: 0)
            if case .complete = outcome { return true }
            return false
        }
        #expect(try !add([1], 1, reference: 1))
        #expect(try !add([1], 1, reference: 1))
        #expect(joiner.repeated == 1 && joiner.lost == 0)
        #expect(try !add([9], 1, reference: 1))
        #expect(joiner.lost == 1)
        #expect(try add([2], 2, reference: 1))
        // The whole message again is a second message.
        #expect(try !add([9], 1, reference: 1))
        #expect(try add([2], 2, reference: 1))
        for reference in UInt16(2)...5 { #expect(try !add([1], 1, reference: reference)) }
        #expect(joiner.openCount == 2 && joiner.lost == 3)
        #expect(try !add([2], 2, reference: 2))
        #expect(try add([2], 2, reference: 5))
    }
}
