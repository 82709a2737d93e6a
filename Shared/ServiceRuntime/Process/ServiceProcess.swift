import Access
import Configuration
import FoundationEssentials
import Glibc
import Logging
import PollExecutor
import ServiceLifecycle
import UnixSignals

/// What every service executable is: a name, how its database is migrated, and what it is made of.
///
/// ```swift
/// @main struct IntakeService {
///     static func main() async {
///         await ServiceProcess.run("intake", migrate: IntakeAssembly.migrate, assemble: IntakeAssembly.services)
///     }
/// }
/// ```
///
/// `intake serve` (also without a word) runs until SIGTERM or SIGINT, then drains; `intake migrate` brings the database
/// up to date and ends; `intake configuration` prints every key with what it does. Whatever goes wrong is one clear
/// sentence on standard error and a non-zero exit: 64 wrong words, 78 configuration, 1 anything else.
package enum ServiceProcess {
    enum Command: String, CaseIterable {
        case serve, migrate, configuration
    }

    /// Runs the process and ends it.
    ///
    /// - Parameters:
    ///   - keys: Configuration keys this service has besides ``ConfigurationKey/common``.
    ///   - migrate: Brings the database up to date.
    ///   - assemble: Everything long-lived, in the order of dependence: what comes later uses what comes earlier, and is
    ///     stopped first.
    package static func run(
        _ name: String, keys: [ConfigurationKey] = [],
        migrate: @escaping @Sendable (RuntimeContext) async throws -> Void,
        assemble: @escaping @Sendable (RuntimeContext) async throws -> [any Service]
    ) async {
        // libpq, librabbitmq and NIO report a broken connection as an error; the signal would end the process instead.
        _ = signal(SIGPIPE, SIG_IGN)
        ThreadMemory.limitArenas(to: 2)
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count <= 1, let command = Command(rawValue: words.first ?? "serve") else {
            Self.end(64, name, "usage: \(name) [serve | migrate | configuration]")
        }
        do {
            switch command {
            case .configuration:
                print(Self.documentation(of: name, keys: ConfigurationKey.common + keys), terminator: "")
            case .migrate: try await migrate(Self.context(name))
            case .serve:
                let context = try Self.context(name)
                try await Self.serve(
                    context.configuration, context.logger,
                    metadata: ["keys": "\(context.keyRing.keyIDs.joined(separator: ","))"]
                ) { try await assemble(context) }
            }
            SystemCalls.end(0)
        } catch {
            Self.end(error is ConfigurationError || error is StartError ? 78 : 1, name, Self.sentence(error))
        }
    }

    static func serve(
        _ reader: ConfigReader, _ logger: Logger, metadata: Logger.Metadata = [:],
        _ assemble: () async throws -> [any Service]
    ) async throws {
        let grace = try reader.integer(.shutdownGraceSeconds, in: 1...3600)
        let parent = try reader.value(.processParent).map { _ throws(ConfigurationError) in
            pid_t(try reader.integer(.processParent, in: 1...Int(Int32.max)))
        }
        var services = try await assemble().map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        if let parent {
            services.append(
                .init(
                    service: ParentWatch(parent: parent, logger: logger),
                    successTerminationBehavior: .gracefullyShutdownGroup))
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(grace)
        // What ignores cancellation as well holds nothing that is not safe in the database.
        configuration.maximumCancellationDuration = .seconds(5)
        logger.notice("starting", metadata: metadata.merging(["pid": "\(getpid())"]) { $1 })
        try await ServiceGroup(configuration: configuration).run()
        logger.notice("stopped")
    }

    /// Every key with its standard value and meaning, as `<service> configuration` prints it. Holds no values in use.
    static func documentation(of name: String, keys: [ConfigurationKey]) -> String {
        var text = "# Configuration of \(name). The environment wins over the file named by CONFIG_FILE.\n"
        for key in keys {
            let standard =
                key.standard.map { $0.isEmpty ? "empty" : key.isSecret ? "set for development" : $0 } ?? "must be set"
            text +=
                "\n# \(key.documentation)\(key.isSecret ? " Secret." : "")\n# standard: \(standard)\n\(key.environmentName)=\n"
        }
        return text
    }

    static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as ConfigurationError: error.description
        case let error as StartError: error.sentence
        case let error as ServiceGroupError: "stopped because a part of it ended unexpectedly: \(error)"
        default: "\(error)"
        }
    }

    static func end(_ status: Int32, _ name: String, _ sentence: String) -> Never {
        SystemCalls.write(Array("\(name): \(sentence)\n".utf8), to: STDERR_FILENO)
        SystemCalls.end(status)
    }
}
