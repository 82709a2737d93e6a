import FoundationEssentials
import Letters
import Subprocess

/// Reads PDFs back with programs that share nothing with the library: poppler and zbar.
struct Reader: ~Copyable {
    private let path: String

    init(_ data: Data) throws {
        self.path = FileManager.default.temporaryDirectory.path + "/letters-\(UUID()).pdf"
        try data.write(to: URL(filePath: self.path))
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    struct Failure: Error {
        let program: String
        let words: String
    }

    private static func output(_ program: String, _ arguments: [String]) async throws -> String {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), input: .none, output: .string(limit: 16 << 20),
            error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw Failure(program: program, words: result.standardError)
        }
        return result.standardOutput
    }

    /// The text of one page, or of all, in reading order.
    func text(page: Int? = nil) async throws -> String {
        let pages = page.map { ["-f", "\($0)", "-l", "\($0)"] } ?? []
        return try await Self.output("pdftotext", pages + ["-enc", "UTF-8", self.path, "-"])
    }

    /// The text without the breaks of lines, to look for sentences in.
    func words(page: Int? = nil) async throws -> String {
        try await self.text(page: page).filter { !$0.isWhitespace }
    }

    /// What `pdfinfo` says: names and values.
    func facts() async throws -> [String: String] {
        var facts: [String: String] = [:]
        for line in try await Self.output("pdfinfo", ["-isodates", self.path]).split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            facts[String(line[..<colon])] = line[line.index(after: colon)...].drop { $0 == " " }.description
        }
        return facts
    }

    func pageCount() async throws -> Int { Int(try await self.facts()["Pages"] ?? "") ?? 0 }

    /// Each font: its name, and whether it is embedded, a subset, and says what its glyphs mean.
    func fonts() async throws -> [(name: String, isEmbedded: Bool)] {
        try await Self.output("pdffonts", [self.path]).split(separator: "\n").dropFirst(2).map { line in
            let words = line.split(separator: " ")
            return (String(words[0]), words.dropLast(2).suffix(3).allSatisfy { $0 == "yes" })
        }
    }

    /// Where words stand on a page, in points from the upper left corner.
    func place(of word: String, page: Int) async throws -> (left: Double, top: Double, right: Double, bottom: Double)? {
        let text = try await Self.output(
            "pdftotext", ["-bbox", "-f", "\(page)", "-l", "\(page)", "-enc", "UTF-8", self.path, "-"])
        guard let line = text.split(separator: "\n").first(where: { $0.contains(word) && $0.contains("xMin") }) else {
            return nil
        }
        let numbers = line.split(separator: "\"").compactMap { Double($0) }
        return numbers.count == 4 ? (numbers[0], numbers[1], numbers[2], numbers[3]) : nil
    }

    /// What a barcode reader sees on a printed page, or below a height of it in millimetres.
    func barcodes(page: Int, below top: Double = 0) async throws -> [String] {
        let picture = self.path + "-\(page)"
        let (dots, edge) = (200, Int(top / 25.4 * 200))
        _ = try await Self.output(
            "pdftoppm",
            [
                "-r", "\(dots)", "-gray", "-singlefile", "-f", "\(page)", "-l", "\(page)", "-x", "0", "-y", "\(edge)",
                "-W", "1654", "-H", "\(2339 - edge)", self.path, picture,
            ])
        defer { try? FileManager.default.removeItem(atPath: picture + ".pgm") }
        return try await Self.output("zbarimg", ["--nodbus", "-q", "--raw", picture + ".pgm"]).split(separator: "\n")
            .map { String($0) }
    }
}
