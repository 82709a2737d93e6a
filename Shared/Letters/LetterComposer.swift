import CardProgramme

/// Composes the pages of letters from one office.
///
/// The address stands where DIN 5008 form B has its window (20 mm from the left, 45 mm from the top, 90 by 45 mm), with
/// room for the sheet to slide: DL (5号, folded at 105 and 210 mm) and C5 (7号, folded once). The head follows the letter form
/// of GB/T 9704, the text is 15 points (小三) with 25 of line, for readers who are not young.
struct LetterComposer {
    private static let left = 25.0.mm
    /// Thirty characters of 15 points, and a hair for rounding.
    private static let textWidth = 450.5
    private static let right = Self.left + Self.textWidth
    private static let size = 15.0
    private static let pitch = 25.0
    private static let bodyTop = 93.0.mm
    /// On the pages after the first.
    private static let nextTop = 30.0.mm
    private static let bottom = 272.0.mm

    private let typesetter: Typesetter
    private let office: LetterOffice
    /// What every first page shows.
    private let head: [Mark]

    init(_ office: LetterOffice, _ typesetter: Typesetter) throws(LetterError) {
        self.typesetter = typesetter
        self.office = office
        self.head = try Self.head(office, typesetter)
        if let postcode = office.postcode { try Typesetter.check(postcode: postcode, .officePostcode) }
        try Typesetter.check(office.address, .officeAddress)
    }

    /// The pages of one letter.
    ///
    /// The slip stands at the foot of the first. The foot of the others stays free as well: printed on both sides, tearing
    /// the slip off takes no text with it.
    func pages(_ letter: Letter) throws(LetterError) -> [[Mark]] {
        guard LetterBatch.isNumber(letter.number), let code = Code128(letter.number) else {
            throw LetterError(.number)
        }
        let slip = try letter.replySlip.map { slip throws(LetterError) in
            try SlipComposer(self.typesetter, self.office).marks(slip, number: letter.number, code)
        }
        let bottom = slip == nil ? Self.bottom : SlipComposer.tear - 10.0.mm
        let lines = try self.lines(letter)
        let tail = try self.tail(letter)
        let pages = LetterFlow.pages(
            lines.map(\.place), tail: tail.height,
            first: Int((bottom - Self.bodyTop) / Self.pitch), next: Int((bottom - Self.nextTop) / Self.pitch))
        guard pages.count <= LetterBatch.mostPages else { throw LetterError(.tooManyPages) }
        var result: [[Mark]] = []
        for (index, range) in pages.enumerated() {
            var marks = index == 0 ? try self.first(letter, code) : try self.next(letter)
            let top = index == 0 ? Self.bodyTop : Self.nextTop
            for (row, line) in lines[range].enumerated() {
                let place = Point(x: Self.left, y: top + Double(row) * Self.pitch)
                let mark = Mark.Kind.text(
                    line.text, lines: line.place.index..<(line.place.index + 1), at: place, pitch: Self.pitch)
                marks.append(Mark(kind: mark))
            }
            if index == pages.count - 1 { marks += tail.marks(top + Double(range.count) * Self.pitch) }
            if pages.count > 1 { marks.append(try self.pageNumber(index + 1, of: pages.count, bottom)) }
            if index == 0, let slip { marks += slip }
            result.append(marks)
        }
        return result
    }

    // MARK: - First page

    private static func head(_ office: LetterOffice, _ typesetter: Typesetter) throws(LetterError) -> [Mark] {
        let name = try typesetter.line(
            office.name, sizes: [30, 28, 26, 24, 22, 20, 18], isBold: true, width: Self.textWidth, alignment: .centre,
            .officeName)
        let column = 122.0.mm
        let width = Self.right - column
        var marks: [Mark] = [
            .text(name, x: Self.left, top: 15.0.mm, pitch: 16.0.mm, .red),
            .rule(from: Self.left, to: Self.right, y: 34.0.mm, width: 2.2, .red),
            .rule(from: Self.left, to: Self.right, y: 35.3.mm, width: 0.7, .red),
            // Where to fold for DL.
            .rule(from: 5.0.mm, to: 9.0.mm, y: 105.0.mm, width: 0.4, .grey),
            .rule(from: 5.0.mm, to: 9.0.mm, y: 210.0.mm, width: 0.4, .grey),
            .text(try typesetter.label("咨询电话", size: 12), x: column, top: 68.0.mm, pitch: 6.0.mm),
            .text(
                try typesetter.line(
                    office.telephone, sizes: [22, 20, 18, 16, 14], isBold: true, width: width, .officeTelephone),
                x: column, top: 73.5.mm, pitch: 9.5.mm),
        ]
        if let hours = office.hours {
            let text = try typesetter.line(hours, sizes: [10.5, 10, 9], width: width, .officeHours)
            marks.append(.text(text, x: column, top: 83.0.mm, pitch: 5.0.mm))
        }
        return marks
    }

    private func first(_ letter: Letter, _ code: Code128) throws(LetterError) -> [Mark] {
        let column = 122.0.mm
        let width = Self.right - column
        let quiet = Double(Code128.quietZone) * 0.34.mm
        let number = try self.typesetter.text("函件编号 \(letter.number)", TextStyle(size: 10.5), .body)
        guard number.width <= width,
            let barcode = Mark.barcode(code, x: column - quiet, top: 56.0.mm, width: width + 2 * quiet, height: 10.0.mm)
        else { throw LetterError(.number) }
        return try self.head + [.text(number, x: column, top: 50.0.mm, pitch: 5.5.mm), barcode]
            + self.address(letter.recipient)
    }

