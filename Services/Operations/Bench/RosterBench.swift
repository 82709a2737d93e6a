import CardProgramme
import Contracts
import FoundationEssentials
import Subprocess
import SystemPackage

/// `youdai bench roster`: a roster file of any size into a running intake, beside PostgreSQL's own `COPY` of the same file.
struct RosterBench: Sendable {
    let installation: Installation
    let programmeFile: String
    let count: Int
    let keep: Bool

    func measure() async throws -> Bool {
        try await RunRegister(installation: self.installation).removeOld(kind: "bench")
        let run = try await Run.create(
            kind: "bench", installation: self.installation, programmeFile: self.programmeFile, conducted: false)
        if self.keep { try RunRegister(installation: self.installation).markKept(run) }
        let roster = "\(run.directory)/roster.csv"
        PipelineBench.say("\(run.name): writing a synthetic roster of \(Numbers.grouped(self.count)) people")
        try await self.youdai(
            ["roster", "generate", self.programmeFile, "--people", "\(self.count)"], into: roster)
        let clean = try await RunSession.with(run) { session in
            let intake = "127.0.0.1:\(run.ports[.intake] ?? 0)"
            let arguments = ["roster", "import", roster, "--intake", intake, "--programme", self.programmeFile]
            var rows = [["", "rows/s", "s", "intake peak MB"]]
            var times: [Double] = []
            for name in ["import, everybody new", "import again, nobody new"] {
                let time = try await self.timed { try await self.youdai(arguments, into: nil) }
                times.append(time)
                let processes = session.fleet.processes.filter { $0.key.service == .intake }
                let peak = processes.values.map { ProcessMeter.memory(of: $0).peak }.max() ?? 0
                rows.append([name, self.rate(time), Numbers.fixed(time, 1), Numbers.megabytes(peak)])
            }
            let copy = try await self.timed { try await self.copy(roster, run) }
            rows.append(["COPY into one table, as text", self.rate(copy), Numbers.fixed(copy, 1), ""])
            // The contacts of everybody new travel to the voice meanwhile; what they add is part of the machine's load above.
            let settled = try await self.timed { try await QuietWatch(pools: session.pools).wait() }
            Terminal.write(Terminal.table(rows))
            Terminal.write(
                "  import of new people: \(Numbers.fixed(times[0] / copy, 1)) times COPY's time; all contacts at the voice \(Numbers.fixed(settled, 1)) s after COPY ended\n"
            )
            let verdict = try await Auditor(pools: session.pools, settle: .seconds(3)).audit()
            Terminal.write(AuditReport(verdict: verdict).line + "\n")
            return verdict.isClean
        }
        if !self.keep { try await run.drop() }
        return clean
    }

    private func rate(_ seconds: Double) -> String { Numbers.grouped(Int(Double(self.count) / seconds)) }

    private func timed(_ body: () async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start).asSeconds
    }

    /// This program once more, in a process whose memory is its own.
    private func youdai(_ arguments: [String], into path: String?) async throws {
        let output: FileDescriptor =
            if let path {
                try FileDescriptor.open(
                    FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
            } else {
                .standardOutput
            }
        let result = try await Subprocess.run(
            .path(FilePath("\(self.installation.binDirectory)/youdai")), arguments: Arguments(arguments), input: .none,
            output: .fileDescriptor(output, closeAfterSpawningProcess: path != nil),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
        guard result.terminationStatus.isSuccess else {
            throw OperationsError("youdai \(arguments.prefix(2).joined(separator: " ")) failed; its words are above.")
        }
    }

    /// `\copy` of psql: the same bytes over the same kind of connection.
    private func copy(_ roster: String, _ run: Run) async throws {
        let columns = ["name", "number", "category", "station", "phone", "address", "registered", "resident", "unit"]
        let table = (columns + ["household", "complete", "remark"]).map { "\($0) text" }.joined(separator: ", ")
        let arguments = [
            "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.installation.databaseHost, "-p",
            "\(self.installation.databasePort)", "-U", self.installation.adminUser, "-d",
            run.databases[.intake] ?? "", "-c", "CREATE TABLE roster_copy (\(table))", "-c",
            "\\copy roster_copy FROM '\(roster)' CSV HEADER",
        ]
        let result = try await Subprocess.run(
            .name("psql"), arguments: Arguments(arguments),
            environment: .inherit.updating(["PGPASSWORD": self.installation.adminPassword]), input: .none,
            output: .discarded, error: .string(limit: 4096))
        guard result.terminationStatus.isSuccess else {
            throw OperationsError("psql could not copy the roster: \(result.standardError)")
        }
    }
}
