import ArgumentParser
import Contracts
import Logging
import PostgreSQL
import ServiceLifecycle

/// `youdai audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract:
            "审计：不丢、不重、各归其位 · Prove that nothing was lost, doubled or misplaced; exit status 1 and the ids otherwise.")

    @OptionGroup var installation: InstallationOptions

    @Option(help: "A rehearsal or measurement by its name (rehearsal_1a2b3c) instead of the installation itself.")
    var run: String?

    @Option(help: "Seconds a disagreement may stand before it is called a loss.")
    var settle = 10

    @Flag(
        help:
            "Emit again what was lost, from what its producer keeps; let a producer restored from a backup count on from its receivers; audit once more."
    )
    var mend = false

    func run() async throws {
        let installation = try self.installation.load()
        let databases = ServiceDatabases(installation: installation, run: self.run)
        let clean = try await databases.withPools { pools in
            let auditor = Auditor(pools: pools, settle: .seconds(self.settle))
            var verdict = try await auditor.audit()
            if self.mend, !verdict.isClean {
                let mended = try await auditor.mend(verdict.findings)
                Terminal.write(
                    "  emitted again: \(mended.again); no longer kept by their producer: \(mended.gone); numbered anew after a restoration: \(mended.renumbered)\n"
                )
                verdict = try await auditor.audit()
            }
            Terminal.write(AuditReport(verdict: verdict).text)
            return verdict.isClean
        }
        if !clean { throw ExitCode(1) }
    }
}

/// The five databases of the installation or of a run, opened for a command.
struct ServiceDatabases: Sendable {
    let installation: Installation
    var run: String?
    var services = ServiceName.allCases

    func withPools<T: Sendable>(
        _ body: @Sendable ([ServiceName: PostgresPool]) async throws -> T
    ) async throws -> T {
        var logger = Logger(label: "youdai")
        logger.logLevel = .critical
        var pools: [ServiceName: PostgresPool] = [:]
        for service in self.services {
            let database =
                self.run.map { "\($0)_\(service.rawValue)" } ?? self.installation.services[service]?.database ?? ""
            pools[service] = PostgresPool(
                configuration: self.installation.administration(database: database), logger: logger)
        }
        let opened = pools
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for pool in opened.values { group.addTask { try await pool.run() } }
            defer { group.cancelAll() }
            return try await body(opened)
        }
    }
}
