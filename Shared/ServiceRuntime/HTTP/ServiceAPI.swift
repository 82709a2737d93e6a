import Configuration
import Glibc
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP interface of a service: its routes below `/api` behind tokens, `/health/live`, `/health/ready`, `/metrics`.
package enum ServiceAPI {
    /// Assembles the server; it listens once it runs in a service group, and on graceful shutdown finishes what is in
    /// flight, takes no new connections and closes idle ones.
    ///
    /// - Parameters:
    ///   - routes: Adds the service's routes; the group's path is already `/api`.
    ///   - callbacks: Adds what is called by others than users, outside `/api` and without a token: each checks by itself
    ///     who calls.
    ///   - readiness: What must hold for `/health/ready` to say 200.
    ///   - onRunning: Called with the port once it listens, for `HTTP_PORT=0`.
    /// - Throws: ``ConfigurationError`` for `HTTP_HOST`, `HTTP_PORT`.
    package static func makeServer(
        context: RuntimeContext, routes: (RouterGroup<APIContext>) -> Void,
        callbacks: (Router<EdgeContext>) -> Void = { _ in }, readiness: [ReadinessCheck] = [],
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws(ConfigurationError) -> any Service {
        let router = try Self.router(context.configuration, context.metrics)
        HealthRoutes(
            name: context.name, instance: context.instance, metrics: context.metrics, logger: context.logger,
            readiness: readiness
        ).add(to: router)
        let api = router.group("api")
            .add(middleware: TokenMiddleware(verifier: context.tokenVerifier, clock: context.wallClock))
            .group(context: APIContext.self)
        routes(api)
        callbacks(router)
        return try Self.server(router, context.configuration, context.logger, onRunning)
    }

    /// The HTTP interface of a process that stands alone: the same edges, and routes that look after access themselves.
    ///
    /// - Throws: ``ConfigurationError`` for `HTTP_HOST`, `HTTP_PORT`.
    package static func makeLoneServer(
        context: LoneContext, routes: (Router<EdgeContext>) -> Void
    ) throws(ConfigurationError) -> any Service {
        let router = try Self.router(context.configuration, context.metrics)
        HealthRoutes(
            name: context.name, instance: context.instance, metrics: context.metrics, logger: context.logger,
            readiness: []
        ).add(to: router)
        routes(router)
        return try Self.server(router, context.configuration, context.logger) { _ in }
    }

    private static func router(
        _ configuration: ConfigReader, _ metrics: MetricsRegistry
    ) throws(ConfigurationError) -> Router<EdgeContext> {
        let slow = try configuration.integer(.httpSlowMilliseconds, in: 1...3_600_000)
        let router = Router(context: EdgeContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: EdgeMiddleware(metrics: metrics, slow: .milliseconds(slow)))
        return router
    }

    private static func server(
        _ router: Router<EdgeContext>, _ configuration: ConfigReader, _ logger: Logger,
        _ onRunning: @escaping @Sendable (Int) async -> Void
    ) throws(ConfigurationError) -> any Service {
        let host = try configuration.required(.httpHost)
        let port = try configuration.integer(.httpPort, in: 0...65535)
        Self.refuseOtherMethods(on: router)
        let application = Application(
            router: router,
            server: .http1(configuration: .init(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 1024),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? port) },
            logger: logger)
        return HTTPServerService(host: host, port: port, application: application)
    }

    /// Gives every path the methods it lacks, answering 405 with `Allow`: a router by itself says 404 for both.
    private static func refuseOtherMethods(on router: Router<EdgeContext>) {
        var methods: [String: (path: RouterPath, taken: Set<HTTPRequest.Method>)] = [:]
        for route in router.routes {
            methods[route.path.description, default: (route.path, [])].taken.insert(route.method)
        }
        for (path, taken) in methods.values {
            let all = taken.contains(.get) ? taken.union([.head]) : taken
            let allow = all.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.methods where !all.contains(method) {
                router.on(path, method: method) { _, _ -> Response in throw APIProblem.methodNotAllowed(allow: allow) }
            }
        }
    }

    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]
}

/// Runs the application and says in one sentence why it cannot listen.
private struct HTTPServerService<Responder: HTTPResponder>: Service, CustomStringConvertible
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let host: String
    let port: Int
    let application: Application<Responder>

    var description: String { "HTTP interface" }

    func run() async throws {
        do {
            try await self.application.run()
        } catch let error as IOError {
            throw ConfigurationError(
                key: .httpPort,
                problem:
                    "\(self.host):\(self.port) cannot be listened on (\(error.errnoCode == EADDRINUSE ? "in use" : "errno \(error.errnoCode)")): stop what uses it, or choose another HTTP_HOST and HTTP_PORT."
            )
        }
    }
}
