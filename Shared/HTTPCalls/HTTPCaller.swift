import NIOCore
import NIOHTTP1
import NIOPosix

/// Calls one HTTP/1.1 server over a few kept connections, one outstanding request on each.
///
/// Connections are opened when needed, kept while the server keeps them, and replaced when they break. Safe to use from
/// any number of tasks: who finds all connections busy waits, in order. Follows no redirects. TLS comes from outside, as
/// ``ConnectionSecurity``, so that only programs that need it carry it.
package final class HTTPCaller: Sendable {
    /// The most bytes of an answer that are read.
    package static let largestReply = 64 << 20

    private let host: String
    private let port: Int
    private let authority: String
    private let security: ConnectionSecurity?
    private let timeout: TimeAmount
    private let shelf: ConnectionShelf
    private let group: any EventLoopGroup

    /// - Parameters:
    ///   - connections: The most that are open at once.
    ///   - timeout: For a whole call: waiting for a connection, opening it, sending, and the whole answer.
    ///   - idle: A connection nobody has used for that long is not used again: the server may be closing it just now, and
    ///     what is sent then is ``HTTPCallError/unanswered``. nil: however long.
    ///   - authority: The `Host` of every request, where it is not host and port.
    ///   - security: What protects the connections; nil for plain ones.
    package init(
        host: String, port: Int, connections: Int = 4, timeout: Duration = .seconds(30), idle: Duration? = nil,
        authority: String? = nil, security: ConnectionSecurity? = nil
    ) {
        self.host = host
        self.port = port
        self.authority = authority ?? "\(host):\(port)"
        self.security = security
        self.timeout = TimeAmount(timeout)
        self.shelf = ConnectionShelf(limit: connections, idle: idle.map { TimeAmount($0) })
        self.group = MultiThreadedEventLoopGroup.singleton
    }

    /// Makes a call.
    ///
    /// A kept connection may turn out to have been closed by the server. What certainly was not sent, and every GET and
    /// HEAD, is then sent once more on a new connection; anything else is reported as ``HTTPCallError/unanswered``.
    ///
    /// - Parameters:
    ///   - path: With its query, percent-encoded, beginning with `/`.
    ///   - headers: Besides `Host` and `Content-Length`, which are set.
    ///   - isHarmless: Whether repeating it does no harm, as with every proper GET. Say so where it is otherwise.
    package func call(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [], isHarmless: Bool? = nil
    ) async throws(HTTPCallError) -> HTTPReply {
        let deadline = NIODeadline.now() + self.timeout
        let head = self.head(method, path, headers, length: body.count)
        let isHarmless = isHarmless ?? (method == "GET" || method == "HEAD")
        while true {
            let (channel, isFresh) = try await self.connection(before: deadline)
            do throws(HTTPCallError) {
                return try await self.exchange(head, body, on: channel, before: deadline)
            } catch {
                let repeatable = error == .refused || (error == .unanswered && isHarmless)
                guard repeatable, !isFresh, NIODeadline.now() < deadline else { throw error }
            }
        }
    }

    /// Closes the free connections; calls that are running finish, later ones fail with ``HTTPCallError/cancelled``.
    package func shutdown() async {
        for channel in self.shelf.close() {
            channel.close(promise: nil)
            // Closing what is closed already is an error that says nothing.
            try? await channel.closeFuture.get()
        }
    }

    private func head(
        _ method: String, _ path: String, _ headers: [(String, String)], length: Int
    ) -> HTTPRequestHead {
        var fields = HTTPHeaders([("Host", self.authority)])
        for (name, value) in headers { fields.add(name: name, value: value) }
        if length > 0 || !["GET", "HEAD", "DELETE"].contains(method) {
            fields.replaceOrAdd(name: "Content-Length", value: String(length))
        }
        return HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: fields)
    }

    private func connection(before deadline: NIODeadline) async throws(HTTPCallError) -> (any Channel, isFresh: Bool) {
        switch await self.shelf.take(before: deadline, timer: self.group.any()) {
        case .use(let channel): return (channel, false)
        // In the queue until the time was up: nothing has left.
        case .none(.timedOut): throw .refused
        case .none(let reason): throw reason
        case .open: break
        }
        let security = self.security
        let ready = security.map { _ in self.group.any().makePromise(of: Void.self) }
        do {
            let channel = try await ClientBootstrap(group: self.group)
                .connectTimeout(max(.milliseconds(1), deadline - .now()))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let security, let ready {
                            try security.protect(channel)
                            try channel.pipeline.syncOperations.addHandler(HandshakeHandler(ready: ready))
                        }
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(ExchangeHandler(largestReply: Self.largestReply))
                    }
                }
                .connect(host: self.host, port: self.port).get()
            if let ready { try await Self.handshake(ready, on: channel, before: deadline) }
            return (channel, true)
        } catch {
            // Where there was no connection there was no handshake either; nobody waits for the promise then.
            ready?.fail(error)
            self.shelf.forget()
            // However it ended: no request has left.
            throw .refused
        }
    }

    /// Waits until the other side has shown who it is. Only then may a request be written: one that waits for the
    /// handshake in the connection could not be told from one that was sent.
    private static func handshake(
        _ ready: EventLoopPromise<Void>, on channel: any Channel, before deadline: NIODeadline
    ) async throws {
        let alarm = channel.eventLoop.scheduleTask(deadline: deadline) {
            ready.fail(HTTPCallError.refused)
            channel.close(promise: nil)
        }
        defer { alarm.cancel() }
        do {
            try await withTaskCancellationHandler {
                try await ready.futureResult.get()
            } onCancel: {
                ready.fail(HTTPCallError.refused)
                channel.close(promise: nil)
            }
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    private func exchange(
        _ head: HTTPRequestHead, _ body: [UInt8], on channel: any Channel, before deadline: NIODeadline
    ) async throws(HTTPCallError) -> HTTPReply {
        guard NIODeadline.now() < deadline else {
            // Too late to get an answer, and in time not to ask.
            channel.close(promise: nil)
            self.shelf.forget()
            throw .refused
        }
        let promise = channel.eventLoop.makePromise(of: Exchange.Answer.self)
        let alarm = channel.eventLoop.scheduleTask(deadline: deadline) {
            promise.fail(HTTPCallError.timedOut)
            channel.close(promise: nil)
        }
        defer { alarm.cancel() }
        do {
            let answer = try await withTaskCancellationHandler {
                channel.writeAndFlush(Exchange(head: head, body: body, answer: promise)).whenFailure { _ in
                    // The channel was closed before the request reached its handler.
                    promise.fail(HTTPCallError.refused)
                }
                return try await promise.futureResult.get()
            } onCancel: {
                promise.fail(HTTPCallError.cancelled)
                channel.close(promise: nil)
            }
            if answer.reusable { self.shelf.put(channel) } else { self.shelf.forget() }
            return answer.reply
        } catch {
            channel.close(promise: nil)
            self.shelf.forget()
            throw error as? HTTPCallError ?? .unanswered
        }
    }
}
