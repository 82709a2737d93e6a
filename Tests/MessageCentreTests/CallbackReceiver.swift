import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP server in notification's place: remembers what it is called with, and refuses when told to.
final class CallbackReceiver: Sendable {
    struct Call: Sendable {
        let path: String
        let query: [String: String]
    }

    private struct State {
        var calls: [Call] = []
        var refused = 0
        var refuses = false
    }

    private let state: NIOLockedValueBox<State>
    private let listener: any Channel

    private init(_ listener: any Channel, _ state: NIOLockedValueBox<State>) {
        self.listener = listener
        self.state = state
    }

    static func with<T>(_ body: (CallbackReceiver) async throws -> T) async throws -> T {
        let state = NIOLockedValueBox(State())
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let receiver = CallbackReceiver(listener, state)
        let result: Result<T, any Error>
        do { result = .success(try await body(receiver)) } catch { result = .failure(error) }
        listener.close(promise: nil)
        try? await listener.closeFuture.get()
        return try result.get()
    }

    var url: String { "http://127.0.0.1:\(self.listener.localAddress?.port ?? 0)" }
    var calls: [Call] { self.state.withLockedValue { $0.calls } }
    var refused: Int { self.state.withLockedValue { $0.refused } }

    /// Answers 503 to everything, or takes it again.
    func refuse(_ refuses: Bool) { self.state.withLockedValue { $0.refuses = refuses } }

    /// The `type` of each receipt of a message, in the order in which they came.
    func types(of id: String) -> [Int] {
        self.calls.filter { $0.path.hasSuffix("/receipts") && $0.query["id"] == id }.compactMap {
            $0.query["type"].flatMap { Int($0) }
        }
    }

    /// The texts that came from a number.
    func texts(from number: String) -> [String] {
        self.calls.filter { $0.path.hasSuffix("/inbound") && $0.query["from"] == number }.compactMap {
            $0.query["text"]
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                octets.append(value)
                rest = rest.dropFirst(2)
            } else {
                octets.append(octet == UInt8(ascii: "+") ? 0x20 : octet)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let state: NIOLockedValueBox<State>
        private var uri = ""

        init(_ state: NIOLockedValueBox<State>) { self.state = state }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch Self.unwrapInboundIn(data) {
            case .head(let head): self.uri = head.uri
            case .body: break
            case .end:
                let isTaken = self.note()
                let head = HTTPResponseHead(
                    version: .http1_1, status: isTaken ? .ok : .serviceUnavailable, headers: ["Content-Length": "0"])
                context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        private func note() -> Bool {
            let parts = self.uri.split(separator: "?", maxSplits: 1)
            let pairs = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
                let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(halves[0]), halves.count > 1 ? CallbackReceiver.decoded(halves[1]) : "")
            }
            let call = Call(
                path: parts.first.map { String($0) } ?? "", query: Dictionary(pairs) { first, _ in first })
            return self.state.withLockedValue { state in
                if state.refuses { state.refused += 1 } else { state.calls.append(call) }
                return !state.refuses
            }
        }
    }
}
