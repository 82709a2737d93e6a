import ArgumentParser
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import ServiceRuntime

/// `youdai roster import|generate`
struct RosterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roster",
        abstract: "名册：导入、生成 · The roster of entitled people: import it, or make a synthetic one.",
        subcommands: [Import.self, Generate.self])

    /// `youdai roster import FILE`
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "导入名册（CSV，UTF-8 或 GB18030）· Import a roster file.",
            discussion: """
                第一行为表头，必须有：姓名、身份证号、类别、服务站；可有：\(RosterColumn.allCases.filter { !$0.isRequired }.map(\.chinese).joined(separator: "、"))。
                好的行入库，坏的行逐行说明原因；重复导入不会重复建档，空白栏不会清除已有信息。
                The first row holds the headings: \(RosterColumn.allCases.map(\.rawValue).joined(separator: ", ")). Good rows are kept, \
                bad ones reported with their line; importing again updates and never doubles. Exit status 1 when rows were bad.
                """)

        @OptionGroup var installation: InstallationOptions
        @Argument(help: "名册文件 · The roster file (CSV).")
        var file: String
        @Option(help: "文件编码 · \(TextEncoding.allCases.map(\.rawValue).joined(separator: " or ")); otherwise found out.")
        var encoding: String?
        @Option(help: "以服务站身份导入 · Import as this station, its own people only: 341602-01.")
        var station: String?
        @Option(help: "坏行清单 · Write all bad rows to this file (CSV); the terminal shows the first 20.")
        var report: String?
        @Option(help: "Another intake than the installation's: host:port.")
        var intake: String?
        @Option(help: "The programme whose stations may be named; otherwise the installation's own.")
        var programme: String?

        func run() async throws {
            let encoding = try Self.encoding(self.encoding)
            let installation = try self.installation.load()
            let programme = try ProgrammeFile.load(self.programme ?? installation.programmeFile)
            let desk = Desk(
                addresses: [.intake: try self.address(installation)], signer: try installation.signer(),
                division: programme.divisionCode, connections: 4)
            if let report = self.report, Self.areTheSame(report, self.file) {
                throw OperationsError(
                    "坏行清单不能写入名册本身，请换一个文件名 · the report would overwrite the roster: name another file.")
            }
            let view = RosterView(file: self.file, report: try self.report.map(RosterView.Report.init))
            let importer = RosterImport(
                desk: desk, programme: programme, station: self.station, encoding: encoding)
            let start = ContinuousClock.now
            do {
                let tally = try await importer.run(self.file, bad: view.bad, progress: view.progress)
                await desk.shutdown()
                view.finish(tally, took: ContinuousClock.now - start)
                if tally.bad > 0 { throw ExitCode(1) }
            } catch {
                await desk.shutdown()
                throw error
            }
        }

        /// Whether two paths name one file, by whatever way.
        private static func areTheSame(_ one: String, _ other: String) -> Bool {
            func identity(_ path: String) -> [Int]? {
                guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                    let volume = attributes[.systemNumber] as? Int, let number = attributes[.systemFileNumber] as? Int
                else { return nil }
                return [volume, number]
            }
            return one == other || identity(one) != nil && identity(one) == identity(other)
        }

        private func address(_ installation: Installation) throws(OperationsError) -> (host: String, port: Int) {
            if let text = self.intake {
                guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
                    throw OperationsError("--intake 应为 主机:端口 · must be host:port.")
                }
                return (String(text[..<colon]), port)
            }
            guard let access = installation.services[.intake] else { throw OperationsError("no address for intake") }
            return (access.host, access.port)
        }

        static func encoding(_ name: String?) throws(OperationsError) -> TextEncoding? {
            guard let name else { return nil }
            guard let encoding = TextEncoding(rawValue: name.lowercased().replacing("-", with: "")) else {
                throw OperationsError(
                    "没有编码“\(name)”· there is no encoding \(name): take \(TextEncoding.allCases.map(\.rawValue).joined(separator: " or "))."
                )
            }
            return encoding
        }
    }

    /// `youdai roster generate`
    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "生成合成名册 · Write a synthetic roster to standard output; nobody in it exists, and every row says so.")

        @Argument(help: "方案文件 · The programme file.")
        var programme: String
        @Option(help: "人数 · People.")
        var people = 2_000
        @Option(help: "The same number makes the same roster.")
        var seed: UInt64 = 1
        @Option(help: "\(TextEncoding.allCases.map(\.rawValue).joined(separator: " or ")).")
        var encoding = "utf8"
        @Option(help: "A file to write to instead of standard output.")
        var output: String?

        func run() throws {
            guard (1...5_000_000).contains(self.people) else { throw OperationsError("--people is from 1 to 5000000.") }
            let programme = try ProgrammeFile.load(self.programme)
            let writer = try RosterWriter(
                programme: programme, encoding: try Import.encoding(self.encoding) ?? .utf8)
            let population = try Population(
                programme: programme, count: self.people, chance: Chance(seed: self.seed))
            var descriptor = STDOUT_FILENO
            if let path = self.output {
                guard
                    !FileManager.default.fileExists(atPath: path)
                        || FileManager.default.createFile(atPath: path, contents: nil),
                    let file = SystemCalls.openForWriting(path)
                else {
                    throw OperationsError("\(path) 无法写入 · cannot be written: check the path and its permissions.")
                }
                descriptor = file
            }
            var buffer = try writer.header()
            for person in population.people {
                buffer += try writer.row(person)
                if buffer.count > 1 << 16 {
                    try Self.write(buffer, to: descriptor)
                    buffer.removeAll(keepingCapacity: true)
                }
            }
            try Self.write(buffer, to: descriptor)
        }

        private static func write(_ bytes: [UInt8], to descriptor: CInt) throws(OperationsError) {
            guard SystemCalls.write(bytes, to: descriptor) else {
                throw OperationsError("名册未写完，请检查磁盘空间 · the roster could not be written to its end: look at the disk.")
            }
        }
    }
}
