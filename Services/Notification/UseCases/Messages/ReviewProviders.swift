import ServiceLifecycle
import ShortMessages

/// Lets the gateway look at its weights, also while nothing is sent: what was lost comes back then.
struct ReviewProviders: Service, CustomStringConvertible {
    let gateway: ProviderGateway
    /// Real time between two looks.
    var pause = Duration.seconds(5)

    var description: String { "review of providers" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.gateway.review()
                try? await Task.sleep(for: self.pause)
            }
        }
    }
}
