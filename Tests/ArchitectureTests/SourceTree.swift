import FoundationEssentials

/// The files of this working tree, read once.
struct SourceTree: Sendable {
    static let this = SourceTree()

    /// The root, from where this file was compiled.
    let root: String
    /// Every Swift file under `Services`, `Shared` and `Tests`, sorted by path.
    let swift: [SourceFile]
    /// Every file that people read or machines run: sources, scripts, configuration, documentation.
    let texts: [SourceFile]

    private init() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        self.root = root
        var texts: [SourceFile] = []
        for folder in ["Services", "Shared", "Tests", "compose", ".ci"] {
            Self.add(folder, root, &texts)
        }
        for path in ["Package.swift", "README.md", ".swift-format", ".gitignore"] { Self.add(path, root, &texts) }
        self.texts = texts
        self.swift = texts.filter { $0.path.hasSuffix(".swift") && $0.path.contains("/") }
    }

    /// Adds a file, or a folder with all that is in it, in the order of names.
    private static func add(_ path: String, _ root: String, _ files: inout [SourceFile]) {
        if let names = try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(path)") {
            for name in names.sorted() where name != ".DS_Store" { Self.add("\(path)/\(name)", root, &files) }
        } else if let data = try? Data(contentsOf: URL(filePath: "\(root)/\(path)")),
            let text = String(validating: data, as: UTF8.self)
        {
            files.append(SourceFile(path: path, text: text))
        }
    }

    /// Swift files whose path begins with one of these.
    func swift(under prefixes: String...) -> [SourceFile] {
        self.swift.filter { file in prefixes.contains { file.path.hasPrefix($0) } }
    }

    func text(_ path: String) -> SourceFile? { self.texts.first { $0.path == path } }

    /// The folders directly inside one of `Services` and `Shared`.
    func folders(in parent: String) -> [String] {
        Set(
            self.texts.filter { $0.path.hasPrefix("\(parent)/") }.compactMap { file in
                let parts = file.path.split(separator: "/")
                return parts.count > 2 ? String(parts[1]) : nil
            }
        ).sorted()
    }
}

/// One file, and its Swift without what the compiler does not see.
struct SourceFile: Sendable {
    /// From the root: `Services/Intake/API/PersonController.swift`.
    let path: String
    let text: String
    /// The text without comments.
    let uncommented: [String]
    /// The text without comments and without what stands between quotation marks.
    let code: [String]
    /// All of ``code`` in one, to tell quickly that a word is nowhere in a file.
    private let allCode: [UInt8]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        guard path.hasSuffix(".swift") else {
            self.uncommented = []
            self.code = []
            self.allCode = []
            return
        }
        var reader = SwiftReader(text)
        reader.read()
        self.uncommented = Self.lines(reader.uncommented)
        self.code = Self.lines(reader.code)
        self.allCode = reader.code
    }

    /// Whether a text stands anywhere in the code.
    func mentions(_ text: String) -> Bool { Bytes.contain(self.allCode, Array(text.utf8)) }

    var name: String { String(self.path.split(separator: "/").last ?? "") }

    var lines: [String] { Self.lines(Array(self.text.utf8)) }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// `Services/Intake` or `Shared/Access`: what the compiler builds as one.
    var target: String { self.path.split(separator: "/").prefix(2).joined(separator: "/") }

    /// The folder inside its target; empty for a file directly in it.
    var room: String {
        let parts = self.path.split(separator: "/")
        return parts.count > 3 ? String(parts[2]) : ""
    }

    /// The modules it imports.
    var imports: Set<String> {
        Set(
            self.code.compactMap { line in
                let words = line.split(separator: " ")
                guard let mark = words.firstIndex(of: "import"), mark <= 2, words.count > mark + 1 else { return nil }
                return words[words.index(after: mark)].split(separator: ".").first.map { String($0) }
            })
    }

    /// `path:line` of every line of code with one of these texts for which `isWrong` holds.
    func places(of texts: [String], where isWrong: (String) -> Bool = { _ in true }) -> [String] {
        guard texts.contains(where: self.mentions) else { return [] }
        return self.places { line in texts.contains { line.has($0) } && isWrong(line) }
    }

    /// `path:line` of every line of code that holds one of these as a word of its own.
    func places(ofWords words: [String]) -> [String] {
        self.places(of: words) { line in words.contains { line.hasWord($0) } }
    }

    private func places(_ isWrong: (String) -> Bool) -> [String] {
        self.code.enumerated().filter { isWrong($0.element) }.map { "\(self.path):\($0.offset + 1)" }
    }
}

/// Searching in bytes: a thousand times faster than in characters, and sources are searched for ASCII only.
private enum Bytes {
    static func contain(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool { Self.first(wanted, in: bytes, from: 0) != nil }

    static func first(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let head = wanted.first, bytes.count >= wanted.count else { return nil }
        var position = start
        while position <= bytes.count - wanted.count {
            if bytes[position] == head, bytes[position..<(position + wanted.count)].elementsEqual(wanted) {
                return position
            }
            position += 1
        }
        return nil
    }

    static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: false
        }
    }
}

extension String {
    func has(_ text: String) -> Bool { Bytes.contain(Array(self.utf8), Array(text.utf8)) }

    /// Whether a word stands here that is not part of a longer one.
    func hasWord(_ word: String) -> Bool {
        let bytes = Array(self.utf8)
        let wanted = Array(word.utf8)
        var position = 0
        while let start = Bytes.first(wanted, in: bytes, from: position) {
            let end = start + wanted.count
            let isAlone =
                (start == 0 || !Bytes.isPartOfWord(bytes[start - 1]))
                && (end == bytes.count || !Bytes.isPartOfWord(bytes[end]))
            if isAlone { return true }
            position = start + 1
        }
        return false
    }
}
