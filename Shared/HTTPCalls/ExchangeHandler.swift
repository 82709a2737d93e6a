import NIOCore
import NIOHTTP1

/// Carries one exchange at a time over a connection. Lives on its event loop.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Exchange
    typealias OutboundOut = HTTPClientRequestPart

    private struct Running {
        let exchange: Exchange
        var head: HTTPResponseHead?
        var body = ByteBuffer()
        /// Whether the request has left wholly. An answer that came before that ends the connection's use.
        var written = false
    }

    private let largestReply: Int
    private var running: Running?

    init(largestReply: Int) {
        self.largestReply = largestReply
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = self.unwrapOutboundIn(data)
        guard self.running == nil, context.channel.isActive else {
            exchange.answer.fail(HTTPCallError.refused)
            promise?.succeed(())
            return
        }
        self.running = Running(exchange: exchange)
        context.write(self.wrapOutboundOut(.head(exchange.head)), promise: nil)
        if !exchange.body.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: exchange.body)
            context.write(self.wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { result in
            switch result {
            case .success: self.running?.written = true
            // The pipeline also reports it as an error or as the channel's end; an answer may still be readable.
            case .failure: break
            }
        }
        context.write(self.wrapOutboundOut(.end(nil)), promise: sent)
        promise?.succeed(())
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A part without a request is a server speaking out of turn.
        guard self.running != nil else { return context.close(promise: nil) }
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            // 1xx comes before the answer (RFC 9110 §15.2).
            guard head.status.code >= 200 else { return }
            self.running?.head = head
        case .body(var part):
            guard (self.running?.body.readableBytes ?? 0) + part.readableBytes <= self.largestReply else {
                return self.end(context, .malformed)
            }
            self.running?.body.writeBuffer(&part)
        case .end:
            self.complete(context)
        }
    }

    private func complete(_ context: ChannelHandlerContext) {
        guard let running = self.running, let head = running.head else { return }
        self.running = nil
        let reusable = running.written && head.isKeepAlive && context.channel.isActive
        let reply = HTTPReply(
            status: Int(head.status.code), headers: head.headers.map { (name: $0.name, value: $0.value) },
            body: Array(running.body.readableBytesView))
        if !reusable { context.close(promise: nil) }
        running.exchange.answer.succeed(Exchange.Answer(reply: reply, reusable: reusable))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end(context, .unanswered)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.end(context, error is HTTPParserError ? .malformed : .unanswered)
    }

    private func end(_ context: ChannelHandlerContext, _ reason: HTTPCallError) {
        let running = self.running
        self.running = nil
        context.close(promise: nil)
        running?.exchange.answer.fail(reason)
    }
}
