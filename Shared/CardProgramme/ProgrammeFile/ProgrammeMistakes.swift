/// One thing that is wrong in a programme file, and where.
package struct ProgrammeMistake: Error, Hashable, Sendable {
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1.
    package let column: Int
    /// What is wrong and what to do.
    package let zh: String
    /// The same in English.
    package let en: String

    package init(file: String, line: Int, column: Int, zh: String, en: String) {
        self.file = file
        self.line = line
        self.column = column
        self.zh = zh
        self.en = en
    }
}

extension ProgrammeMistake: CustomStringConvertible {
    /// The mistake as compilers print one: "file:line:column: error: …".
    package var description: String {
        "\(self.file):\(self.line):\(self.column): error: \(self.zh) · \(self.en)"
    }
}

/// All mistakes of a programme file, in the order of its lines.
package struct ProgrammeMistakes: Error, Hashable, Sendable {
    package let mistakes: [ProgrammeMistake]

    package init(_ mistakes: [ProgrammeMistake]) {
        self.mistakes = mistakes.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}

extension ProgrammeMistakes: CustomStringConvertible {
    package var description: String {
        self.mistakes.map(\.description).joined(separator: "\n")
    }
}
