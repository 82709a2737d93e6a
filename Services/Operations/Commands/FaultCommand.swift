import ArgumentParser
import CardProgramme
import FoundationEssentials
import NIOConcurrencyHelpers
import UnixSignals

/// `youdai fault list|run`
struct FaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fault",
        abstract:
            "故障演练：在办件流转中制造故障，证明不丢、不重 · Let things go wrong while submissions flow, and prove that nothing is lost or doubled.",
        subcommands: [List.self, Run.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the faults there are.")

        func run() throws {
            var rows = [["fault", "meaning"]]
            for fault in Fault.all { rows.append([fault.name, fault.meaning]) }
            Terminal.write(Terminal.table(rows))
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run faults one after the other; exit status 1 when one of them did harm.",
            discussion:
                "A name may end with *: kill9-*, cut-intake-*. Servers are killed and frozen: not beside real work.")

        @OptionGroup var installation: InstallationOptions
        @Argument(help: "Names of faults; see youdai fault list.")
        var names: [String]
        @Option(help: "The programme file; otherwise the installation's.")
        var programme: String?
        @Option(help: "How many synthetic people submit.")
        var people = 2000
        @Option(help: "All chance comes from this number.")
        var seed: UInt64 = 1
        @Option(help: "Calls of one office under way at once.")
        var concurrency = 32
        @Flag(help: "Keep databases, queues and logs of the runs.")
        var keep = false

        func run() async throws {
            guard (20...20_000).contains(self.people) else { throw OperationsError("--people is from 20 to 20000.") }
            guard (1...128).contains(self.concurrency) else { throw OperationsError("--concurrency is from 1 to 128.") }
            let faults = try self.faults()
            let installation = try self.installation.load()
            let file = self.programme ?? installation.programmeFile
            let runner = FaultRunner(
                installation: installation,
                servers: try ServerControl(installation: installation, file: self.installation.config),
                programme: try ProgrammeFile.load(file), programmeFile: file, people: self.people, seed: self.seed,
                concurrency: self.concurrency, keep: self.keep)
            let baseline = FaultBaseline(
                installation: installation, programmeFile: file, people: self.people, seed: self.seed)
            var expected = faults.contains { $0.name == "none" } ? nil : try baseline.read()
            if expected == nil, let none = Fault.named("none") {
                let outcome = try await runner.run(none, expected: nil)
                Self.show(outcome)
                guard outcome.problems.isEmpty else { throw ExitCode(1) }
                try baseline.write(outcome.digest)
                expected = outcome.digest
            }
            // A signal ends the fault that is under way; it must end those that would come after it as well.
            let stopped = NIOLockedValueBox(false)
            let watch = Task {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                    stopped.withLockedValue { $0 = true }
                }
            }
            defer { watch.cancel() }
            var failures = 0
            for fault in faults where fault.name != "none" && !stopped.withLockedValue({ $0 }) {
                do {
                    let outcome = try await runner.run(fault, expected: expected)
                    Self.show(outcome)
                    if !outcome.problems.isEmpty { failures += 1 }
                } catch let error as OperationsError {
                    Terminal.write("FAILED \(error)\n")
                    failures += 1
                }
            }
            if failures > 0 { throw ExitCode(1) }
        }

        private func faults() throws -> [Fault] {
            var faults: [Fault] = []
            for name in self.names {
                let found = Fault.all.filter { fault in
                    name.hasSuffix("*") ? fault.name.hasPrefix(String(name.dropLast())) : fault.name == name
                }
                guard !found.isEmpty else {
                    throw OperationsError("There is no fault \(name): youdai fault list shows them.")
                }
                faults += found
            }
            return faults
        }

        private static func show(_ outcome: FaultRunner.Outcome) {
            Terminal.write(outcome.line + "\n")
            for problem in outcome.problems { Terminal.write("       \(problem)\n") }
        }
    }
}

/// The digest of a flow without a fault, remembered for as long as the executables are the same.
struct FaultBaseline: Sendable {
    let installation: Installation
    let programmeFile: String
    let people: Int
    let seed: UInt64

    private var file: String {
        "\(self.installation.runDirectory)/rehearsals/fault-baseline-\(self.people)-\(self.seed)"
    }

    /// Nil when there is none for these executables and this programme.
    func read() throws -> String? {
        guard let text = try? String(contentsOf: URL(filePath: self.file), encoding: .utf8) else { return nil }
        let lines = text.split(separator: "\n")
        guard lines.count == 2, lines[0] == self.stamp else { return nil }
        return String(lines[1])
    }

    func write(_ digest: String) throws {
        try Data("\(self.stamp)\n\(digest)\n".utf8).write(to: URL(filePath: self.file))
    }

    private var stamp: String {
        let names = ["youdai", "intake", "verification", "review", "notification", "issuance"]
        let files = names.map { "\(self.installation.binDirectory)/\($0)" } + [self.programmeFile]
        return files.map { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return "\(Int(changed))"
        }.joined(separator: ".")
    }
}
