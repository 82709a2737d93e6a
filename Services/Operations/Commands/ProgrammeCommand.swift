import ArgumentParser
import CardProgramme
import FoundationEssentials

/// `youdai programme check FILE`
struct ProgrammeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programme", abstract: "Work on a programme file.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "检查方案文件：逐条列出错误所在的行与原因 · List every mistake of a programme file with line and reason.")

        @Argument(help: "The programme file (YAML).")
        var file: String

        func run() throws {
            let programme = try ProgrammeFile.load(self.file)
            for note in programme.notes(file: self.file) { Terminal.write("\(note)\n") }
            Terminal.write(
                "\(self.file): 正确 ok: \(programme.title), \(programme.batches.count) batches, \(programme.stations.count) stations, \(programme.window.from) – \(programme.window.through?.description ?? "…")\n"
            )
        }
    }
}

/// Reads programme files for commands.
enum ProgrammeFile {
    /// - Throws: ``OperationsError`` with one line per mistake.
    static func load(_ path: String) throws(OperationsError) -> Programme {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw OperationsError("\(path) cannot be read: check the path.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw OperationsError("\(path) is not UTF-8 text: save it as UTF-8.")
        }
        do {
            return try Programme.parse(yaml: text, file: path)
        } catch {
            throw OperationsError("\(path) has mistakes:\n\(error)")
        }
    }
}
