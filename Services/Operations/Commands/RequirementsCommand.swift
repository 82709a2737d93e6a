import ArgumentParser
import FoundationEssentials

/// `youdai requirements`
struct RequirementsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requirements",
        abstract: "要求对照表：每条要求由哪个测试证明 · Every requirement and the test that shows it, or what it waits for.")

    @Argument(help: "The list, as the repository has it.")
    var file = "Tests/requirements.csv"
    @Option(help: "Only these: test, issue, later, outside.")
    var kind: String?

    func run() throws {
        guard let data = try? Data(contentsOf: URL(filePath: self.file)),
            let text = String(validating: data, as: UTF8.self)
        else {
            throw OperationsError(
                "\(self.file) cannot be read: call this in the repository, or name its Tests/requirements.csv.")
        }
        var rows = [["row", "what", "shown by"]]
        var counts: [String: Int] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            guard cells.count == 4 else { throw OperationsError("\(self.file): this line has not four cells: \(line)") }
            counts[cells[1], default: 0] += 1
            if let kind = self.kind, kind != cells[1] { continue }
            let proof =
                switch cells[1] {
                case "test": cells[2]
                case "issue": "waits for issue \(cells[2])"
                case "later": "waits for: \(cells[2])"
                default: "no matter of software: \(cells[2])"
                }
            rows.append([cells[0], cells[3], proof])
        }
        for row in rows {
            Terminal.write("  \(Terminal.padded(row[0], 5))\(Terminal.padded(row[1], 56))\(row[2])\n")
        }
        let total = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        Terminal.write("  \(total)\n")
    }
}
