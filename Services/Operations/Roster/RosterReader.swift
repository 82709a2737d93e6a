import CardProgramme

/// Turns the bytes of a roster file, as they come, into people and mistakes. Memory holds one row.
///
/// The encoding is what the file shows first: a byte order mark, or the first field with a character beyond ASCII, which is
/// GB18030 when it is no UTF-8.
struct RosterReader: ~Copyable {
    /// What stands on a line of the file.
    enum Line: Sendable {
        case person(RosterRow, line: Int)
        case mistakes([RosterMistake], line: Int)
    }

    private var rows = CSVReader()
    private var encoding: TextEncoding?
    private let converter: TextConverter
    private var header: RosterHeader?
    private var start: [UInt8]? = []

    /// - Parameter encoding: nil to find out.
    /// - Throws: ``OperationsError`` when this system cannot convert GB18030.
    init(encoding: TextEncoding?) throws(OperationsError) {
        self.encoding = encoding
        self.converter = try TextConverter(from: .gb18030, to: .utf8)
    }

    /// What the file turned out to be written in; nil as long as it is plain ASCII.
    var foundEncoding: TextEncoding? { self.encoding }
    var foundHeader: RosterHeader? { self.header }

    /// Takes in a piece of the file.
    ///
    /// - Throws: ``RosterMistake`` when the file as a whole cannot be read: no header, or an encoding that is none of the two.
    mutating func read(_ bytes: ArraySlice<UInt8>, _ body: (Line) -> Void) throws(RosterMistake) {
        var piece = bytes
        if let start = self.start {
            let beginning = start + piece
            guard beginning.count >= 3 else {
                self.start = beginning
                return
            }
            self.start = nil
            piece = try self.withoutMark(beginning)
        }
        var found: [CSVReader.Row] = []
        self.rows.read(piece) { found.append($0) }
        try self.take(found, body)
    }

    /// Takes in the end of the file.
    mutating func finish(_ body: (Line) -> Void) throws(RosterMistake) {
        var found: [CSVReader.Row] = []
        if let start = self.start {
            self.rows.read(start) { found.append($0) }
            self.start = nil
        }
        self.rows.finish { found.append($0) }
        try self.take(found, body)
        guard self.header != nil else {
            throw RosterMistake(
                nil, "roster.blank", zh: "文件是空的，第一行应为表头。", en: "The file is empty; its first row must be the headings.")
        }
    }

    private mutating func withoutMark(_ bytes: [UInt8]) throws(RosterMistake) -> ArraySlice<UInt8> {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            self.encoding = .utf8
            return bytes.dropFirst(3)
        }
        let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        let isWorkbook = bytes.starts(with: Array("PK\u{3}".utf8)) || bytes.starts(with: [0xD0, 0xCF, 0x11])
        guard !isUTF16, !isWorkbook else {
            throw RosterMistake(
                nil, "roster.format",
                zh: isWorkbook
                    ? "这是 Excel 工作簿，请在 Excel 中“另存为”CSV（逗号分隔）后再导入。"
                    : "文件是 UTF-16 编码，请另存为“CSV UTF-8（逗号分隔）”或“CSV（逗号分隔）”后再导入。",
                en: isWorkbook
                    ? "This is an Excel workbook: save it as CSV (comma delimited) first."
                    : "The file is UTF-16: save it as “CSV UTF-8” or “CSV (comma delimited)” first.")
        }
        return bytes[...]
    }

    private mutating func take(_ found: [CSVReader.Row], _ body: (Line) -> Void) throws(RosterMistake) {
        for row in found {
            switch row {
            case .broken(let line):
                guard self.header != nil else {
                    throw RosterMistake(
                        nil, "roster.header", zh: "第一行的引号不配对，无法读出表头。",
                        en: "The quotes of the first row do not match, so there are no headings.")
                }
                body(
                    .mistakes(
                        [
                            RosterMistake(
                                nil, "roster.broken", zh: "该行引号不配对或过长，无法读出；文件若在此中断，请重新导出。",
                                en:
                                    "The quotes of this row do not match or it is too long; if the file breaks off here, export it again."
                            )
                        ], line: line))
            case .fields(let fields, let line): try self.take(fields, line, body)
            }
        }
    }

    private mutating func take(
        _ fields: [[UInt8]], _ line: Int, _ body: (Line) -> Void
    ) throws(RosterMistake) {
        var texts: [String] = []
        texts.reserveCapacity(fields.count)
        for field in fields {
            guard let text = self.text(field) else {
                let mistake = RosterMistake(
                    nil, "roster.encoding",
                    zh: "该行含有无法识别的字符编码，请将文件统一保存为 UTF-8 或 GB18030（ANSI）。",
                    en: "This row has bytes that are no characters: save the whole file as UTF-8 or GB18030 (ANSI).")
                guard self.header != nil else { throw mistake }
                body(.mistakes([mistake], line: line))
                return
            }
            texts.append(text)
        }
        guard let header = self.header else {
            self.header = try RosterHeader(texts)
            return
        }
        do {
            body(.person(try header.row(texts), line: line))
        } catch {
            body(.mistakes(error.mistakes, line: line))
        }
    }

    private mutating func text(_ bytes: [UInt8]) -> String? {
        switch self.encoding {
        case .utf8: return String(validating: bytes, as: UTF8.self)
        case .gb18030:
            return self.converter.converted(bytes).flatMap { String(validating: $0, as: UTF8.self) }
        case nil:
            if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
            self.encoding = String(validating: bytes, as: UTF8.self) == nil ? .gb18030 : .utf8
            return self.text(bytes)
        }
    }
}
