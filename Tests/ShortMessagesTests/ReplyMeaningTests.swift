import ShortMessages
import TestSupport
import Testing

struct ReplyMeaningTests {
    @Test(arguments: [
        ("1", ReplyMeaning.coming), (" 1 ", .coming), ("１", .coming), ("1。", .coming), ("【1】", .coming), ("①", .coming),
        ("1\u{FE0F}\u{20E3}", .coming), ("𝟏", .coming), ("\u{200F}1\u{202C}", .coming), ("1\r\n", .coming),
        ("\u{3000}1\u{A0}", .coming), ("“1”", .coming), ("1!", .coming), ("2", .wantsChange), ("２", .wantsChange),
        ("T", .optOut), ("t", .optOut), ("Ｔ", .optOut), ("TD", .optOut), ("td", .optOut), ("Td.", .optOut),
        ("ＴＤ", .optOut), ("N", .optOut), ("n", .optOut), ("R", .optOut), ("ｒ", .optOut), ("退订", .optOut),
        ("退订。", .optOut), (" 退订 ", .optOut), ("“退订”", .optOut), ("取消订阅", .optOut), ("取消\u{200B}订阅", .optOut),
        ("T\u{0}D", .optOut), ("ⓣ", .optOut), ("全部退订", .optOutAll), ("全部退订！", .optOutAll), ("KT", .optIn),
        ("kt", .optIn), ("ＫＴ", .optIn),
        // For a person to read.
        ("", .other), (" ", .other), ("。", .other), ("12", .other), ("1 2", .other), ("11", .other), ("3", .other),
        ("1?", .other), ("1？", .other), ("我来", .other), ("不退订", .other), ("退订吗", .other), ("TDD", .other),
        ("T D", .other), ("全部 退订", .other), ("退訂", .other), ("no", .other), ("STOP", .other), ("一", .other),
        ("-1", .other), ("1.5", .other), ("Т", .other), ("І", .other), ("\u{1F44D}", .other), ("K T", .other),
    ])
    func isReadByTheWholeText(text: String, meaning: ReplyMeaning) {
        #expect(ReplyMeaning(text) == meaning)
    }

    @Test func longOnesAreForAPersonAndCut() {
        let spaces = String(repeating: " ", count: 4095)
        #expect(ReplyMeaning("1" + spaces) == .other)
        #expect(ReplyMeaning("1" + spaces.prefix(999)) == .coming, "exactly 1,000 units")
        #expect(ReplyMeaning("1" + spaces.prefix(1000)) == .other)
        let long = String(repeating: "长", count: 4096)
        let shown = ReplyMeaning.shown(long)
        #expect(shown.hasPrefix(String(repeating: "长", count: 1000) + "…") && shown.contains("cut"))
        #expect(ReplyMeaning.shown(String(long.prefix(1000))) == String(long.prefix(1000)))
        // A pair is not cut in two.
        let pairs = ReplyMeaning.shown("a" + String(repeating: "𠮷", count: 600))
        #expect(pairs.hasPrefix("a" + String(repeating: "𠮷", count: 499) + "…"))
    }

    @Test(arguments: [
        ("a\u{0}b\u{7}c", "abc"), ("a\r\nb\tc", "a  b c"), ("\u{202E}txt\u{202C}", "txt"), ("\u{2066}x\u{2069}", "x"),
        ("\u{2028}x", " x"), ("\u{E000}", "\u{FFFD}"), ("好👨‍👩‍👧", "好👨‍👩‍👧"), ("<b>&", "<b>&"), ("\u{FEFF}1", "1"),
    ])
    func whatIsShownHidesNothingAndTurnsNothingRound(text: String, shown: String) {
        #expect(ReplyMeaning.shown(text) == shown)
    }

    @Test func anyTextIsReadAndWhatIsShownMeansTheSame() {
        var random = SeededGenerator(seed: 5)
        let pieces = ["1", "2", "T", "td", "退订", "全部", "KT", " ", "\u{0}", "\u{202E}", "。", "？", "𠮷", "Ｎ", "\r\n", "x"]
        var met: Set<ReplyMeaning> = []
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            let meaning = ReplyMeaning(text)
            met.insert(meaning)
            let shown = ReplyMeaning.shown(text)
            #expect(ReplyMeaning(shown) == meaning, "\(Array(text.unicodeScalars))")
            #expect(shown.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
        #expect(met == [.coming, .wantsChange, .optOut, .optOutAll, .optIn, .other])
    }
}
