import ShortMessages
import Testing

struct FailureClassTests {
    @Test(arguments: [
        ("DELIVRD", FailureClass?.none), ("delivrd ", nil), ("MK:0001", .invalidNumber), ("DB:0101", .invalidNumber),
        ("CB:0001", .invalidNumber), ("空号", .invalidNumber), ("用户号码为空号", .invalidNumber), ("MK:0005", .suspended),
        ("MK:0013", .suspended), ("UNDELIV", .suspended), ("DB:0102", .suspended), ("停机", .suspended),
        ("EXPIRED", .temporarilyOff), ("MK:0010", .temporarilyOff), ("MK:0023", .temporarilyOff),
        ("关机", .temporarilyOff), ("DB:0144", .blocked), ("DBBLACK", .blocked), ("MBBLACK", .blocked),
        ("黑名单", .blocked), ("签名未报备", .contentOrSignature), ("关键词", .contentOrSignature),
        ("MK:0014", .contentOrSignature), ("MK:0115", .contentOrSignature), ("流控", .throttled),
        ("IB:0008", .throttled), ("0x58", .throttled), ("0x00000058", .throttled), ("mk:0001", .invalidNumber),
        // A state that says little beside a code that says more.
        ("UNDELIV MK:0001", .invalidNumber), ("UNDELIV/DB:0144", .blocked), ("EXPIRED 停机", .suspended),
        // Never guessed.
        ("MK:00012", .unknownCode), ("XMK:0001", .unknownCode), ("REJECTD", .unknownCode), ("UNKNOWN", .unknownCode),
        ("关机/停机/不在服务区", .unknownCode), ("", .unknownCode), ("\u{0}", .unknownCode), ("UNDELIVERED", .unknownCode),
    ])
    func carriersWords(code: String, failure: FailureClass?) {
        #expect(FailureClass.carrier(code) == failure)
    }

    @Test func whatMayBeRepeatedIsWhatCertainlyWasNotSent() {
        let outcomes: [(SubmitOutcome, sent: Bool, providers: Bool)] = [
            (.accepted(reference: nil, parts: 1), true, false), (.unknown(code: "timed_out"), true, true),
            (.rejected(.blocked, code: "x"), false, false), (.notSent(code: "refused"), false, true),
            (.throttled(retryAfter: .seconds(1), code: "503"), false, true),
        ]
        for (outcome, sent, providers) in outcomes {
            #expect(outcome.mayHaveBeenSent == sent && outcome.isProviderFailure == providers)
        }
        #expect(Set(outcomes.map(\.0.metricLabel)).count == 5)
    }

    @Test func aCodeNeverCarriesAText() {
        let receipt = Receipt(
            message: nil, reference: nil, state: .buffered,
            code: "DELIVRD text:您好\u{202E}<b>\n" + String(repeating: "9", count: 500),
            at: nil)
        #expect(receipt.code.utf16.count == 64)
        #expect(!receipt.code.contains("<") && !receipt.code.contains("\n") && !receipt.code.contains(" "))
    }
}
