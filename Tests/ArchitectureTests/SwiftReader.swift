/// Reads Swift just far enough to tell code, comments and texts apart; line breaks stay where they are.
///
/// What is interpolated into a text counts as text. Regular expression literals are not in use here.
struct SwiftReader {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var uncommented: [UInt8] = []
    private(set) var code: [UInt8] = []

    init(_ text: String) { self.bytes = Array(text.utf8) }

    mutating func read() {
        while self.position < self.bytes.count {
            if self.stands("//") {
                self.skip { $0 == UInt8(ascii: "\n") }
            } else if self.stands("/*") {
                self.skipBlockComment()
            } else if let mark = self.textBegins() {
                self.readText(mark)
            } else {
                self.code.append(self.bytes[self.position])
                self.uncommented.append(self.bytes[self.position])
                self.position += 1
            }
        }
    }

    private func stands(_ text: String, at offset: Int = 0) -> Bool {
        let start = self.position + offset
        let wanted = text.utf8
        return start + wanted.count <= self.bytes.count
            && self.bytes[start..<(start + wanted.count)].elementsEqual(wanted)
    }

    private mutating func skip(until ends: (UInt8) -> Bool) {
        while self.position < self.bytes.count, !ends(self.bytes[self.position]) { self.position += 1 }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if self.stands("/*") {
                depth += 1
                self.position += 2
            } else if self.stands("*/") {
                depth -= 1
                self.position += 2
            } else {
                if self.bytes[self.position] == UInt8(ascii: "\n") {
                    self.code.append(UInt8(ascii: "\n"))
                    self.uncommented.append(UInt8(ascii: "\n"))
                }
                self.position += 1
            }
        } while depth > 0 && self.position < self.bytes.count
    }

    private struct Mark {
        var hashes: Int
        var isMultiline: Bool
    }

    private func textBegins() -> Mark? {
        var hashes = 0
        while self.stands("#", at: hashes) { hashes += 1 }
        guard self.stands("\"", at: hashes) else { return nil }
        return Mark(hashes: hashes, isMultiline: self.stands("\"\"\"", at: hashes))
    }

    private mutating func take(_ count: Int, asCode: Bool) {
        for byte in self.bytes[self.position..<min(self.position + count, self.bytes.count)] {
            self.uncommented.append(byte)
            if asCode || byte == UInt8(ascii: "\n") { self.code.append(byte) }
        }
        self.position += count
    }

    private mutating func readText(_ mark: Mark) {
        let quotes = mark.isMultiline ? "\"\"\"" : "\""
        let hashes = String(repeating: "#", count: mark.hashes)
        self.take(mark.hashes + quotes.utf8.count, asCode: true)
        let end = quotes + hashes
        let escape = "\\" + hashes
        while self.position < self.bytes.count {
            if self.stands(escape + "(") {
                self.take(escape.utf8.count, asCode: false)
                self.readInterpolation()
            } else if self.stands(escape) {
                self.take(escape.utf8.count + 1, asCode: false)
            } else if self.stands(end) {
                self.take(end.utf8.count, asCode: true)
                return
            } else {
                self.take(1, asCode: false)
            }
        }
    }

    /// Up to the parenthesis that closes it; texts inside are texts of their own.
    private mutating func readInterpolation() {
        var depth = 0
        repeat {
            if let mark = self.textBegins() {
                self.readText(mark)
                continue
            }
            if self.stands("(") { depth += 1 }
            if self.stands(")") { depth -= 1 }
            self.take(1, asCode: false)
        } while depth > 0 && self.position < self.bytes.count
    }
}
