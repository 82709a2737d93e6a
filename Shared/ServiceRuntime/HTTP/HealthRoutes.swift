import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// `/health/live`, `/health/ready` and `/metrics`, open to whoever can reach the port: they hold no personal data.
struct HealthRoutes: Sendable {
    let name: String
    let instance: String
    let metrics: MetricsRegistry
    let logger: Logger
    let readiness: [ReadinessCheck]

    func add(to router: Router<EdgeContext>) {
        router.get("health/live") { _, _ in
            try APIReply.json(["status": "live", "service": self.name, "instance": self.instance])
        }
        router.get("health/ready") { _, _ in try await self.ready() }
        router.get("metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: await self.metrics.render())))
        }
    }

    private struct Answer: Encodable {
        let status: String
        let checks: [String: String]
    }

    private func ready() async throws -> Response {
        let results = await withTaskGroup(of: (String, Bool).self) { group in
            for check in self.readiness {
                group.addTask { (check.name, await self.holds(check)) }
            }
            return await group.reduce(into: [String: Bool]()) { $0[$1.0] = $1.1 }
        }
        let ready = results.values.allSatisfy { $0 }
        return try APIReply.json(
            Answer(status: ready ? "ready" : "not ready", checks: results.mapValues { $0 ? "ok" : "failing" }),
            status: ready ? .ok : .serviceUnavailable)
    }

    private func holds(_ check: ReadinessCheck) async -> Bool {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await check.check() }
                group.addTask {
                    try await Task.sleep(for: ReadinessCheck.limit)
                    throw CancellationError()
                }
                defer { group.cancelAll() }
                try await group.next()
            }
            return true
        } catch {
            self.logger.info(
                "not ready", metadata: ["check": "\(check.name)", "error.type": "\(type(of: error))"])
            return false
        }
    }
}