    /// The rows that are read through the window: in the largest size that breaks no line of the address; where none does, in
    /// the larger of two with lines broken.
    private func address(_ recipient: Letter.Recipient) throws(LetterError) -> [Mark] {
        try Typesetter.check(recipient.name, .name)
        try Typesetter.check(recipient.honorific, .honorific)
        if let postcode = recipient.postcode { try Typesetter.check(postcode: postcode, .postcode) }
        guard !recipient.address.isEmpty else { throw LetterError(.empty(.address)) }
        for (size, rows, mayBreak) in [(13.0, 6, false), (12, 6, false), (11, 7, false), (13, 6, true), (11, 7, true)] {
            let style = TextStyle(size: size, width: 82.0.mm)
            let pitch = 1.4 * size
            var texts: [TextHandle] = []
            if let postcode = recipient.postcode { texts.append(try self.typesetter.text(postcode, style, .postcode)) }
            for line in recipient.address { texts.append(try self.typesetter.text(line, style, .address)) }
            guard mayBreak || texts.allSatisfy({ $0.lineCount == 1 }) else { continue }
            let name = TextStyle(size: size + 2, isBold: true, width: 82.0.mm)
            let words = "\(recipient.name)　\(recipient.honorific)（收）"
            texts.append(try self.typesetter.text(words, name, .name, mostLines: 2))
            guard texts.reduce(0, { $0 + $1.lineCount }) <= rows else { continue }
            var top = 50.0.mm
            return texts.map { text in
                defer { top += Double(text.lineCount) * pitch }
                return .text(text, x: Self.left, top: top, pitch: pitch)
            }
        }
        throw LetterError(.tooLong(.address))
    }

    // MARK: - Text

    private struct Line {
        let text: TextHandle
        let place: LetterFlow.Line
    }

    /// Salutation and paragraphs, line by line.
    private func lines(_ letter: Letter) throws(LetterError) -> [Line] {
        try Typesetter.check(letter.recipient.name, .name)
        let salutation = letter.salutation ?? "尊敬的\(letter.recipient.name)\(letter.recipient.honorific)："
        let part: LetterError.Part = letter.salutation == nil ? .name : .salutation
        guard !letter.paragraphs.isEmpty else { throw LetterError(.empty(.body)) }
        var texts = [
            try self.typesetter.text(
                salutation, TextStyle(size: Self.size, width: Self.textWidth), part, mostLines: 2)
        ]
        let style = TextStyle(size: Self.size, width: Self.textWidth, indent: 2 * Self.size, isJustified: true)
        for paragraph in letter.paragraphs {
            guard paragraph.utf8.count <= LetterBatch.mostParagraphBytes else { throw LetterError(.tooManyPages) }
            texts.append(try self.typesetter.text(paragraph, style, .body))
        }
        return texts.flatMap { text in
            let count = text.lineCount
            return (0..<count).map { Line(text: text, place: LetterFlow.Line(index: $0, count: count)) }
        }
    }

    /// Closing, signature and date, which stay together.
    private struct Tail {
        let closing: [TextHandle]
        let name: TextHandle
        let date: TextHandle
        /// In lines; one is left free for the seal to reach into.
        let height: Int

        func marks(_ start: Double) -> [Mark] {
            var marks: [Mark] = []
            var top = start
            for text in self.closing {
                marks.append(.text(text, x: LetterComposer.left, top: top, pitch: LetterComposer.pitch))
                top += Double(text.lineCount) * LetterComposer.pitch
            }
            top += 0.6 * LetterComposer.pitch
            // Centred above each other, the longer one two characters from the right margin.
            let width = max(self.name.width, self.date.width)
            let middle = LetterComposer.right - 2 * LetterComposer.size - width / 2
            for text in [self.name, self.date] {
                marks.append(.text(text, x: middle - text.width / 2, top: top, pitch: LetterComposer.pitch))
                top += LetterComposer.pitch
            }
            return marks
        }
    }

    private func tail(_ letter: Letter) throws(LetterError) -> Tail {
        var closing: [TextHandle] = []
        for (index, line) in letter.closing.enumerated() {
            let style = TextStyle(size: Self.size, width: Self.textWidth, indent: index == 0 ? 2 * Self.size : 0)
            closing.append(try self.typesetter.text(line, style, .closing, mostLines: 3))
        }
        guard closing.count <= 3 else { throw LetterError(.tooLong(.closing)) }
        let name = try self.typesetter.text(self.office.name, TextStyle(size: Self.size), .officeName)
        guard name.width <= Self.textWidth - 2 * Self.size else { throw LetterError(.tooLong(.officeName)) }
        return Tail(
            closing: closing, name: name, date: try self.typesetter.label(letter.date.chinese, size: Self.size),
            height: closing.reduce(0) { $0 + $1.lineCount } + 3)
    }

    // MARK: - Further pages

    private func next(_ letter: Letter) throws(LetterError) -> [Mark] {
        let number = try self.typesetter.label("函件编号 \(letter.number)", size: 10.5)
        let name = try self.typesetter.line(
            self.office.name, sizes: [10.5, 9, 8, 7], width: Self.textWidth - number.width - 20, .officeName)
        return [
            .text(name, x: Self.left, top: 18.0.mm, pitch: 6.0.mm),
            .text(number, x: Self.right - number.width, top: 18.0.mm, pitch: 6.0.mm),
            .rule(from: Self.left, to: Self.right, y: 25.0.mm, width: 0.7, .red),
        ]
    }

    private func pageNumber(_ page: Int, of count: Int, _ bottom: Double) throws(LetterError) -> Mark {
        let words = "第 \(page) 页 共 \(count) 页" + (page < count ? "（转下页）" : "")
        let text = try self.typesetter.label(words, size: 10)
        return .text(text, x: Self.right - text.width, top: bottom + 0.5.mm, pitch: 4.5.mm, .grey)
    }
}
