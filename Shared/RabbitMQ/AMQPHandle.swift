import CRabbitMQ
import Glibc

/// The one owner of a librabbitmq connection. Every call into the library is in this file and its extensions.
///
/// Not sendable: the library allows one thread per connection, and the actor that owns the handle is that thread. Calls
/// block at most for the time-outs of the configuration, except sending, which blocks while the socket is full; a
/// ``SocketBreaker`` ends that from outside.
///
/// After any error the connection is destroyed without a closing handshake: the library may crash when it is asked to
/// close politely after bad data.
@safe struct AMQPHandle: ~Copyable {
    let connection: amqp_connection_state_t
    /// Memory for tables and strings of the call in progress.
    let pool: UnsafeMutablePointer<amqp_pool_t>

    /// Always this: the library passes 0 on to `realloc`.
    static let frameSize: Int32 = 131_072

    init() throws(AMQPError) {
        guard let connection = unsafe amqp_new_connection() else { throw AMQPError(.connection, "out of memory") }
        unsafe self.connection = connection
        unsafe self.pool = UnsafeMutablePointer<amqp_pool_t>.allocate(capacity: 1)
        unsafe init_amqp_pool(self.pool, 16 * 1024)
    }

    deinit {
        unsafe amqp_destroy_connection(self.connection)
        unsafe empty_amqp_pool(self.pool)
        unsafe self.pool.deallocate()
    }

    /// The socket, or -1.
    var descriptor: CInt { unsafe amqp_get_sockfd(self.connection) }

    /// The frame size both sides agreed on.
    var frameMaximum: Int { unsafe Int(amqp_get_frame_max(self.connection)) }

    // MARK: - Connecting

    /// Connects the socket. Resolving a name is not bounded by any time-out of ours.
    func connect(_ configuration: AMQPConfiguration) throws(AMQPError) {
        guard let socket = unsafe amqp_tcp_socket_new(self.connection) else {
            throw AMQPError(.connection, "out of memory")
        }
        var timeout = timeval(configuration.connectTimeout)
        try unsafe Self.check(
            amqp_socket_open_noblock(socket, configuration.host, Int32(clamping: configuration.port), &timeout))
    }

    /// Logs in, announcing what this client understands.
    func login(_ configuration: AMQPConfiguration) throws(AMQPError) {
        var handshake = timeval(configuration.connectTimeout)
        var call = timeval(configuration.callTimeout)
        try unsafe Self.check(amqp_set_handshake_timeout(self.connection, &handshake))
        try unsafe Self.check(amqp_set_rpc_timeout(self.connection, &call))
        let reply = unsafe youdai_amqp_login(
            self.connection, configuration.virtualHost, Self.frameSize, configuration.heartbeatSeconds,
            configuration.connectionName, configuration.user, configuration.password)
        do {
            try unsafe Self.check(reply)
        } catch {
            // 403 at login is the user or the password, 530 the virtual host: neither heals by itself.
            if error.replyCode == 403 || error.replyCode == 530 {
                throw AMQPError(.authentication, error.message, replyCode: error.replyCode)
            }
            throw error
        }
    }

    func openChannel(_ channel: UInt16) throws(AMQPError) {
        try self.answered(unsafe amqp_channel_open(self.connection, channel) != nil)
    }

    func closeChannel(_ channel: UInt16) throws(AMQPError) {
        try unsafe Self.check(amqp_channel_close(self.connection, channel, 200))
    }

    /// Says goodbye, waiting at most `timeout`. Only for a connection that has had no error.
    func close(timeout: Duration) {
        var call = timeval(timeout)
        _ = unsafe amqp_set_rpc_timeout(self.connection, &call)
        _ = unsafe amqp_connection_close(self.connection, 200)
    }

    // MARK: - Calls, for a connection without consumers

    func selectConfirms(_ channel: UInt16) throws(AMQPError) {
        try self.answered(unsafe amqp_confirm_select(self.connection, channel) != nil)
    }

    /// Limits the unanswered deliveries of each consumer on the channel.
    func limitDeliveries(_ channel: UInt16, to count: Int) throws(AMQPError) {
        try self.answered(unsafe amqp_basic_qos(self.connection, channel, 0, UInt16(clamping: count), 0) != nil)
    }

    func declare(_ exchange: AMQPTopology.Exchange, on channel: UInt16) throws(AMQPError) {
        defer { self.recycle() }
        let name = unsafe try self.name(exchange.name)
        let kind = unsafe try self.name(exchange.kind.rawValue)
        let arguments = unsafe try self.table(exchange.arguments)
        try self.answered(
            unsafe amqp_exchange_declare(
                self.connection, channel, name, kind, 0, exchange.durable ? 1 : 0, exchange.autoDelete ? 1 : 0, 0,
                arguments)
                != nil)
    }

