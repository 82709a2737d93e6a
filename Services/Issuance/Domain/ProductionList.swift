import CardProgramme
import Crypto
import FoundationEssentials

/// The list a production batch is made from, in the order of R20.
struct ProductionList: Sendable, Equatable {
    struct Line: Sendable, Equatable {
        let submissionID: UUID
        let copy: Int
        let cardKind: CardKind
        let station: String
        let lane: Lane
        /// Programme batch.
        let batch: Int
    }

    let lines: [Line]

    /// SHA-256 over the lines, each ending with a line feed: `position,submission,copy,kind,station,lane,batch`. The same
    /// cards in the same order give the same digest wherever and however often the list is made.
    var digest: String {
        var hasher = SHA256()
        for (index, line) in self.lines.enumerated() {
            hasher.update(data: Array((Self.text(index, line) + "\n").utf8))
        }
        return HexText.encode(hasher.finalize())
    }

    /// As a table for the card maker: UTF-8 with a byte order mark, so that a spreadsheet reads the names.
    ///
    /// - Parameter holders: One for each line; the number is masked.
    func csv(_ holders: [(name: String, maskedNumber: String)]) -> String {
        var text = "\u{FEFF}序号,受理编号,证次,优待证种类,服务站,通道,批次,姓名,公民身份号码（掩码）\r\n"
        for (index, (line, holder)) in zip(self.lines, holders).enumerated() {
            text += "\(Self.text(index, line)),\(Self.quoted(holder.name)),\(Self.quoted(holder.maskedNumber))\r\n"
        }
        return text
    }

    private static func text(_ index: Int, _ line: Line) -> String {
        "\(index + 1),\(line.submissionID.uuidString.lowercased()),\(line.copy),\(line.cardKind.rawValue),\(line.station),\(line.lane.rawValue),\(line.batch)"
    }

    /// Quoted, and never a formula to whoever opens the file.
    private static func quoted(_ text: String) -> String {
        let harmless = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
        var quoted = "\""
        for character in harmless { quoted += character == "\"" ? "\"\"" : String(character) }
        return quoted + "\""
    }
}

enum HexText {
    private static let digits = Array("0123456789abcdef")

    /// Lower-case hexadecimal.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            text.append(Self.digits[Int(byte >> 4)])
            text.append(Self.digits[Int(byte & 15)])
        }
        return text
    }
}
