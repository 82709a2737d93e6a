import FoundationEssentials
import HTTPCalls
import Hummingbird
import NIOConcurrencyHelpers
import ServiceRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPCallsTests {
    @Test func manyCallsShareAFewConnections() async throws {
        let peers = NIOLockedValueBox(0)
        try await LiveAPI.with { api in
            api.post("echo/:n") { request, _ in
                peers.withLockedValue { $0 += 1 }
                return APIReply.bytes(try await request.bytes(), contentType: "application/octet-stream")
            }
        } body: { api in
            let caller = HTTPCaller(host: "127.0.0.1", port: api.port, connections: 3, timeout: .seconds(20))
            let token = try api.token()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let body = Array("body \(index)".utf8)
                        let reply = try await caller.call(
                            "POST", "/api/echo/\(index)", headers: [("Authorization", "Bearer \(token)")], body: body)
                        #expect(reply.status == 200 && reply.body == body)
                    }
                }
                try await group.waitForAll()
            }
            #expect(peers.withLockedValue { $0 } == 200)
            await caller.shutdown()
            await #expect(throws: HTTPCallError.cancelled) { try await caller.call("GET", "/health/live") }
        }
    }

    @Test func whereNobodyListensNothingIsSent() async throws {
        let port = NIOLockedValueBox(0)
        try await LiveAPI.with { api in port.withLockedValue { $0 = api.port } }
        let caller = HTTPCaller(host: "127.0.0.1", port: port.withLockedValue { $0 }, timeout: .seconds(5))
        await #expect(throws: HTTPCallError.refused) { try await caller.call("GET", "/") }
    }

    @Test func aCallThatTakesTooLongTimesOutAndItsConnectionIsReplaced() async throws {
        let (releases, release) = AsyncStream<Void>.makeStream()
        try await LiveAPI.with { api in
            api.get("slow") { _, _ in
                for await _ in releases { break }
                return APIReply.done()
            }
        } body: { api in
            let caller = HTTPCaller(host: "127.0.0.1", port: api.port, connections: 1, timeout: .milliseconds(100))
            let headers = [("Authorization", "Bearer \(try api.token())")]
            await #expect(throws: HTTPCallError.timedOut) {
                try await caller.call("GET", "/api/slow", headers: headers)
            }
            #expect(try await caller.call("GET", "/health/live").status == 200)
            release.yield()
        }
    }

    @Test func aCancelledCallEndsAtOnce() async throws {
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        let (releases, release) = AsyncStream<Void>.makeStream()
        try await LiveAPI.with { api in
            api.get("slow") { _, _ in
                arrived.yield()
                for await _ in releases { break }
                return APIReply.done()
            }
        } body: { api in
            let result = try await withThrowingTaskGroup(of: HTTPCallError?.self) { group in
                group.addTask {
                    do {
                        _ = try await api.call("GET", "/api/slow")
                        return nil
                    } catch {
                        return error as? HTTPCallError
                    }
                }
                for await _ in arrivals { break }
                group.cancelAll()
                return try await group.next() ?? nil
            }
            #expect(result == .cancelled)
            release.yield()
        }
    }
}
