import ArgumentParser
import ServiceRuntime

/// `youdai`: what operators, auditors and rehearsals need besides the services.
@main
struct YoudaiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "youdai", abstract: "优待证办理系统的运维、演练与审计工具 · Operate, rehearse and audit a Youdai installation.",
        subcommands: [
            ProgrammeCommand.self, RosterCommand.self, RehearseCommand.self, BenchCommand.self, AuditCommand.self,
            ParkedCommand.self,
            TokenCommand.self,
            SealCommand.self, ContractsCommand.self, KeysCommand.self, FaultCommand.self, DecisionsCommand.self,
            RecheckCommand.self, SlotsCommand.self, RequirementsCommand.self, PhotoCommand.self,
        ])

    static func main() async {
        // A reader that closes our pipe (| head) must not kill a rehearsal in the middle.
        ProcessSignals.ignoreBrokenPipes()
        do {
            var command = try Self.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            SystemCalls.end(0)
        } catch let error as OperationsError {
            Terminal.printError("youdai: \(error)")
            SystemCalls.end(1)
        } catch {
            Self.exit(withError: error)
        }
    }
}

/// What nearly every command takes.
struct InstallationOptions: ParsableArguments {
    @Option(help: "operations.env of the installation; otherwise YOUDAI_CONFIG, otherwise .run/config/operations.env.")
    var config: String?

    func load() throws(OperationsError) -> Installation { try Installation.load(file: self.config) }
}
