import NIOCore
import SMPP
import Testing

/// Every bound, at its edge and one beyond.
struct LimitTests {
    private static func code(_ text: String) -> SMPPError.Code? {
        let octets = GoldenTests.octets(text)
        do throws(SMPPError) {
            _ = try SMPPPDU(decoding: ByteBuffer(bytes: octets))
            return nil
        } catch {
            return error.code
        }
    }

    private static func written(_ change: (inout SMPPShortMessage) -> Void) throws -> Int {
        var message = SMPPShortMessage(from: SMPPAddress("1"), to: SMPPAddress("2"))
        change(&message)
        return try GoldenTests.encoded(SMPPPDU(sequence: 1, .submit(message))).count
    }

    @Test(arguments: [
        ("00000011 00000015 00000000 00000002 00", SMPPError.Code.length),
        ("00000010 00000103 00000000 00000002", .command),
        ("00000011 00000015 00000000 00000002", .framing),
        ("00000012 80000004 00000000 00000007 3132", .length),
        ("00000014 80000004 00000000 00000007 31 FF 32 00", .text),
        ("00000010 00000004 00000000 00000007", .length),
        ("00000018 00000009 00000000 00000001 796F756461696162", .length),
        ("00000021 00000009 00000000 00000001 3131313131313131313131313131313131", .text),
        // A time of five characters.
        ("00000024 00000004 00000000 00000007 00 0201 31 00 0201 32 00 000000 3232323232 00 00 11", .text),
        // sm_length 255, and one that goes beyond the PDU.
        ("00000024 00000004 00000000 00000007 00 020131 00 020132 00 000000 0000 1100 0800 FF 41", .length),
        ("00000024 00000004 00000000 00000007 00 020131 00 020132 00 000000 0000 1100 0800 02 41", .length),
        // A parameter that says 5 octets and has 1.
        (
            "00000029 00000004 00000000 00000007 00 020131 00 020132 00 000000 0000 1100 0800 01 41 0426 0005 01",
            .parameter
        ),
    ])
    func whatIsRefused(text: String, code: SMPPError.Code) { #expect(Self.code(text) == code) }

    @Test(arguments: ["00000000", "0000000F", "00011801", "7FFFFFFF", "FFFFFFFF"])
    func lengthsThatCannotBeEndTheConnection(length: String) {
        var buffer = ByteBuffer(bytes: GoldenTests.octets(length + "000000150000000000000001"))
        var decoder = SMPPFrameDecoder()
        #expect(throws: SMPPError.self) { try decoder.decode(buffer: &buffer) }
    }

    @Test func theLargestPDUPassesAndNoMore() throws {
        let room = SMPPPDU.largest - (try Self.written { _ in }) - 4
        #expect(
            try Self.written {
                $0.parameters = [
                    SMPPParameter(tag: SMPPParameter.messagePayload, value: Array(repeating: 0x41, count: 60_000)),
                    SMPPParameter(tag: 0x1400, value: Array(repeating: 0x41, count: room - 60_004)),
                ]
            } == SMPPPDU.largest)
        #expect(throws: SMPPError.self) {
            try Self.written {
                $0.parameters = [
                    SMPPParameter(tag: SMPPParameter.messagePayload, value: Array(repeating: 0x41, count: 60_000)),
                    SMPPParameter(tag: 0x1400, value: Array(repeating: 0x41, count: room - 60_003)),
                ]
            }
        }
        #expect(throws: SMPPError.self) {
            try Self.written {
                $0.parameters = [SMPPParameter(tag: 1, value: Array(repeating: 0, count: 65_536))]
            }
        }
    }

    @Test func whatCannotBeWrittenLeavesTheBufferAsItWas() throws {
        let cases: [(inout SMPPShortMessage) -> Void] = [
            { $0.octets = Array(repeating: 0, count: 255) }, { $0.serviceType = "sixsix" },
            { $0.destination.number = String(repeating: "1", count: 21) }, { $0.source.number = "优待" },
            { $0.validityPeriod = "2611221935" }, { $0.serviceType = "a\u{0}b" },
        ]
        for change in cases {
            var message = SMPPShortMessage(from: SMPPAddress("1"), to: SMPPAddress("2"))
            change(&message)
            var buffer = ByteBuffer(string: "before")
            #expect(throws: SMPPError.self) { try SMPPPDU(sequence: 1, .submit(message)).encode(into: &buffer) }
            #expect(buffer == ByteBuffer(string: "before"))
        }
        #expect(try Self.written { $0.octets = Array(repeating: 0, count: 254) } > 254)
        #expect(try Self.written { $0.destination.number = String(repeating: "1", count: 20) } > 20)
    }

    @Test func malformedFramesSayWhatToAnswer() throws {
        var buffer = ByteBuffer(
            bytes: GoldenTests.octets("00000010 00000103 00000000 00000002 00000010 00000015 00000000 00000003"))
        var decoder = SMPPFrameDecoder()
        guard case .malformed(let header, let error) = try decoder.decode(buffer: &buffer) else {
            Issue.record("taken for a PDU")
            return
        }
        #expect(header.sequence == 2 && !header.isResponse && error.status == .invalidCommandID)
        // The one after it is found.
        #expect(try decoder.decode(buffer: &buffer) == .pdu(SMPPPDU(sequence: 3, .enquireLink)))
    }
}
