import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A request as it came over the wire.
package struct StandInRequest: Sendable {
    package let method: String
    package let path: String
    /// Decoded.
    package let query: [String: String]
    /// Names in small letters.
    package let headers: [String: String]
    package let body: String

    fileprivate init?(_ text: String) {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let body = text[end.upperBound...]
        guard body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return nil }
        let target = words[1].split(separator: "?", maxSplits: 1)
        self.method = String(words[0])
        self.path = String(target[0])
        self.query = target.count > 1 ? Self.items(target[1]) : [:]
        self.headers = headers
        self.body = String(body)
    }

    package static func items(_ text: Substring) -> [String: String] {
        var items: [String: String] = [:]
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            items[Self.decoded(parts[0])] = parts.count > 1 ? Self.decoded(parts[1]) : ""
        }
        return items
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// An HTTP server that does with each request what a test says, the unfriendly things too.
package final class StandIn: Sendable {
    package enum Answer: Sendable {
        case reply(Int, String)
        /// These bytes, and the end of the connection.
        case garbage(String)
        /// Reads the request and closes.
        case hangUp
        /// Reads the request and says nothing.
        case silence
    }

    /// What to answer each request with.
    package struct Script: Sendable {
        fileprivate let answer: @Sendable (StandInRequest, Int) -> Answer

        package static func always(_ answer: Answer) -> Script { Script { _, _ in answer } }

        /// What this one says to a request, for a script that asks another.
        package func answer(to request: StandInRequest, _ number: Int) -> Answer { self.answer(request, number) }

        /// Given the request and its number, from 0.
        package static func by(_ answer: @escaping @Sendable (StandInRequest, Int) -> Answer) -> Script {
            Script(answer: answer)
        }
    }

    package let port: Int
    private let channel: any Channel
    private let seen: NIOLockedValueBox<[StandInRequest]>

    package var requests: [StandInRequest] { self.seen.withLockedValue { $0 } }

    private init(tls: NIOSSLContext?, _ script: Script) async throws {
        let seen = NIOLockedValueBox<[StandInRequest]>([])
        self.seen = seen
        self.channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(
                        Handler { request in
                            let number = seen.withLockedValue { requests in
                                requests.append(request)
                                return requests.count - 1
                            }
                            return script.answer(request, number)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = self.channel.localAddress?.port ?? 0
    }

    /// Serves while `body` runs.
    package static func with<T>(
        _ script: Script, tls: NIOSSLContext? = nil, _ body: (StandIn) async throws -> T
    ) async throws -> T {
        let server = try await StandIn(tls: tls, script)
        let result: Result<T, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        try? await server.channel.close()
        return try result.get()
    }

    /// A port nobody listens on.
    package static func closedPort() async throws -> Int {
        try await Self.with(.always(.hangUp)) { $0.port }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: (StandInRequest) -> Answer
        private var bytes: [UInt8] = []

        init(_ answer: @escaping (StandInRequest) -> Answer) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.bytes += Array(self.unwrapInboundIn(data).readableBytesView)
            guard let request = StandInRequest(String(decoding: self.bytes, as: UTF8.self)) else { return }
            self.bytes = []
            switch self.answer(request) {
            case .reply(let status, let body):
                self.say(
                    "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nContent-Type: text/plain\r\n\r\n\(body)",
                    context)
            case .garbage(let text):
                self.say(text, context)
                context.close(promise: nil)
            case .hangUp: context.close(promise: nil)
            case .silence: break
            }
        }

        private func say(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
