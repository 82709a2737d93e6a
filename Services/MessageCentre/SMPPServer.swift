import Glibc
import Logging
import NIOCore
import NIOPosix
import SMPP
import ServiceLifecycle
import ServiceRuntime

/// Listens for SMPP clients until it is stopped.
struct SMPPServer: Service, CustomStringConvertible {
    let port: Int
    let centre: MessageCentre
    let group: any EventLoopGroup
    let logger: Logger

    var description: String { "SMPP interface" }

    func run() async throws {
        let listener: any Channel
        do {
            listener = try await self.listen()
        } catch let error as IOError {
            throw ConfigurationError(
                key: .smppPort,
                problem:
                    "127.0.0.1:\(self.port) cannot be listened on (\(error.errnoCode == EADDRINUSE ? "in use" : "errno \(error.errnoCode)")): stop what uses it, or choose another SMPP_PORT."
            )
        }
        self.logger.notice("listening for SMPP", metadata: ["port": "\(listener.localAddress?.port ?? self.port)"])
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await listener.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listener.close(promise: nil)
            self.centre.closeAll()
        }
    }

    private func listen() async throws -> any Channel {
        try await ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    // A client enquires every few seconds; who has said nothing for so long has gone.
                    try pipeline.addHandler(IdleStateHandler(readTimeout: .seconds(120)))
                    try pipeline.addHandler(ByteToMessageHandler(SMPPFrameDecoder()))
                    try pipeline.addHandler(MessageToByteHandler(SMPPFrameEncoder()))
                    try pipeline.addHandler(SMPPSessionHandler(centre: self.centre, logger: self.logger))
                }
            }
            .bind(host: "127.0.0.1", port: self.port).get()
    }
}

/// One client's connection: hands what comes to the centre.
private final class SMPPSessionHandler: ChannelInboundHandler {
    typealias InboundIn = SMPPFrame
    typealias OutboundOut = SMPPPDU

    private let centre: MessageCentre
    private let logger: Logger
    private var id: Int?

    init(centre: MessageCentre, logger: Logger) {
        self.centre = centre
        self.logger = logger
    }

    func channelActive(context: ChannelHandlerContext) {
        self.id = self.centre.opened(context.channel)
        if self.id == nil { context.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let id = self.id { self.centre.closed(id) }
        self.id = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let id = self.id else { return }
        self.centre.received(Self.unwrapInboundIn(data), from: id)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    /// Octets that are no SMPP: nobody knows where the next PDU would begin.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.logger.info("a connection was closed", metadata: ["error.type": "\(type(of: error))"])
        context.close(promise: nil)
    }
}
