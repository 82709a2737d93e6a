import Contracts
import FoundationEssentials
import HTTPCalls
import NIOConcurrencyHelpers

/// The run's requests against a route that does nothing, at the same services.
///
/// A call without a body is `GET /health/live`; one with a body is a `PUT` there, which is answered with 405 only after the
/// server has read the body off the connection, as HTTP/1.1 makes it. No token is looked at.
struct HTTPCeiling: Sendable {
    let flow: PipelineFlow
    let shape: RunShape

    private struct Call: Sendable {
        let service: ServiceName
        let bytes: Int
    }

    func measure() async throws -> CeilingPart {
        let calls = self.calls()
        let body = [UInt8](repeating: UInt8(ascii: " "), count: max(self.shape.photoBytes, 200_000))
        let width = self.flow.options.connections
        let callers = self.flow.session.run.ports.mapValues {
            HTTPCaller(host: "127.0.0.1", port: $0, connections: width, timeout: .seconds(15))
        }
        let before = try await self.flow.processes.read()
        let next = NIOLockedValueBox(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<width {
                group.addTask {
                    while true {
                        let index = next.withLockedValue { next in
                            defer { next += 1 }
                            return next
                        }
                        guard index < calls.count else { return }
                        let call = calls[index]
                        guard let caller = callers[call.service] else { return }
                        let reply = try await caller.call(
                            call.bytes == 0 ? "GET" : "PUT", "/health/live", body: Array(body.prefix(call.bytes)))
                        guard reply.status == (call.bytes == 0 ? 200 : 405) else {
                            throw OperationsError("/health/live answered \(reply.status).")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let after = try await self.flow.processes.read()
        for caller in callers.values { await caller.shutdown() }
        let perSubmission = Double(calls.count) / Double(self.shape.sample)
        let bytes = Double(calls.reduce(0) { $0 + $1.bytes }) / Double(self.shape.sample)
        return CeilingPart(
            name: "HTTP server",
            work: "\(Numbers.fixed(perSubmission, 2)) requests, \(Numbers.fixed(bytes / 1000, 1)) kB of bodies",
            submissions: self.shape.sample, cost: ProcessCost(from: before, to: after))
    }

    /// The calls of an average submission, as often as the sample asks, evenly mixed.
    private func calls() -> [Call] {
        var placed: [(place: Double, call: Call)] = []
        for (act, entry) in self.shape.log where entry.calls > 0 {
            let count = (Double(entry.calls) / Double(self.shape.count) * Double(self.shape.sample)).rounded()
            let call = Call(service: act.service, bytes: entry.bytes / entry.calls)
            for index in 0..<Int(count) { placed.append((Double(index) / count, call)) }
        }
        return placed.sorted { $0.place < $1.place }.map(\.call)
    }
}
