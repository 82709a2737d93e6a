/// Why a letter, or a batch of them, is not printed. The sentence names the letter's number and never anything of the person.
package struct LetterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What of a letter is meant.
    package enum Part: String, Hashable, Sendable, CaseIterable {
        case name, honorific, address, postcode, salutation, body, closing, replySlip
        case officeName, officeTelephone, officeHours, officeAddress, officePostcode, batchName
    }

    package enum Code: Hashable, Sendable {
        /// No letters.
        case emptyBatch
        /// Not capital letters, digits and hyphens, or too many.
        case number
        /// Another letter of the batch has the same number.
        case repeatedNumber
        case empty(Part)
        /// More than there is room for.
        case tooLong(Part)
        /// Line breaks, tabs, marks that turn the direction of writing, and others that are not seen.
        case control(Part)
        /// A character of somebody's own (U+E000 and others): every font shows something else in its place.
        case privateUse(Part)
        /// A character that no font here has.
        case noGlyph(Part)
        /// A postcode that is not six digits.
        case digits(Part)
        /// More than ``LetterBatch/mostPages`` pages.
        case tooManyPages
        /// The fonts named are not installed.
        case fonts([String])
        /// There is no memory, or cairo could not go on.
        case library
    }

    package let code: Code
    /// Its place in the batch, from 1; nil when the batch or the machine is at fault.
    package var position: Int?
    /// The number of the letter; nil also when it is the number that is wrong.
    package var number: String?

    package init(_ code: Code, position: Int? = nil, number: String? = nil) {
        self.code = code
        self.position = position
        self.number = number
    }

    /// The same, of one letter, where it is one letter's.
    func of(_ letter: Letter, at position: Int) -> LetterError {
        guard self.isOfOneLetter else { return self }
        return LetterError(self.code, position: position, number: self.code == .number ? nil : letter.number)
    }

    /// Whether it lies in what all letters say alike.
    package var isOfWords: Bool {
        switch self.code {
        case .empty(let part), .tooLong(let part), .control(let part), .privateUse(let part), .noGlyph(let part),
            .digits(let part):
            part == .body || part == .closing || part == .replySlip
        case .tooManyPages: true
        case .fonts, .library, .emptyBatch, .number, .repeatedNumber: false
        }
    }

    /// Whether the other letters could be printed.
    var isOfOneLetter: Bool {
        switch self.code {
        case .fonts, .library, .emptyBatch: false
        case .empty(let part), .tooLong(let part), .control(let part), .privateUse(let part), .noGlyph(let part),
            .digits(let part):
            !part.isOfOffice
        case .number, .repeatedNumber, .tooManyPages: true
        }
    }

    /// What is wrong and what to do: in Chinese, then in English.
    package var description: String {
        guard let position = self.position else { return "\(self.chinese) \(Self.capital(self.english))" }
        let zh = self.number.map { "第 \(position) 封信（编号 \($0)）：" } ?? "第 \(position) 封信："
        let en = self.number.map { "Letter \(position) (number \($0)): " } ?? "Letter \(position): "
        return "\(zh)\(self.chinese) \(en)\(self.english)"
    }

    private var chinese: String {
        switch self.code {
        case .emptyBatch: "这一批没有信函，请先选定收件人。"
        case .number: "函件编号只能用大写字母、数字和连字符，最多 \(Code128.mostCharacters) 位，请重新编号。"
        case .repeatedNumber: "函件编号与本批另一封重复，请重新编号。"
        case .empty(let part): "\(part.chinese)为空，请补填后再打印。"
        case .tooLong(let part): "\(part.chinese)太长，版面放不下，请缩短后再打印。"
        case .control(let part): "\(part.chinese)含有换行、制表符或其他不可见字符，请删除后再打印。"
        case .privateUse(let part): "\(part.chinese)含有自造字（专用区编码），打印出来会是别的字，请改用标准编码的字。"
        case .noGlyph(let part): "\(part.chinese)含有字库中没有的字，打印不出来，请核对用字；确需此字的，请手写此信。"
        case .digits(let part): "\(part.chinese)应为六位数字，请更正。"
        case .tooManyPages: "正文超过 \(LetterBatch.mostPages) 页，请缩短。"
        case .fonts(let names): "缺少字体 \(names.joined(separator: "、"))，请安装 fonts-noto-cjk 和 fonts-hanazono。"
        case .library: "无法生成 PDF（内存不足或排版库出错），请稍后重试。"
        }
    }

    private var english: String {
        switch self.code {
        case .emptyBatch: "this batch has no letters; choose recipients first."
        case .number:
            "a letter's number has capital letters, digits and hyphens only, at most \(Code128.mostCharacters); give it another."
        case .repeatedNumber: "another letter of this batch has the same number; give it another."
        case .empty(let part): "\(part.english) is empty; fill it in and print again."
        case .tooLong(let part): "\(part.english) is longer than there is room for; shorten it and print again."
        case .control(let part): "\(part.english) has a line break, a tab or another character nobody sees; remove it."
        case .privateUse(let part):
            "\(part.english) has a private-use character, which would print as another one; use the standard one."
        case .noGlyph(let part):
            "\(part.english) has a character that no font has; check it, and write this letter by hand if it is right."
        case .digits(let part): "\(part.english) must be six digits; correct it."
        case .tooManyPages: "the text is longer than \(LetterBatch.mostPages) pages; shorten it."
        case .fonts(let names):
            "the fonts \(names.joined(separator: ", ")) are missing; install fonts-noto-cjk and fonts-hanazono."
        case .library: "the PDF could not be made (no memory, or the library failed); try again later."
        }
    }

    private static func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

extension LetterError.Part {
    var isOfOffice: Bool {
        switch self {
        case .officeName, .officeTelephone, .officeHours, .officeAddress, .officePostcode, .batchName: true
        case .name, .honorific, .address, .postcode, .salutation, .body, .closing, .replySlip: false
        }
    }

    var chinese: String {
        switch self {
        case .name: "收件人姓名"
        case .honorific: "收件人称谓"
        case .address: "收件地址"
        case .postcode: "收件人邮编"
        case .salutation: "抬头"
        case .body: "正文"
        case .closing: "结束语"
        case .replySlip: "回执选项"
        case .officeName: "寄件单位名称"
        case .officeTelephone: "咨询电话"
        case .officeHours: "接听时间"
        case .officeAddress: "寄件单位地址"
        case .officePostcode: "寄件单位邮编"
        case .batchName: "批次名称"
        }
    }

    var english: String {
        switch self {
        case .name: "the recipient's name"
        case .honorific: "the recipient's honorific"
        case .address: "the address"
        case .postcode: "the postcode"
        case .salutation: "the salutation"
        case .body: "the text"
        case .closing: "the closing"
        case .replySlip: "an answer of the reply slip"
        case .officeName: "the office's name"
        case .officeTelephone: "the office's telephone number"
        case .officeHours: "the office's hours"
        case .officeAddress: "the office's address"
        case .officePostcode: "the office's postcode"
        case .batchName: "the batch's name"
        }
    }
}
