import NIOCore
import SMPP
import Testing

/// Octets written down by hand from the specification, in the form in which Kannel 1.4.5 sends them.
struct GoldenTests {
    static func octets(_ text: String) -> [UInt8] {
        let digits = text.filter(\.isHexDigit)
        var octets: [UInt8] = []
        var rest = digits[...]
        while let high = rest.popFirst(), let low = rest.popFirst() {
            octets.append(UInt8((high.hexDigitValue ?? 0) << 4 | (low.hexDigitValue ?? 0)))
        }
        return octets
    }

    static func encoded(_ pdu: SMPPPDU) throws -> [UInt8] {
        var buffer = ByteBuffer()
        try pdu.encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// First part of a long message: header, `ton/npi 2/1`, `esm_class` 0x43, receipt 17, coding 8, more to follow.
    static let firstPart = """
        00000049 00000004 00000000 00000007
        00 02 01 3130363930303030 00 02 01 3139393030303030303031 00
        43 00 00 00 00 11 00 08 00
        10 050003A30201 4F18 D842 DFB7 5F85 8BC1
        0426 0001 01
        """

    static var firstPartMessage: SMPPShortMessage {
        get throws {
            var message = SMPPShortMessage(
                from: SMPPAddress("10690000", type: 2), to: SMPPAddress("19900000001", type: 2), coding: .ucs2,
                octets: try UserDataHeader(part: 1, of: 2, reference: 0xA3).octets
                    + SMPPDataCoding.ucs2Octets(of: "优𠮷待证"))
            message.esmClass = 0x43
            message.registeredDelivery = 17
            message.parameters = [SMPPParameter(tag: SMPPParameter.moreMessagesToSend, value: [1])]
            return message
        }
    }

    @Test func aPartOfALongMessage() throws {
        let octets = Self.octets(Self.firstPart)
        let pdu = try SMPPPDU(decoding: ByteBuffer(bytes: octets))
        #expect(pdu == SMPPPDU(sequence: 7, .submit(try Self.firstPartMessage)))
        #expect(try Self.encoded(pdu) == octets)
        guard case .submit(let message) = pdu.body else {
            Issue.record("no submit_sm")
            return
        }
        let parted = try message.parted()
        #expect(parted.header?.length == 6)
        #expect(try message.coding.text(of: parted.octets) == "优𠮷待证")
        let part = try #require(try message.concatenation())
        #expect((part.reference, part.total, part.number) == (0xA3, 2, 1))
        #expect(message.wantsReceipt && message.wantsFailureReceipt && message.hasUserDataHeader && !message.isReceipt)
    }

    @Test(arguments: [
        (
            "00000024 00000009 00000000 00000001 796F7564616900 73656372657431 00 00 34 00 00 00",
            SMPPPDU(
                sequence: 1,
                .bind(
                    .transceiver,
                    SMPPBind(
                        systemID: "youdai", password: "secret1", addressRange: SMPPAddress("", plan: 0))))
        ),
        (
            "0000001C 80000009 00000000 00000001 796F7564616900 0210 0001 34",
            SMPPPDU(
                sequence: 1,
                .bindResponse(
                    .transceiver, systemID: "youdai",
                    parameters: [SMPPParameter(tag: SMPPParameter.scInterfaceVersion, value: [0x34])]))
        ),
        (
            "00000010 80000009 0000000E 00000001",
            SMPPPDU(
                sequence: 1, status: .invalidPassword, .bindResponse(.transceiver, systemID: "", parameters: []))
        ),
        ("00000013 80000004 00000000 00000007 313200", SMPPPDU(sequence: 7, .submitResponse(messageID: "12"))),
        (
            "00000010 80000004 00000058 00000007",
            SMPPPDU(
                sequence: 7, status: .throttled, .submitResponse(messageID: ""))
        ),
        ("00000011 80000005 00000000 00000009 00", SMPPPDU(sequence: 9, .deliverResponse(messageID: ""))),
        ("00000010 00000015 00000000 00000002", SMPPPDU(sequence: 2, .enquireLink)),
        ("00000010 80000015 00000000 00000002", SMPPPDU(sequence: 2, .enquireLinkResponse)),
        ("00000010 00000006 00000000 7FFFFFFF", SMPPPDU(sequence: 0x7FFF_FFFF, .unbind)),
        ("00000010 80000006 00000000 00000003", SMPPPDU(sequence: 3, .unbindResponse)),
        ("00000010 80000000 00000003 00000004", SMPPPDU(sequence: 4, status: .invalidCommandID, .genericNack)),
    ])
    func theOthers(text: String, pdu: SMPPPDU) throws {
        #expect(try Self.encoded(pdu) == Self.octets(text))
        #expect(try SMPPPDU(decoding: ByteBuffer(bytes: Self.octets(text))) == pdu)
    }

    /// Some centres send a body with an error all the same (§4.4.2 leaves it out).
    @Test func anErrorWithABodyIsRead() throws {
        let octets = Self.octets("00000011 80000004 0000000B 00000007 00")
        let pdu = try SMPPPDU(decoding: ByteBuffer(bytes: octets))
        #expect(pdu == SMPPPDU(sequence: 7, status: .invalidDestination, .submitResponse(messageID: "")))
    }

    @Test func statusesAreWrittenAsKannelShowsThem() {
        #expect(SMPPStatus.invalidDestination.description == "0x0000000B")
        #expect(SMPPStatus.throttled.isRetryable && SMPPStatus.queueFull.isRetryable)
        #expect(!SMPPStatus.invalidDestination.isRetryable && !SMPPStatus.ok.isRetryable)
    }

    @Test func descriptionsHoldNoNumberAndNoPassword() {
        #expect(!SMPPAddress("19900000001").description.contains("1990"))
        #expect(!SMPPBind(systemID: "youdai", password: "geheim").description.contains("geheim"))
    }
}
