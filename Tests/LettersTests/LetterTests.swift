import FoundationEssentials
import Letters
import Testing

@Suite("Letters")
struct LetterTests {
    @Test("a letter is one page of A4, and all of it can be read back")
    func onePage() async throws {
        let letter = Examples.letter(1, name: "测试甲")
        let reader = try Reader(Examples.batch([letter]).lettersPDF())
        let facts = try await reader.facts()
        #expect(facts["Pages"] == "1")
        #expect(facts["Page size"]?.hasPrefix("595.276 x 841.89") == true)
        #expect(facts["Title"] == "2022年第三批")
        #expect(facts["Author"] == Examples.office.name)
        let words = try await reader.words()
        for text in letter.paragraphs + letter.recipient.address + ReplySlip.usualOptions {
            #expect(words.contains(text.filter { !$0.isWhitespace }), "\(text)")
        }
        for text in [
            "尊敬的测试甲同志：", "测试甲同志（收）", "999901", "199-0000-0001", "此致敬礼！", "2022年11月3日", "回执",
            "寄回：999900某某县测试大道1号政务服务中心三楼某某县退役军人事务局（收）", "工作日8:30–11:30，14:30–17:30",
        ] {
            #expect(words.contains(text), "\(text)")
        }
        #expect(words.ranges(of: "函件编号TX2211-000001").count == 2)
        // The name stands in the window and in the salutation, and never on the slip.
        #expect(words.ranges(of: "测试甲").count == 2)
    }

    @Test(
        "rare characters of names are embedded and read back",
        arguments: ["𠮷", "\u{20164}", "\u{2A6D6}", "\u{2A700}", "\u{2B740}", "\u{2B820}", "\u{2CEB0}", "㐂", "䶮", "·"])
    func rare(character: String) async throws {
        let reader = try Reader(Examples.batch([Examples.letter(name: "测\(character)甲")]).lettersPDF())
        #expect(try await reader.words().contains("尊敬的测\(character)甲同志："))
        for font in try await reader.fonts() { #expect(font.isEmbedded, "\(font.name)") }
    }

    @Test("fonts are the two packages' and no others, whatever is installed")
    func fonts() async throws {
        let reader = try Reader(Examples.batch([Examples.letter(name: "测\u{2CEB0}\u{2A6D6}甲")]).lettersPDF())
        let names = Set(try await reader.fonts().map { $0.name.split(separator: "+").last ?? "" })
        #expect(names.isSuperset(of: ["NotoSerifCJKsc-Regular", "NotoSerifCJKsc-Bold"]))
        #expect(names.contains { $0.hasPrefix("HanaMin") })
        #expect(names.allSatisfy { $0.hasPrefix("NotoSerifCJK") || $0.hasPrefix("HanaMin") }, "\(names)")
    }

    @Test(
        "a barcode reader sees the number on the letter and on the slip",
        arguments: ["TX2211-000001", "7", "ABCDEF-GHIJ-KL"])
    func barcode(number: String) async throws {
        var letter = Examples.letter()
        letter.number = number
        let reader = try Reader(Examples.batch([letter]).lettersPDF())
        #expect(try await reader.barcodes(page: 1, below: 228) == [number])
        letter.replySlip = nil
        #expect(try await Reader(Examples.batch([letter]).lettersPDF()).barcodes(page: 1) == [number])
    }

    @Test("the address stands in the window, whatever its length")
    func window() async throws {
        let long = [
            "某某自治区某某自治州某某县测试乡测试村组", "测试牧场东三公里处测试厂家属院第十二排四号", "由测试乡人民政府转交",
        ]
        for address in [["测试路1号"], Examples.letter().recipient.address, long] {
            let letter = Examples.letter(1, name: "测试阿卜杜热·测试提", address: address)
            let reader = try Reader(Examples.batch([letter]).lettersPDF())
            for word in ["999901"] + address.map({ String($0.prefix(4)) }) + ["测试阿卜杜热"] {
                let place = try #require(try await reader.place(of: word, page: 1))
                // 20 to 110 mm and 45 to 90 mm, less what a sheet slides.
                #expect(place.left >= 67 && place.right <= 308, "\(word)")
                #expect(place.top >= 135 && place.bottom <= 253, "\(word)")
            }
        }
    }

    @Test("a longer text goes on upon a second page, whole, and the foot of both stays free")
    func secondPage() async throws {
        let paragraphs = (1...9).map { "第\($0)段。" + Examples.paragraphs[1] }
        let reader = try Reader(Examples.batch([Examples.letter(1, paragraphs: paragraphs)]).lettersPDF())
        #expect(try await reader.pageCount() == 2)
        let first = try await reader.words(page: 1)
        let second = try await reader.words(page: 2)
        #expect(first.contains("第1页共2页（转下页）") && second.contains("第2页共2页"))
        #expect(first.contains("回执") && !second.contains("回执"))
        #expect(second.contains("函件编号TX2211-000001") && second.contains("此致敬礼！某某县退役军人事务局2022年11月3日"))
        #expect(!first.contains("此致"))
        // No character of the text is lost or said twice between the pages.
        let body = try #require(first.firstRange(of: "尊敬的测试甲同志：")).upperBound
        let end = try #require(first.firstRange(of: "第1页共2页")).lowerBound
        let start = try #require(second.firstRange(of: "TX2211-000001")).upperBound
        let close = try #require(second.firstRange(of: "此致")).lowerBound
        #expect(first[body..<end] + second[start..<close] == paragraphs.joined())
        let signed = try #require(try await reader.place(of: "2022年11月3日", page: 2))
        // The slip begins at 228 mm.
        #expect(signed.bottom < 646)
    }

    @Test("without a slip there is room for more", arguments: [true, false])
    func slip(hasSlip: Bool) async throws {
        var letter = Examples.letter(1, paragraphs: Examples.paragraphs + [Examples.paragraphs[1]])
        if !hasSlip { letter.replySlip = nil }
        let reader = try Reader(Examples.batch([letter]).lettersPDF())
        #expect(try await reader.pageCount() == (hasSlip ? 2 : 1))
        #expect(try await reader.words().contains("请在相应的方框内打") == hasSlip)
    }

    @Test("lines are divided without loss, the signature is never alone, and pages hold what they can")
    func flow() {
        for count in 1...80 {
            for paragraph in [1, 2, 3, 5, 8] {
                let lines = (0..<count).map { index in
                    LetterFlow.Line(
                        index: index % paragraph, count: min(paragraph, count - index / paragraph * paragraph))
                }
                let pages = LetterFlow.pages(lines, tail: 5, first: 14, next: 21)
                #expect(pages.flatMap { Array($0) } == Array(0..<count))
                for (index, page) in pages.enumerated() {
                    let room = index == 0 ? 14 : 21
                    #expect(page.count + (index == pages.count - 1 ? 5 : 0) <= room)
                    #expect(page.count >= (index == pages.count - 1 ? min(2, count) : 5))
                }
            }
        }
    }

    @Test("a letter or a recipient in a log shows nothing of the person")
    func masked() {
        let letter = Examples.letter(1, name: "测试甲")
        var dumped = ""
        dump([letter], to: &dumped)
        dump(letter.recipient, to: &dumped)
        for text in ["\(letter)", String(reflecting: [letter]), "\(letter.recipient)", dumped] {
            #expect(!text.contains("测试"))
        }
    }
}
