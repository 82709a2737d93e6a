/// Composes the slip at the foot: boxes for the answer, the letter's number and where it goes back to, but no name.
struct SlipComposer {
    /// Where it is torn off.
    static let tear = 228.0.mm
    private static let left = 25.0.mm
    private static let width = 450.5
    private static let columns = [Self.left, 105.0.mm]
    private static let columnWidth = 78.0.mm

    private let typesetter: Typesetter
    private let office: LetterOffice

    init(_ typesetter: Typesetter, _ office: LetterOffice) {
        self.typesetter = typesetter
        self.office = office
    }

    func marks(_ slip: ReplySlip, number: String, _ code: Code128) throws(LetterError) -> [Mark] {
        guard !slip.options.isEmpty else { throw LetterError(.empty(.replySlip)) }
        guard slip.options.count <= ReplySlip.mostOptions else { throw LetterError(.tooLong(.replySlip)) }
        var marks = try self.head(number, code)
        var top = 247.5.mm
        for row in stride(from: 0, to: slip.options.count, by: 2) {
            for (option, x) in zip(slip.options[row...], Self.columns) {
                marks += try self.option(option, x: x, top: top)
            }
            top += 7.0.mm
        }
        return try marks + self.blanks(top) + self.foot(top + 7.5.mm)
    }

    private func head(_ number: String, _ code: Code128) throws(LetterError) -> [Mark] {
        let cut = try self.typesetter.label("沿此线剪下，寄回或交到服务站", size: 9)
        let middle = PageSize.portraitA4.width / 2
        let gap = cut.width / 2 + 3.0.mm
        let column = 122.0.mm
        let width = Self.left + Self.width - column
        let quiet = Double(Code128.quietZone) * 0.34.mm
        guard
            let barcode = Mark.barcode(
                code, x: column - quiet, top: 232.0.mm, width: width + 2 * quiet, height: 9.0.mm)
        else { throw LetterError(.number) }
        return [
            .rule(from: 8.0.mm, to: middle - gap, y: Self.tear, width: 0.7, dash: 4),
            .rule(from: middle + gap, to: 202.0.mm, y: Self.tear, width: 0.7, dash: 4),
            .text(cut, x: middle - cut.width / 2, top: Self.tear - 2.5.mm, pitch: 5.0.mm),
            .text(
                try self.typesetter.label("回　执", size: 16, isBold: true), x: Self.left, top: 231.5.mm,
                pitch: 8.0.mm),
            .text(
                try self.typesetter.label("请在相应的方框内打“√”", size: 11), x: Self.left, top: 240.0.mm,
                pitch: 6.0.mm),
            barcode,
            .text(try self.typesetter.label("函件编号 \(number)", size: 10), x: column, top: 241.5.mm, pitch: 5.0.mm),
        ]
    }

    private func option(_ words: String, x: Double, top: Double) throws(LetterError) -> [Mark] {
        let side = 4.0.mm
        let start = x + side + 2.0.mm
        let width = Self.columnWidth - (start - x)
        let text = try self.typesetter.line(words, sizes: [12.5, 12, 11, 10], width: width, .replySlip)
        var marks: [Mark] = [
            .box(x: x, y: top + (7.0.mm - side) / 2, side: side), .text(text, x: start, top: top, pitch: 7.0.mm),
        ]
        if words.hasSuffix("：") {
            marks.append(
                .rule(from: start + text.width, to: x + Self.columnWidth - 3.0.mm, y: top + 5.8.mm, width: 0.5))
        }
        return marks
    }

    /// What is filled in by hand.
    private func blanks(_ top: Double) throws(LetterError) -> [Mark] {
        var marks: [Mark] = []
        for (label, x, end) in [("联系电话：", 25.0, 88.0), ("签名：", 92.0, 137.0), ("日期：", 141.0, 183.0)] {
            let text = try self.typesetter.label(label, size: 12)
            marks.append(.text(text, x: x.mm, top: top, pitch: 7.5.mm))
            marks.append(.rule(from: x.mm + text.width, to: end.mm, y: top + 6.2.mm, width: 0.5))
        }
        return marks
    }

    private func foot(_ top: Double) throws(LetterError) -> [Mark] {
        let postcode = self.office.postcode.map { "\($0) " } ?? ""
        let address = "寄回：\(postcode)\(self.office.address) \(self.office.name)（收）"
        let text = try self.typesetter.line(
            address, sizes: [10.5, 10, 9, 8.5], width: Self.width, .officeAddress)
        let call = try self.typesetter.line(
            "也可直接拨打 \(self.office.telephone) 告知，电话里报函件编号即可。", sizes: [10.5, 10, 9], width: Self.width,
            .officeTelephone)
        return [
            .text(text, x: Self.left, top: top, pitch: 4.8.mm),
            .text(call, x: Self.left, top: top + 4.8.mm, pitch: 4.8.mm),
        ]
    }
}
