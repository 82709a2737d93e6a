import Configuration
import CoreMetrics
import Glibc
import Logging
import PollExecutor
import ServiceLifecycle

/// What a process beside the services is given at start: one without a database, a broker, keys and tokens.
package struct LoneContext: Sendable {
    package let name: String
    package let instance: String
    package let configuration: ConfigReader
    package let logger: Logger
    /// Real time.
    package let clock: ProgrammeClock
    package let metrics: MetricsRegistry
}

extension ServiceProcess {
    /// The common keys that such a process reads.
    private static let keysOfAll: [ConfigurationKey] = [
        .configurationFile, .serviceInstance, .processParent, .httpHost, .httpPort, .httpSlowMilliseconds,
        .shutdownGraceSeconds, .logLevel, .logFormat,
    ]

    /// Runs a process that stands alone, and ends it: `serve` (also without a word) and `configuration`, with the same
    /// exit statuses as a service.
    ///
    /// - Parameters:
    ///   - keys: Configuration keys it has of its own.
    ///   - assemble: Everything long-lived, in the order of dependence.
    package static func runAlone(
        _ name: String, keys: [ConfigurationKey],
        assemble: @escaping @Sendable (LoneContext) async throws -> [any Service]
    ) async {
        // NIO reports a broken connection as an error; the signal would end the process instead.
        _ = signal(SIGPIPE, SIG_IGN)
        ThreadMemory.limitArenas(to: 2)
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            switch words {
            case ["configuration"]:
                print(Self.documentation(of: name, keys: Self.keysOfAll + keys), terminator: "")
            case [], ["serve"]:
                let context = try Self.loneContext(name)
                try await Self.serve(context.configuration, context.logger) { try await assemble(context) }
            default: Self.end(64, name, "usage: \(name) [serve | configuration]")
            }
            SystemCalls.end(0)
        } catch {
            Self.end(error is ConfigurationError || error is StartError ? 78 : 1, name, Self.sentence(error))
        }
    }

    private static func loneContext(_ name: String) throws -> LoneContext {
        let configuration = try ConfigurationSources.reader()
        let instance = configuration.value(.serviceInstance) ?? "\(Self.hostName())-\(getpid())"
        let logger = try Self.logger(name, instance, configuration)
        let metrics = MetricsRegistry()
        MetricsSystem.bootstrap(RegistryMetricsFactory(metrics))
        metrics.observeProcess(service: name, instance: instance, startedAt: ProgrammeClock.system.now())
        return LoneContext(
            name: name, instance: instance, configuration: configuration, logger: logger, clock: .system,
            metrics: metrics)
    }
}
