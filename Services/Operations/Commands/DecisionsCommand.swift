import ArgumentParser
import Contracts

/// `youdai decisions import FILE`
struct DecisionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decisions", abstract: "市、省、银行的结果清单 · Lists of what city, province and bank decided.",
        subcommands: [Import.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "导入结果清单 · Record a CSV file of decisions; exit status 2 when some rows were not taken.",
            discussion: """
                Columns by the first line, Chinese or English: 申请编号 submission, 级别 level (city, province, bank), 结果 decision
                (pass, return, refuse), 原因 reason and 情形 ground by code or Chinese name, 时间 time; 轮次 round and 说明 note may be
                left out. UTF-8, with or without a byte-order mark. Bad rows are reported with their line; the others are
                recorded. The same file again changes nothing.
                """)

        @OptionGroup var place: ServicePlace
        @Option(help: "Opaque id of the member of staff who records the list.")
        var subject: String
        @Argument(help: "The list, a CSV file.")
        var file: String

        func run() async throws {
            let desk = try self.place.desk(subject: self.subject)
            let importing = DecisionImport(desk: desk) { line, problem in
                Terminal.printError("第\(line)行 line \(line): \(problem.zh) · \(problem.en)")
            }
            let figures: DecisionImport.Figures
            do {
                figures = try await importing.run(self.file)
            } catch {
                await desk.shutdown()
                throw error
            }
            await desk.shutdown()
            Terminal.write(figures.text)
            if !figures.isClean { throw ExitCode(2) }
        }
    }
}

/// Where the services are that a command calls, and for which district.
struct ServicePlace: ParsableArguments {
    @OptionGroup var installation: InstallationOptions
    @Option(help: "GB/T 2260 code of the district.")
    var division = "341602"
    @Option(help: "Another address of a service, such as review=127.0.0.1:8103; may be given several times.")
    var at: [String] = []

    /// - Parameter subject: Opaque id of who calls.
    func desk(subject: String) throws(OperationsError) -> Desk {
        guard !subject.isEmpty, subject.utf8.count <= 128 else {
            throw OperationsError("--subject is an opaque id of 1 to 128 bytes.")
        }
        let installation = try self.installation.load()
        var addresses = installation.services.mapValues { (host: $0.host, port: $0.port) }
        for text in self.at {
            let parts = text.split(separator: "=", maxSplits: 1)
            let authority = parts.last?.split(separator: ":") ?? []
            guard parts.count == 2, let service = ServiceName(rawValue: String(parts[0])), authority.count == 2,
                let port = Int(authority[1]), (1...65_535).contains(port)
            else { throw OperationsError("--at \(text) is not of the form review=127.0.0.1:8103.") }
            addresses[service] = (String(authority[0]), port)
        }
        return Desk(
            addresses: addresses, signer: try installation.signer(), division: self.division, connections: 4,
            subject: subject)
    }
}
