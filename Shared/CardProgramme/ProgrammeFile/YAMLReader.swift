import FoundationEssentials
import Yams

/// Reads a YAML text value by value and notes every mistake with its place instead of stopping at the first.
///
/// A method that cannot give a value notes why and returns nil; the caller goes on with the rest of the file. A value is
/// built at the end only if ``mistakes`` is empty.
struct YAMLReader {
    /// A part of the document, so that other files need not name the YAML package.
    typealias Value = Node

    /// A mapping whose keys were checked, with the values by key.
    struct Fields {
        let node: Node
        let values: [String: Node]
        /// What the mapping is, for messages: "batches[2]".
        let path: String

        subscript(_ key: String) -> Node? { self.values[key] }
    }

    /// Larger files are refused unread; the biggest real one has a few kilobytes.
    static let largestFile = 1 << 20

    let file: String
    private(set) var mistakes: [ProgrammeMistake] = []

    init(file: String) {
        self.file = file
    }

    /// The document's root, or nil with the syntax error noted.
    mutating func root(of yaml: String) -> Node? {
        guard yaml.utf8.count <= Self.largestFile else {
            self.note(line: 1, column: 1, "文件超过1 MB，不是方案文件。", "The file is over 1 MB; it is no programme file.")
            return nil
        }
        do {
            if let node = try compose(yaml: yaml) { return node }
            self.note(line: 1, column: 1, "文件是空的。", "The file is empty.")
        } catch {
            self.noteSyntax(error, in: yaml)
        }
        return nil
    }

    /// Notes a mistake at a node.
    mutating func note(_ node: Node, _ zh: String, _ en: String) {
        self.note(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, zh, en)
    }

    private mutating func note(line: Int, column: Int, _ zh: String, _ en: String) {
        self.mistakes.append(ProgrammeMistake(file: self.file, line: line, column: column, zh: zh, en: en))
    }

