import NIOCore
import NIOTLS

/// Puts what protects a connection into it, before anything else. `TLSCalls` makes one; this target knows no cryptography.
package struct ConnectionSecurity: Sendable {
    /// Adds a handler that fires `TLSUserEvent.handshakeCompleted`, and carries nothing before. Called on the channel's
    /// event loop.
    package let protect: @Sendable (any Channel) throws -> Void

    package init(protect: @escaping @Sendable (any Channel) throws -> Void) {
        self.protect = protect
    }
}

/// Tells when the handshake is over, or that there will be none.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let ready: EventLoopPromise<Void>

    init(ready: EventLoopPromise<Void>) {
        self.ready = ready
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event { self.ready.succeed(()) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.ready.fail(error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.ready.fail(HTTPCallError.refused)
        context.fireChannelInactive()
    }
}