    func declare(_ queue: AMQPTopology.Queue, on channel: UInt16) throws(AMQPError) {
        defer { self.recycle() }
        let name = unsafe try self.name(queue.name)
        let arguments = unsafe try self.table(queue.arguments)
        try self.answered(
            unsafe amqp_queue_declare(
                self.connection, channel, name, 0, queue.durable ? 1 : 0, queue.exclusive ? 1 : 0,
                queue.autoDelete ? 1 : 0, arguments) != nil)
    }

    func bind(_ binding: AMQPTopology.Binding, on channel: UInt16) throws(AMQPError) {
        defer { self.recycle() }
        let queue = unsafe try self.name(binding.queue)
        let exchange = unsafe try self.name(binding.exchange)
        let key = unsafe try self.name(binding.routingKey)
        let arguments = unsafe try self.table(binding.arguments)
        try self.answered(
            unsafe amqp_queue_bind(self.connection, channel, queue, exchange, key, arguments) != nil)
    }

    /// Messages ready in a queue, by a passive declaration: 404 when there is no such queue.
    func messageCount(_ queue: String, on channel: UInt16) throws(AMQPError) -> Int {
        defer { self.recycle() }
        let name = unsafe try self.name(queue)
        let answer = unsafe amqp_queue_declare(self.connection, channel, name, 1, 0, 0, 0, amqp_empty_table)
        guard let answer = unsafe answer else { throw self.refusal() }
        return unsafe Int(answer.pointee.message_count)
    }

    func purge(_ queue: String, on channel: UInt16) throws(AMQPError) -> Int {
        defer { self.recycle() }
        let name = unsafe try self.name(queue)
        guard let answer = unsafe amqp_queue_purge(self.connection, channel, name) else { throw self.refusal() }
        return unsafe Int(answer.pointee.message_count)
    }

    func deleteQueue(_ queue: String, on channel: UInt16) throws(AMQPError) {
        defer { self.recycle() }
        let name = unsafe try self.name(queue)
        try self.answered(unsafe amqp_queue_delete(self.connection, channel, name, 0, 0) != nil)
    }

    func deleteExchange(_ exchange: String, on channel: UInt16) throws(AMQPError) {
        defer { self.recycle() }
        let name = unsafe try self.name(exchange)
        try self.answered(unsafe amqp_exchange_delete(self.connection, channel, name, 0) != nil)
    }

    // MARK: - Errors

    private func answered(_ isAnswered: Bool) throws(AMQPError) {
        if !isAnswered { throw self.refusal() }
        unsafe amqp_maybe_release_buffers(self.connection)
    }

    /// Why the last call was not answered.
    private func refusal() -> AMQPError {
        do {
            try unsafe Self.check(amqp_get_rpc_reply(self.connection))
        } catch {
            return error
        }
        return AMQPError(.protocolViolation, "a call without an answer")
    }

    /// Turns a status of the library into an error.
    static func check(_ status: Int32) throws(AMQPError) {
        guard status < 0 else { return }
        let text = unsafe String(cString: amqp_error_string2(status))
        switch status {
        case AMQP_STATUS_TIMEOUT.rawValue: throw AMQPError(.timedOut, text)
        case AMQP_STATUS_HEARTBEAT_TIMEOUT.rawValue: throw AMQPError(.heartbeat, text)
        case AMQP_STATUS_BAD_AMQP_DATA.rawValue, AMQP_STATUS_UNEXPECTED_STATE.rawValue,
            AMQP_STATUS_UNKNOWN_CLASS.rawValue,
            AMQP_STATUS_UNKNOWN_METHOD.rawValue, AMQP_STATUS_INCOMPATIBLE_AMQP_VERSION.rawValue:
            throw AMQPError(.protocolViolation, text)
        case AMQP_STATUS_TABLE_TOO_BIG.rawValue, AMQP_STATUS_INVALID_PARAMETER.rawValue: throw AMQPError(.invalid, text)
        default: throw AMQPError(.connection, text)
        }
    }

    private static func check(_ reply: amqp_rpc_reply_t) throws(AMQPError) {
        switch unsafe reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_LIBRARY_EXCEPTION:
            try unsafe self.check(reply.library_error)
            throw AMQPError(.protocolViolation, "an error without a number")
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            let method = unsafe reply.reply
            guard let decoded = unsafe method.decoded else {
                throw AMQPError(.connectionClosed, "closed by the broker")
            }
            if unsafe method.id == AMQP_CHANNEL_CLOSE_METHOD {
                let close = unsafe decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
                throw unsafe AMQPError(
                    .channelClosed, Self.text(close.reply_text), replyCode: Int(close.reply_code))
            }
            let close = unsafe decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            throw unsafe AMQPError(.connectionClosed, Self.text(close.reply_text), replyCode: Int(close.reply_code))
        default: throw AMQPError(.connection, "the connection ended")
        }
    }
}

extension timeval {
    /// Rounded down to microseconds; never negative.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: max(0, Int(seconds)), tv_usec: max(0, Int(attoseconds / 1_000_000_000_000)))
    }
}
