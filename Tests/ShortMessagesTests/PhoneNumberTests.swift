import CardProgramme
import ShortMessages
import TestSupport
import Testing

struct PhoneNumberTests {
    @Test(arguments: [
        "19900000001", "+8619900000001", "008619900000001", "8619900000001", "199-0000-0001", "199 0000 0001",
        "+86 199 0000 0001", "(+86)199-0000-0001", "１９９０００００００１", "＋８６ 199 0000 0001", "\u{202A}19900000001\u{202C}",
        "199\u{2013}0000\u{2014}0001", " 19900000001\u{FEFF}",
    ])
    func aMobileNumberAsPeopleWriteIt(text: String) throws {
        let number = try PhoneNumber(text)
        #expect(number.e164 == "+8619900000001")
        #expect(number.national == "19900000001")
        #expect(number.isMobile)
    }

    @Test(arguments: [
        ("0558-5500000", "+865585500000", "05585500000"), ("(0558) 5500000", "+865585500000", "05585500000"),
        ("（0558）5500000", "+865585500000", "05585500000"), ("+86 558 5500000", "+865585500000", "05585500000"),
        ("+86 0558 5500000", "+865585500000", "05585500000"), ("0086-558-5500000", "+865585500000", "05585500000"),
        ("010-65000000", "+861065000000", "01065000000"), ("+86 10 65000000", "+861065000000", "01065000000"),
        ("021-65000000", "+862165000000", "02165000000"), ("0512-65000000", "+8651265000000", "051265000000"),
    ])
    func aLandlineHasItsAreaCode(text: String, e164: String, national: String) throws {
        let number = try PhoneNumber(text)
        #expect(number.e164 == e164)
        #expect(number.national == national)
        #expect(!number.isMobile)
        #expect(try PhoneNumber(number.national) == number && PhoneNumber(number.e164) == number)
    }

    @Test(arguments: [
        ("", PhoneNumberError.empty), ("   ", .empty), ("+", .empty), ("-", .empty), ("电话", .characters),
        ("0558-5500000转12", .characters), ("0558-5500000x12", .characters), ("19900000001/19900000002", .characters),
        ("199+0000+0001", .characters), ("1990000000", .length), ("199000000011", .length), ("0558-550000", .length),
        ("5500000", .areaCodeMissing), ("65000000", .areaCodeMissing), ("+1 202 555 0100", .otherCountry),
        ("00442070000000", .otherCountry), ("+85290000000", .otherCountry), ("12900000001", .unassigned),
        ("11900000001", .unassigned), ("0158-5500000", .unassigned), ("0558-1500000", .unassigned),
        ("0558-9500000", .unassigned), ("95588", .notReachable), ("4008200000", .notReachable), ("110", .notReachable),
        ("0", .length), ("+86", .length), ("+861", .length),
        (String(repeating: "1", count: 4096), .length), ("1990000000\u{0661}", .characters),
        ("19900000001\n19900000002", .characters), ("1\u{0}9900000001", .characters),
    ])
    func whatCannotBeReachedIsRefusedWithItsReason(text: String, reason: PhoneNumberError) {
        #expect(throws: reason) { try PhoneNumber(text) }
    }

    @Test func everyReasonSaysWhatToDoInTwoLanguages() {
        for reason in PhoneNumberError.allCases {
            #expect(reason.description.contains("。") && reason.description.hasSuffix("."))
        }
        #expect(Set(PhoneNumberError.allCases.map(\.description)).count == PhoneNumberError.allCases.count)
    }

    @Test func noDescriptionShowsTheNumber() throws {
        let message = try Sample.message()
        let inbound = InboundSMS(
            from: message.to, to: "1069", text: "我叫测试甲", reference: nil, at: nil)
        let sent = SentSMS(id: message.id, to: message.to, reference: "r", submittedAt: Sample.now)
        #expect("\(message.to)" == "199****0001")
        let landline = try PhoneNumber("0558-5500000")
        #expect("\(landline)" == "0558*****00")
        var dumped = ""
        for value: any Sendable in [message.to, message, inbound, sent, [message], try Sample.secret()] {
            dumped += "\(value) \(String(reflecting: value))"
            dump(value, to: &dumped)
        }
        for secret in ["9900000001", "测试甲", Sample.secretText] { #expect(!dumped.contains(secret)) }
    }

    @Test func anyTextIsReadOrRefusedAndComesBackTheSame() {
        var random = SeededGenerator(seed: 11)
        let letters = Array("0123456789+- ()１０转x\u{202E}\u{200D}")
        var read = 0
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...16, using: &random)).map { _ in
                    // Mostly digits, or nothing would ever be a number.
                    Bool.random(using: &random)
                        ? letters[Int.random(in: 0..<10, using: &random)] : letters.randomElement(using: &random) ?? "0"
                })
            guard let number = try? PhoneNumber(text) else { continue }
            read += 1
            #expect(number.e164.hasPrefix("+86") && number.e164.utf8.count >= 12 && number.e164.utf8.count <= 14)
            #expect((try? PhoneNumber(number.national)) == number)
            #expect(number.isMobile == (number.national.utf8.count == 11 && number.national.first == "1"))
        }
        #expect(read > 20)
    }
}
