import Access
import Configuration
import Logging

/// What a process of this project is given at start; built by ``ServiceProcess``, or by a test.
package struct RuntimeContext: Sendable {
    /// Name of the service: `intake`, `verification`, …
    package let name: String
    /// Name of this instance, unique among those running side by side.
    package let instance: String
    package let configuration: ConfigReader
    /// For background work; a request's own logger is `context.logger`.
    package let logger: Logger
    /// Programme time.
    package let clock: ProgrammeClock
    /// Real time, for token lifetimes and what is about this process.
    package let wallClock: ProgrammeClock
    package let metrics: MetricsRegistry
    package let tokenVerifier: TokenVerifier
    package let keyRing: KeyRing

    package init(
        name: String, instance: String, configuration: ConfigReader, logger: Logger, clock: ProgrammeClock = .system,
        wallClock: ProgrammeClock = .system, metrics: MetricsRegistry = MetricsRegistry(), tokenVerifier: TokenVerifier,
        keyRing: KeyRing
    ) {
        self.name = name
        self.instance = instance
        self.configuration = configuration
        self.logger = logger
        self.clock = clock
        self.wallClock = wallClock
        self.metrics = metrics
        self.tokenVerifier = tokenVerifier
        self.keyRing = keyRing
    }
}