    private mutating func noteSyntax(_ error: any Error, in yaml: String) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            self.note(
                line: mark.line, column: mark.column, "YAML 语法错误，请检查缩进、冒号和引号（\(problem)）。",
                "This is not YAML; look at indentation, colons and quotes (\(problem)).")
        case YamlError.duplicatedKeysInMapping(let duplicates, let context):
            // The text names the keys as programmers see them; the plain names are enough.
            let names = duplicates.sorted().joined(separator: ", ")
            self.note(
                line: context.mark.line, column: context.mark.column, "此处有重复的键：\(names)，请只保留一个。",
                "Keys stand twice in this mapping: \(names); keep one.")
        case YamlError.reader(let problem, let offset, _, _):
            let line = yaml.prefix(offset ?? 0).filter(\.isNewline).count + 1
            self.note(
                line: line, column: 1, "文件含有 YAML 不允许的字符（\(problem)），请用 UTF-8 保存。",
                "The file has characters YAML does not allow (\(problem)); save it as UTF-8.")
        default:
            self.note(line: 1, column: 1, "无法读取该 YAML 文件。", "This YAML file cannot be read.")
        }
    }

    /// The line a node stands on, from 1.
    func line(of node: Node) -> Int { node.mark?.line ?? 1 }

    // MARK: - Structures

    /// A mapping with these keys; unknown and missing ones are noted.
    mutating func fields(
        _ node: Node, path: String, required: [String], optional: [String] = []
    ) -> Fields? {
        guard let mapping = node.mapping else {
            self.note(node, "\(path) 应为“键: 值”的形式。", "\(path) must be a mapping of keys and values.")
            return nil
        }
        var values: [String: Node] = [:]
        let known = required + optional
        for (key, value) in mapping {
            guard let name = key.scalar?.string, known.contains(name) else {
                let name = key.scalar?.string ?? "?"
                let nearest = Self.nearest(to: name, among: known)
                let zh = nearest.map { "，是否应为 \($0)？" } ?? "。可用的键：\(known.joined(separator: "、"))。"
                let en = nearest.map { "; did you mean \($0)?" } ?? "; the keys are \(known.joined(separator: ", "))."
                self.note(key, "\(path) 中没有“\(name)”这个键\(zh)", "\(path) has no key “\(name)”\(en)")
                continue
            }
            values[name] = value
        }
        for key in required where values[key] == nil {
            self.note(node, "\(path) 缺少“\(key)”，请补上。", "\(path) lacks “\(key)”; add it.")
        }
        return Fields(node: node, values: values, path: path)
    }

    /// The elements of a list; nil when the key is absent or the value is none.
    mutating func list(_ fields: Fields, _ key: String, allowsEmpty: Bool = false) -> [Node]? {
        guard let node = fields[key] else { return nil }
        guard let sequence = node.sequence else {
            self.note(node, "\(fields.path).\(key) 应为列表。", "\(fields.path).\(key) must be a list.")
            return nil
        }
        if sequence.isEmpty, !allowsEmpty {
            self.note(node, "\(fields.path).\(key) 不能为空列表。", "\(fields.path).\(key) must not be an empty list.")
            return nil
        }
        return Array(sequence)
    }

    // MARK: - Values

    /// A text that is not empty.
    mutating func text(_ node: Node, path: String) -> String? {
        guard let scalar = node.scalar else {
            self.note(node, "\(path) 应为一个文字值。", "\(path) must be a single value.")
            return nil
        }
        guard !scalar.string.isEmpty, !scalar.string.allSatisfy(\.isWhitespace) else {
            self.note(node, "\(path) 没有填写。", "\(path) is empty.")
            return nil
        }
        return scalar.string
    }

    mutating func text(_ fields: Fields, _ key: String) -> String? {
        guard let node = fields[key] else { return nil }
        return self.text(node, path: "\(fields.path).\(key)")
    }

    /// A list of texts, none of them twice.
    mutating func texts(_ fields: Fields, _ key: String) -> [String]? {
        guard let nodes = self.list(fields, key) else { return nil }
        var texts: [String] = []
        for (index, node) in nodes.enumerated() {
            guard let text = self.text(node, path: "\(fields.path).\(key)[\(index + 1)]") else { continue }
            if texts.contains(text) {
                self.note(
                    node, "\(fields.path).\(key) 中“\(text)”出现两次。", "“\(text)” stands twice in \(fields.path).\(key).")
            }
            texts.append(text)
        }
        return texts
    }

    mutating func day(_ fields: Fields, _ key: String) -> CalendarDay? {
        guard let node = fields[key], let text = self.text(fields, key) else { return nil }
        guard let day = CalendarDay(text) else {
            self.note(
                node, "\(fields.path).\(key) 的“\(text)”不是存在的日期，请写成 2022-03-01。",
                "“\(text)” at \(fields.path).\(key) is not a date that exists; write 2022-03-01.")
            return nil
        }
        return day
    }

    mutating func integer(_ fields: Fields, _ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = fields[key], let text = self.text(fields, key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            self.note(
                node, "\(fields.path).\(key) 应为\(range.lowerBound)至\(range.upperBound)的整数，现为“\(text)”。",
                "\(fields.path).\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound), not “\(text)”."
            )
            return nil
        }
        return number
    }

    /// One of a fixed set of codes. A Chinese name in place of its code is recognised, so that the mistake can name it.
    mutating func code<Code: RawRepresentable<String> & CaseIterable>(
        _ node: Node, path: String, chinese: (Code) -> String
    ) -> Code? {
        guard let text = self.text(node, path: path) else { return nil }
        if let code = Code(rawValue: text) { return code }
        let named = Code.allCases.first { chinese($0) == text }?.rawValue
        let codes = Code.allCases.map(\.rawValue)
        if let suggestion = named ?? Self.nearest(to: text, among: codes) {
            self.note(
                node, "\(path) 的“\(text)”请写成代码 \(suggestion)。", "Write the code \(suggestion) for “\(text)” at \(path)."
            )
        } else {
            self.note(
                node, "\(path) 没有“\(text)”这个代码，可用：\(codes.joined(separator: "、"))。",
                "\(path) has no code “\(text)”; there are \(codes.joined(separator: ", ")).")
        }
        return nil
    }

    /// The known word that a mistyped one most likely stands for.
    static func nearest(to word: String, among known: [String]) -> String? {
        let close = known.map { (word: $0, distance: Self.distance(Array(word.utf8.prefix(64)), Array($0.utf8))) }
            .min { $0.distance < $1.distance }
        guard let close else { return nil }
        // Two letters exchanged count as two changes; in a word of four letters that is too much to be a slip.
        let length = close.word.utf8.count
        guard close.distance <= max(length < 5 ? 1 : 2, length / 3) else { return nil }
        return close.word
    }

    /// How many insertions, deletions and substitutions lie between two words.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                current.append(
                    min(previous[column] + (byte == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[right.count]
    }
}
