import NIOCore
import NIOPosix

/// Stands between a client and a server: hands everything on, or swallows what the server answers, the connection ending
/// instead.
package final class Relay: Sendable {
    package enum Habit: Sendable {
        case honest
        /// The request arrives; its answer does not.
        case swallowing
    }

    package let port: Int
    private let channel: any Channel

    /// - Parameter near: Where it listens; any port that is free otherwise.
    package static func with<T>(
        _ habit: Habit, to port: Int, at near: Int = 0, _ body: (Relay) async throws -> T
    ) async throws -> T {
        let relay = try await Relay(habit, to: port, at: near)
        let result: Result<T, any Error>
        do { result = .success(try await body(relay)) } catch { result = .failure(error) }
        try? await relay.channel.close()
        return try result.get()
    }

    private init(_ habit: Habit, to port: Int, at near: Int) async throws {
        self.channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop)
                    .channelInitializer { far in
                        far.eventLoop.makeCompletedFuture {
                            switch habit {
                            case .honest: try far.pipeline.syncOperations.addHandler(Forwarder(far: near))
                            case .swallowing: try far.pipeline.syncOperations.addHandler(Swallower(near: near))
                            }
                        }
                    }
                    .connect(host: "127.0.0.1", port: port)
                    .flatMap { far in
                        near.pipeline.addHandler(Forwarder(far: far)).flatMap {
                            near.setOption(.autoRead, value: true)
                        }
                    }
            }
            .bind(host: "127.0.0.1", port: near).get()
        self.port = self.channel.localAddress?.port ?? 0
    }

    private final class Forwarder: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let far: any Channel

        init(far: any Channel) { self.far = far }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.far.writeAndFlush(self.unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.far.close(promise: nil)
            context.fireChannelInactive()
        }
    }

    private final class Swallower: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let near: any Channel

        init(near: any Channel) { self.near = near }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.near.close(promise: nil)
            context.close(promise: nil)
        }
    }
}
