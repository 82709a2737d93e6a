import CardProgramme

/// Composes the list that goes to the post office with the letters (投递清单), A4 across.
struct AddressSheetComposer {
    /// Heading and width in millimetres; the last two stay empty, for the clerk's hand.
    private static let columns: [(heading: String, width: Double)] = [
        ("序号", 14), ("收件人", 34), ("邮编", 20), ("地　址", 88), ("函件编号", 47), ("挂号号码", 36), ("签收/退回", 28),
    ]
    private static let left = 15.0.mm
    private static let right = 282.0.mm
    private static let tableTop = 31.0.mm
    private static let headingHeight = 9.0.mm
    private static let tableBottom = 185.0.mm
    private static let pitch = 5.4.mm
    private static let size = 11.5

    private let typesetter: Typesetter
    private let batch: LetterBatch

    init(_ batch: LetterBatch, _ typesetter: Typesetter) {
        self.typesetter = typesetter
        self.batch = batch
    }

    /// Which letters stand on which page. Rows are as high as their addresses, so that they are laid out for it once and again
    /// when drawn: a thousand of them kept would fill the memory for nothing.
    func pages() throws(LetterError) -> [Range<Int>] {
        var pages: [Range<Int>] = []
        var start = 0
        var top = Self.tableTop + Self.headingHeight
        for index in self.batch.letters.indices {
            let height = Self.height(try self.row(index))
            if top + height > Self.tableBottom, index > start {
                pages.append(start..<index)
                start = index
                top = Self.tableTop + Self.headingHeight
            }
            top += height
        }
        pages.append(start..<self.batch.letters.count)
        return pages
    }

    func page(_ letters: Range<Int>, number: Int, of count: Int) throws(LetterError) -> [Mark] {
        var marks = try self.head() + self.foot(number, of: count)
        var x = Self.left
        var top = Self.tableTop
        for column in Self.columns {
            let text = try self.typesetter.label(column.heading, size: Self.size, isBold: true)
            marks.append(
                .text(text, x: x + (column.width.mm - text.width) / 2, top: top, pitch: Self.headingHeight))
            x += column.width.mm
        }
        marks.append(.rule(from: Self.left, to: Self.right, y: top, width: 1))
        top += Self.headingHeight
        for index in letters {
            marks.append(.rule(from: Self.left, to: Self.right, y: top, width: index == letters.lowerBound ? 1 : 0.5))
            let cells = try self.row(index)
            let height = Self.height(cells)
            var x = Self.left
            for (cell, column) in zip(cells, Self.columns) {
                if let cell {
                    let free = height - Double(cell.lineCount) * Self.pitch
                    marks.append(.text(cell, x: x + 1.5.mm, top: top + free / 2, pitch: Self.pitch))
                }
                x += column.width.mm
            }
            top += height
        }
        marks.append(.rule(from: Self.left, to: Self.right, y: top, width: 1))
        x = Self.left
        for width in [0] + Self.columns.map(\.width) {
            x += width.mm
            marks.append(.upright(x: x, from: Self.tableTop, to: top, width: 0.5))
        }
        return marks
    }

    /// Lays out what every page shows, to find out whether it can be.
    func emptyPage() throws(LetterError) -> [Mark] { try self.page(0..<0, number: 1, of: 1) }

    /// Refuses a letter that has no place on the list.
    func check(_ index: Int) throws(LetterError) { _ = try self.row(index) }

    private static func height(_ cells: [TextHandle?]) -> Double {
        max(11.0.mm, Double(cells.map { $0?.lineCount ?? 0 }.max() ?? 0) * Self.pitch + 2.6.mm)
    }

    /// The first five cells.
    private func row(_ index: Int) throws(LetterError) -> [TextHandle?] {
        let letter = self.batch.letters[index]
        func cell(
            _ column: Int, _ text: String, _ part: LetterError.Part, centred: Bool = false
        ) throws(LetterError) -> TextHandle {
            let width = Self.columns[column].width.mm - 3.0.mm
            return try self.typesetter.text(
                text, TextStyle(size: Self.size, width: width, alignment: centred ? .centre : .left), part)
        }
        do throws(LetterError) {
            guard LetterBatch.isNumber(letter.number) else { throw LetterError(.number) }
            try Typesetter.check(letter.recipient.name, .name)
            guard !letter.recipient.address.isEmpty else { throw LetterError(.empty(.address)) }
            for line in letter.recipient.address { try Typesetter.check(line, .address) }
            let postcode = try letter.recipient.postcode.map { code throws(LetterError) in
                try cell(2, code, .postcode, centred: true)
            }
            let cells = try [
                cell(0, "\(index + 1)", .body, centred: true), cell(1, letter.recipient.name, .name), postcode,
                cell(3, letter.recipient.address.joined(separator: " "), .address), cell(4, letter.number, .body),
            ]
            // Twelve lines of an address are a mistake, and a row must fit a page.
            guard Self.height(cells) <= 12 * Self.pitch else { throw LetterError(.tooLong(.address)) }
            return cells
        } catch {
            throw error.of(letter, at: index + 1)
        }
    }

    private func head() throws(LetterError) -> [Mark] {
        let width = Self.right - Self.left
        let title = try self.typesetter.line(
            "函件投递清单", sizes: [20], isBold: true, width: width, alignment: .centre, .body)
        let office = try self.typesetter.line(
            "寄件单位：\(self.batch.office.name)", sizes: [11.5, 10, 9, 8], width: 110.0.mm, .officeName)
        let facts = try self.typesetter.line(
            "批次：\(self.batch.name)　日期：\(self.batch.date.chinese)　共 \(self.batch.letters.count) 件",
            sizes: [11.5, 10, 9, 8], width: width - 115.0.mm, alignment: .right, .batchName)
        return [
            .text(title, x: Self.left, top: 11.0.mm, pitch: 10.0.mm),
            .text(office, x: Self.left, top: 23.0.mm, pitch: 6.0.mm),
            .text(facts, x: Self.left + 115.0.mm, top: 23.0.mm, pitch: 6.0.mm),
        ]
    }

    private func foot(_ number: Int, of count: Int) throws(LetterError) -> [Mark] {
        var marks: [Mark] = []
        for (label, x, end) in [("交寄人：", 15.0, 75.0), ("邮局经办人：", 85.0, 155.0), ("交寄日期及日戳：", 165.0, 240.0)] {
            let text = try self.typesetter.label(label, size: Self.size)
            marks.append(.text(text, x: x.mm, top: 189.0.mm, pitch: 7.0.mm))
            marks.append(.rule(from: x.mm + text.width, to: end.mm, y: 195.0.mm, width: 0.5))
        }
        let page = try self.typesetter.label("第 \(number) 页 共 \(count) 页", size: Self.size)
        return marks + [.text(page, x: Self.right - page.width, top: 189.0.mm, pitch: 7.0.mm)]
    }
}
