import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A TCP proxy between a service and a server, whose connections can be cut, frozen and closed in one direction.
final class CuttableProxy: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let upstream: (host: String, port: Int)
    private let pairs = NIOLockedValueBox<[ObjectIdentifier: (client: any Channel, server: any Channel)]>([:])
    private let frozen = NIOLockedValueBox(false)
    private let listener = NIOLockedValueBox<(any Channel)?>(nil)

    init(to host: String, port: Int) {
        self.upstream = (host, port)
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// Listens on a free loopback port. - Returns: that port.
    func start() async throws -> Int {
        let channel = try await ServerBootstrap(group: self.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // Nothing is read from the client before there is somebody to give it to.
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in self.join(client) }
            .bind(host: "127.0.0.1", port: 0).get()
        self.listener.withLockedValue { $0 = channel }
        guard let port = channel.localAddress?.port else { throw OperationsError("the proxy has no port") }
        return port
    }

    func stop() async {
        if let listener = self.listener.withLockedValue({ $0.take() }) { try? await listener.close() }
        self.cut()
        try? await self.group.shutdownGracefully()
    }

    /// Connections open now.
    var count: Int { self.pairs.withLockedValue { $0.count } }

    /// Ends every connection at once, on both sides, with whatever was under way in it.
    func cut() {
        for pair in self.pairs.withLockedValue({ Array($0.values) }) {
            for channel in [pair.client, pair.server] {
                // A reset instead of an orderly end.
                guard let socket = channel as? any SocketOptionProvider else { continue }
                socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
            }
        }
    }

    /// Tells the services that the servers have ended, while the other direction stays open.
    func halfClose() {
        for pair in self.pairs.withLockedValue({ Array($0.values) }) {
            pair.client.close(mode: .output, promise: nil)
        }
    }

    /// Passes nothing on, in either direction, while every connection stays open.
    func freeze(_ frozen: Bool) {
        self.frozen.withLockedValue { $0 = frozen }
        for pair in self.pairs.withLockedValue({ Array($0.values) }) {
            for channel in [pair.client, pair.server] {
                channel.setOption(.autoRead, value: !frozen).whenComplete { _ in }
            }
        }
    }

    private func join(_ client: any Channel) -> EventLoopFuture<Void> {
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: false)
            .connect(host: self.upstream.host, port: self.upstream.port)
            .flatMap { server in
                let identity = ObjectIdentifier(client)
                self.pairs.withLockedValue { $0[identity] = (client, server) }
                client.closeFuture.whenComplete { _ in
                    self.pairs.withLockedValue { $0[identity] = nil }
                    server.close(promise: nil)
                }
                server.closeFuture.whenComplete { _ in client.close(promise: nil) }
                let reading = !self.frozen.withLockedValue { $0 }
                return client.eventLoop.makeCompletedFuture {
                    try client.pipeline.syncOperations.addHandler(PassOn(to: server))
                    try server.pipeline.syncOperations.addHandler(PassOn(to: client))
                }.flatMap {
                    client.setOption(.autoRead, value: reading).and(server.setOption(.autoRead, value: reading)).map {
                        _ in
                    }
                }
            }
    }
}

/// Gives what one side sends to the other, and its end as well.
private final class PassOn: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.other.write(self.unwrapInboundIn(data), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.other.flush()
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            self.other.close(mode: .output, promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
