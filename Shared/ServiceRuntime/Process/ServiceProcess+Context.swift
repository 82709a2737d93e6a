import Access
import Configuration
import CoreMetrics
import FoundationEssentials
import Glibc
import Logging

/// Something a process needs to start is missing or wrong, said in one sentence that names it.
package struct StartError: Error, Sendable, CustomStringConvertible {
    package let sentence: String

    package init(_ sentence: String) {
        self.sentence = sentence
    }

    package var description: String { self.sentence }
}

extension ServiceProcess {
    /// Reads configuration and keys, sets up logging and metrics of this process. Once per process.
    static func context(_ name: String) throws -> RuntimeContext {
        let configuration = try ConfigurationSources.reader()
        let instance = configuration.value(.serviceInstance) ?? "\(Self.hostName())-\(getpid())"
        let logger = try Self.logger(name, instance, configuration)
        let metrics = MetricsRegistry()
        MetricsSystem.bootstrap(RegistryMetricsFactory(metrics))
        metrics.observeProcess(service: name, instance: instance, startedAt: ProgrammeClock.system.now())
        let clock = try configuration.value(.clockFile).map { file throws(ConfigurationError) in
            try ProgrammeClock.conducted(file: file)
        }
        return RuntimeContext(
            name: name, instance: instance, configuration: configuration, logger: logger, clock: clock ?? .system,
            metrics: metrics,
            tokenVerifier: try Self.reading(.tokenPublicKeyFile, configuration) { file throws(AccessError) in
                try TokenVerifier(file: file)
            },
            keyRing: try Self.ownKeys(name, configuration))
    }

    private static func ownKeys(_ name: String, _ configuration: ConfigReader) throws(ConfigurationError) -> KeyRing {
        let ring = try Self.reading(.keysFile, configuration) { file throws(AccessError) in try KeyRing(file: file) }
        guard ring.service == name else {
            throw ConfigurationError(
                key: .keysFile, problem: "names the key file of \(ring.service); \(name) needs its own.")
        }
        return ring
    }

    private static func reading<Value>(
        _ key: ConfigurationKey, _ configuration: ConfigReader, _ read: (String) throws(AccessError) -> Value
    ) throws(ConfigurationError) -> Value {
        let file = try configuration.required(key)
        do throws(AccessError) {
            return try read(file)
        } catch {
            throw ConfigurationError(key: key, problem: "names \(file): \(error.en)")
        }
    }

    static func logger(
        _ name: String, _ instance: String, _ configuration: ConfigReader
    ) throws(ConfigurationError) -> Logger {
        let level = try configuration.choice(.logLevel, Logger.Level.self)
        let format = try configuration.choice(.logFormat, ServiceLogHandler.Format.self)
        LoggingSystem.bootstrap { _ in
            ServiceLogHandler(service: name, instance: instance, format: format, level: level)
        }
        return Logger(label: name)
    }

    static func hostName() -> String {
        let name = ProcessInfo.processInfo.hostName
        return name.isEmpty ? "host" : name
    }
}
