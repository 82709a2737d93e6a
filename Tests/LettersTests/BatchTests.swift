import FoundationEssentials
import Letters
import Testing

@Suite("Batches of letters", .serialized)
struct BatchTests {
    @Test("letters come in the order given, each from a page of its own")
    func order() async throws {
        let order = [7, 3, 9, 1]
        let reader = try Reader(Examples.batch(order.map { Examples.letter($0) }).lettersPDF())
        #expect(try await reader.pageCount() == 4)
        for (index, number) in order.enumerated() {
            #expect(try await reader.words(page: index + 1).contains("函件编号\(Examples.number(number))"))
        }
    }

    @Test("printed on both sides every letter begins a sheet")
    func sides() async throws {
        let long = Examples.letter(2, paragraphs: Examples.paragraphs + Examples.paragraphs)
        let batch = Examples.batch([Examples.letter(1), long, Examples.letter(3)], sides: .two)
        let reader = try Reader(batch.lettersPDF())
        #expect(try await reader.pageCount() == 6)
        #expect(try batch.writeLetters { _ in } == 6)
        for (page, number) in [(1, 1), (3, 2), (4, 2), (5, 3)] {
            #expect(try await reader.words(page: page).contains(Examples.number(number)))
        }
        for page in [2, 6] { #expect(try await reader.words(page: page).isEmpty) }
    }

    @Test("the list has every letter once, in order, and each page its head and number")
    func addressSheet() async throws {
        let letters = (1...45).map { Examples.letter($0, name: Examples.name($0)) }
        let batch = Examples.batch(letters)
        let reader = try Reader(batch.addressSheetPDF())
        let count = try await reader.pageCount()
        #expect(count > 3)
        #expect(try batch.writeAddressSheet { _ in } == count)
        var rest = letters[...]
        for page in 1...count {
            let words = try await reader.words(page: page)
            for text in ["函件投递清单", "挂号号码", "签收/退回", "第\(page)页共\(count)页", "共45件", "批次：2022年第三批", "邮局经办人："] {
                #expect(words.contains(text), "\(page): \(text)")
            }
            let here = rest.prefix { words.contains($0.number) }
            #expect(!here.isEmpty)
            for letter in here {
                #expect(words.contains(letter.recipient.name))
                #expect(words.ranges(of: letter.number).count == 1)
            }
            rest = rest.dropFirst(here.count)
        }
        #expect(rest.isEmpty)
        #expect(try await reader.facts()["Page size"]?.hasPrefix("841.89 x 595.276") == true)
        let whole = try await reader.words()
        #expect(whole.ranges(of: "某某省某某市某某区测试街道测试路12号").count == 45)
    }

    @Test("a list of few is one page")
    func shortSheet() async throws {
        let reader = try Reader(Examples.batch([Examples.letter(1, postcode: nil)]).addressSheetPDF())
        #expect(try await reader.words().contains("第1页共1页"))
    }

    @Test("the same batch gives the same bytes, and the day is the caller's")
    func reproducible() async throws {
        let batch = Examples.batch((1...20).map { Examples.letter($0, name: Examples.name($0)) })
        let first = try batch.lettersPDF()
        #expect(try batch.lettersPDF() == first)
        #expect(try batch.addressSheetPDF() == batch.addressSheetPDF())
        // Midnight in Asia/Shanghai, in whatever zone poppler shows it.
        #expect(try await Reader(first).facts()["CreationDate"] == "2022-11-03T00:00:00+08")
        var later = batch
        later.date = Examples.day("2022-11-04")
        #expect(try later.lettersPDF() != first)
    }

    @Test("calls at the same time do not disturb each other")
    func concurrent() async throws {
        let batches = (0..<4).map { part in
            Examples.batch((1...25).map { Examples.letter($0, name: Examples.name(part * 100 + $0)) })
        }
        let alone = try batches.map { try $0.lettersPDF() }
        let together = try await withThrowingTaskGroup(of: (Int, Data).self) { group in
            for (index, batch) in batches.enumerated() {
                for _ in 0..<3 { group.addTask { (index, try batch.lettersPDF()) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(together.count == 12)
        for (index, data) in together { #expect(data == alone[index]) }
    }

    private struct Full: Error {}

    @Test("what the receiver of the bytes throws ends the call, and so does cancellation")
    func ends() async throws {
        let batch = Examples.batch((1...50).map { Examples.letter($0) })
        var pieces = 0
        #expect(throws: Full.self) {
            _ = try batch.writeLetters { _ in
                pieces += 1
                if pieces == 3 { throw Full() }
            }
        }
        #expect(pieces == 3)
        #expect(throws: Full.self) { _ = try batch.writeAddressSheet { _ in throw Full() } }
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try batch.writeLetters { _ in }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    /// Resident bytes of this process: the second figure of `/proc/self/statm` (proc(5)), in pages of 4 kB.
    private func resident() throws -> Int {
        let text = String(decoding: try Data(contentsOf: URL(filePath: "/proc/self/statm")), as: UTF8.self)
        return try #require(Int(text.split(separator: " ")[1])) * 4096
    }

    @Test("a thousand letters take no more memory than a hundred, but for the fonts' characters, and milliseconds each")
    func thousand() async throws {
        let batch = Examples.batch((1...1000).map { Examples.letter($0, name: Examples.name($0)) })
        var pieces = 0
        var early = 0
        var most = 0
        var bytes = 0
        var data = Data()
        var pages = 0
        let time = try ContinuousClock().measure {
            pages = try batch.writeLetters { piece in
                pieces += 1
                bytes += piece.count
                data.append(contentsOf: piece)
                if pieces == 100 { early = try self.resident() }
                if pieces >= 100 { most = max(most, try self.resident()) }
            }
        }
        #expect(pages == 1000)
        // One piece a letter, and the fonts at the end.
        #expect(pieces == 1001)
        print("1,000 letters: \(time), \(bytes) bytes, resident at 100 \(early), at most \(most)")
        #expect(most - early < 40 << 20)
        #expect(time < .seconds(30))
        let reader = try Reader(data)
        #expect(try await reader.pageCount() == 1000)
        #expect(try await reader.words(page: 1000).contains("尊敬的\(Examples.name(1000))同志："))
    }

    @Test("nothing is left behind by a call")
    func nothingStays() throws {
        let batch = Examples.batch([Examples.letter(name: "测\u{2A6D6}")])
        for _ in 0..<10 { _ = try batch.lettersPDF() }
        let before = try self.resident()
        for _ in 0..<100 { _ = try batch.lettersPDF() }
        let growth = try self.resident() - before
        print("100 calls leave \(growth) bytes")
        #expect(growth < 20 << 20)
    }
}
