import Access
import Configuration
import FoundationEssentials
import HTTPCalls
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import ServiceRuntime
import Testing

/// A real server on a port of its own, with keys of its own, for the length of a closure.
struct LiveAPI: Sendable {
    let context: RuntimeContext
    let signer: TokenSigner
    let caller: HTTPCaller
    let port: Int
    let log: LogLines
    let stop: @Sendable () async -> Void

    /// Lines a server has logged.
    final class LogLines: Sendable {
        private let lines = NIOLockedValueBox<[String]>([])

        func append(_ line: [UInt8]) { self.lines.withLockedValue { $0.append(String(decoding: line, as: UTF8.self)) } }
        var all: [String] { self.lines.withLockedValue { $0 } }
    }

    static func with(
        settings: [String: String] = [:], wallClock: ProgrammeClock = .system, readiness: [ReadinessCheck] = [],
        logLevel: Logger.Level = .info,
        routes: @escaping @Sendable (RouterGroup<APIContext>) -> Void = { _ in },
        body: @escaping @Sendable (LiveAPI) async throws -> Void
    ) async throws {
        let pair = TokenSigner.generatePair()
        let log = LogLines()
        let context = RuntimeContext(
            name: "intake", instance: "test-1",
            configuration: ConfigReader(
                provider: EnvironmentVariablesProvider(
                    environmentVariables: ["HTTP_PORT": "0"].merging(settings) { $1 })),
            logger: Logger(label: "test") { _ in
                ServiceLogHandler(
                    service: "intake", instance: "test-1", format: .json, level: logLevel, sink: log.append)
            },
            wallClock: wallClock, tokenVerifier: try TokenVerifier(publicKey: pair.publicKey),
            keyRing: try KeyRing(json: #require(KeyRing.generate(services: ["intake"])["intake"])))
        let (ports, announce) = AsyncStream<Int>.makeStream()
        let server = try ServiceAPI.makeServer(context: context, routes: routes, readiness: readiness) { port in
            announce.yield(port)
        }
        let group = ServiceGroup(configuration: .init(services: [server], logger: context.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                guard let port = await ports.first(where: { _ in true }) else { return }
                let caller = HTTPCaller(host: "127.0.0.1", port: port, connections: 16, timeout: .seconds(20))
                let live = LiveAPI(
                    context: context, signer: try TokenSigner(privateKey: pair.privateKey), caller: caller, port: port,
                    log: log, stop: { await group.triggerGracefulShutdown() })
                do {
                    try await body(live)
                } catch {
                    Issue.record(error)
                }
                await caller.shutdown()
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    func token(
        _ principal: Principal = Principal(subject: "staff-7", role: .centre, division: "341602"),
        lifetime: Duration = .seconds(600)
    ) throws -> String {
        try self.signer.sign(principal, issuedAt: self.context.wallClock.now(), lifetime: lifetime)
    }

    /// A call with a valid token.
    func call(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [],
        as principal: Principal? = nil
    ) async throws -> HTTPReply {
        let token = try principal.map { try self.token($0) } ?? self.token()
        return try await self.caller.call(
            method, path, headers: headers + [("Authorization", "Bearer \(token)")], body: body)
    }
}

/// What a problem looks like to a caller.
struct ToldProblem: Decodable {
    struct Inner: Decodable {
        let code: String
        let zh: String
        let en: String
        let trace: String
    }

    let error: Inner
}

extension HTTPReply {
    func problem(_ location: SourceLocation = #_sourceLocation) throws -> ToldProblem.Inner {
        let told = try JSONDecoder().decode(ToldProblem.self, from: Data(self.body)).error
        #expect(!told.zh.isEmpty && !told.en.isEmpty && told.trace.utf8.count == 32, sourceLocation: location)
        #expect(told.zh.unicodeScalars.contains { $0.value > 0x4E00 }, sourceLocation: location)
        return told
    }
}
