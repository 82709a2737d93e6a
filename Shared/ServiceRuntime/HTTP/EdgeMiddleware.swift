import Access
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import PostgreSQL

/// The outermost middleware: trace, problem mapping, metrics and log, in one so that a request pays for one.
struct EdgeMiddleware: RouterMiddleware {
    private let durations: RequestDurations
    private let slow: Duration

    init(metrics: MetricsRegistry, slow: Duration) {
        self.durations = RequestDurations(metrics)
        self.slow = slow
    }

    func handle(
        _ request: Request, context: EdgeContext, next: @concurrent (Request, EdgeContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        context.trace = request.headers[.traceparent].flatMap(TraceContext.init(traceparent:))?.child() ?? .generate()
        let traced = context
        return try await TraceContext.$current.withValue(traced.trace) {
            let response: Response
            do {
                response = try await next(request, traced)
            } catch let error as HTTPParserError {
                // The connection is beyond saving; Hummingbird answers 400 and closes it.
                throw error
            } catch {
                response = Self.problem(of: error, context: traced).response
            }
            let elapsed = ContinuousClock.now - start
            let route = traced.endpointPath ?? "unmatched"
            self.durations.record(elapsed, route: route, method: request.method, status: response.status)
            self.log(request, route, response.status, elapsed, traced.logger)
            return response
        }
    }

    /// The route's template, never the path: a path holds ids.
    private func log(
        _ request: Request, _ route: String, _ status: HTTPResponse.Status, _ elapsed: Duration, _ logger: Logger
    ) {
        let level: Logger.Level =
            status.code >= 500 ? .warning : (status.code >= 400 || elapsed >= self.slow) ? .info : .debug
        logger.log(
            level: level, "request",
            metadata: [
                "http.method": "\(request.method.rawValue)", "http.route": "\(route)", "http.status": "\(status.code)",
                "http.duration_ms": "\(elapsed.milliseconds)",
            ])
    }

    /// What a caller is told about an error. Only what is certain to hold no inner matters reaches them.
    private static func problem(of error: any Error, context: EdgeContext) -> APIProblem {
        switch error {
        case let problem as APIProblem: return problem
        case let convertible as any ProblemConvertible:
            let problem = convertible.problem
            if problem.status.code == 500 { Self.logUnexpected(error, context) }
            return problem
        case is NIOTooManyBytesError: return .bodyTooLarge(limit: BodyLimit.standard)
        case let error as HTTPError where error.status == .notFound: return .unknownRoute
        case let error as any HTTPResponseError where error.status.code < 500:
            return APIProblem(
                error.status, code: "request.invalid", zh: "请求无效，请检查后重试。",
                en: "The request is not valid: check it and try again.")
        case is CancellationError:
            return APIProblem(
                .serviceUnavailable, code: "service.stopping", zh: "服务正在停止，请重试。",
                en: "The service is stopping: try again.", retryAfter: 1)
        default:
            Self.logUnexpected(error, context)
            return .internalError
        }
    }

    /// The type, and a description only where it is known to hold no data: an error of a library may quote what it was
    /// given, such as the text it could not parse.
    private static func logUnexpected(_ error: any Error, _ context: EdgeContext) {
        var metadata: Logger.Metadata = ["error.type": "\(type(of: error))"]
        switch error {
        case let error as PostgresError: metadata["error"] = "\(error)"
        case let error as AccessError: metadata["error"] = "\(error.code.rawValue)"
        default: break
        }
        context.logger.error("unexpected error", metadata: metadata)
    }
}

extension Duration {
    /// Milliseconds with one decimal.
    var milliseconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds * 10_000 + attoseconds / 100_000_000_000_000) / 10
    }
}
