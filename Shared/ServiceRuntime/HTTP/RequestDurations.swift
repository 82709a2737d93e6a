import HTTPTypes
import NIOConcurrencyHelpers

/// `http_request_duration_seconds` by route template, method and status, with the handles kept.
final class RequestDurations: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private let metrics: MetricsRegistry
    private let handles = NIOLockedValueBox<[Key: MetricHistogram]>([:])
    /// Methods are free text on the wire, and a label must not be.
    private static let known: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
    ]

    init(_ metrics: MetricsRegistry) {
        self.metrics = metrics
    }

    func record(_ elapsed: Duration, route: String, method: HTTPRequest.Method, status: HTTPResponse.Status) {
        let key = Key(
            route: route, method: Self.known.contains(method.rawValue) ? method.rawValue : "other", status: status.code)
        let handle = self.handles.withLockedValue { handles in
            if let known = handles[key] { return known }
            let made = self.metrics.histogram(
                "http_request_duration_seconds", help: "Time from the head of a request to its answer.",
                labels: ["route": key.route, "method": key.method, "status": String(key.status)])
            handles[key] = made
            return made
        }
        handle.record(elapsed)
    }
}
