import CRabbitMQ
import FoundationEssentials
import Glibc

// Receiving frame by frame, and sending what needs no answer.
extension AMQPHandle {
    // MARK: - Receiving

    /// The next frame that is already here, or nil. Never waits. Sends and checks heartbeats on the way, so it must be
    /// called at least every half heartbeat.
    func nextFrame() throws(AMQPError) -> AMQPFrame? {
        var frame = unsafe amqp_frame_t()
        var nothing = timeval(tv_sec: 0, tv_usec: 0)
        let status = unsafe amqp_simple_wait_frame_noblock(self.connection, &frame, &nothing)
        if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
        try Self.check(status)
        // The frame lives in a pool of the library; everything is copied before the pool is used again.
        defer { unsafe amqp_maybe_release_buffers(self.connection) }
        return unsafe try Self.decode(frame)
    }

    private static func decode(_ frame: amqp_frame_t) throws(AMQPError) -> AMQPFrame {
        let channel = unsafe frame.channel
        switch unsafe Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD: return unsafe try Self.method(frame.payload.method, channel)
        case AMQP_FRAME_HEADER:
            let header = unsafe frame.payload.properties
            guard unsafe header.class_id == UInt16(AMQP_BASIC_CLASS), let decoded = unsafe header.decoded else {
                throw AMQPError(.protocolViolation, "a content header of an unknown class")
            }
            let properties = unsafe decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee
            return unsafe .header(
                channel: channel, bodySize: header.body_size, properties: Self.properties(properties))
        case AMQP_FRAME_BODY: return unsafe .body(channel: channel, Self.array(frame.payload.body_fragment))
        default: throw AMQPError(.protocolViolation, "a frame of an unknown type")
        }
    }

    private static func method(_ method: amqp_method_t, _ channel: UInt16) throws(AMQPError) -> AMQPFrame {
        let identifier = unsafe method.id
        guard let decoded = unsafe method.decoded else { return .other(method: identifier) }
        switch identifier {
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = unsafe decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
            return unsafe .deliver(
                channel: channel, number: deliver.delivery_tag, redelivered: deliver.redelivered != 0,
                exchange: Self.text(deliver.exchange), routingKey: Self.text(deliver.routing_key))
        case AMQP_BASIC_GET_OK_METHOD:
            let got = unsafe decoded.assumingMemoryBound(to: amqp_basic_get_ok_t.self).pointee
            return unsafe .getOk(
                channel: channel, number: got.delivery_tag, redelivered: got.redelivered != 0,
                exchange: Self.text(got.exchange), routingKey: Self.text(got.routing_key))
        case AMQP_BASIC_GET_EMPTY_METHOD: return .getEmpty
        case AMQP_BASIC_ACK_METHOD:
            let ack = unsafe decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
            return unsafe .ack(number: ack.delivery_tag, multiple: ack.multiple != 0)
        case AMQP_BASIC_NACK_METHOD:
            let nack = unsafe decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
            return unsafe .nack(number: nack.delivery_tag, multiple: nack.multiple != 0)
        case AMQP_BASIC_RETURN_METHOD:
            let returned = unsafe decoded.assumingMemoryBound(to: amqp_basic_return_t.self).pointee
            return unsafe .returned(
                channel: channel, code: Int(returned.reply_code), reason: Self.text(returned.reply_text),
                exchange: Self.text(returned.exchange), routingKey: Self.text(returned.routing_key))
        case AMQP_BASIC_CANCEL_METHOD: return .cancelled(channel: channel)
        case AMQP_CONNECTION_BLOCKED_METHOD:
            let blocked = unsafe decoded.assumingMemoryBound(to: amqp_connection_blocked_t.self).pointee
            return unsafe .blocked(reason: Self.text(blocked.reason))
        case AMQP_CONNECTION_UNBLOCKED_METHOD: return .unblocked
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = unsafe decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            return unsafe .channelClosed(
                channel: channel, code: Int(close.reply_code), reason: Self.text(close.reply_text))
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = unsafe decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            return unsafe .connectionClosed(code: Int(close.reply_code), reason: Self.text(close.reply_text))
        default: return .other(method: identifier)
        }
    }

    private static func properties(_ source: amqp_basic_properties_t) -> AMQPProperties {
        let flags = unsafe Int32(bitPattern: source._flags)
        func text(_ flag: Int32, _ bytes: amqp_bytes_t) -> String? {
            flags & flag != 0 ? unsafe Self.text(bytes) : nil
        }
        var properties = AMQPProperties(persistent: false)
        unsafe properties.contentType = text(AMQP_BASIC_CONTENT_TYPE_FLAG, source.content_type)
        unsafe properties.contentEncoding = text(AMQP_BASIC_CONTENT_ENCODING_FLAG, source.content_encoding)
        unsafe properties.correlationID = text(AMQP_BASIC_CORRELATION_ID_FLAG, source.correlation_id)
        unsafe properties.replyTo = text(AMQP_BASIC_REPLY_TO_FLAG, source.reply_to)
        unsafe properties.expiration = text(AMQP_BASIC_EXPIRATION_FLAG, source.expiration)
        unsafe properties.messageID = text(AMQP_BASIC_MESSAGE_ID_FLAG, source.message_id)
        unsafe properties.type = text(AMQP_BASIC_TYPE_FLAG, source.type)
        unsafe properties.userID = text(AMQP_BASIC_USER_ID_FLAG, source.user_id)
        unsafe properties.appID = text(AMQP_BASIC_APP_ID_FLAG, source.app_id)
        if flags & AMQP_BASIC_TIMESTAMP_FLAG != 0 {
            unsafe properties.timestamp = Date(timeIntervalSince1970: Double(source.timestamp))
        }
        if flags & AMQP_BASIC_PRIORITY_FLAG != 0 { unsafe properties.priority = source.priority }
        if flags & AMQP_BASIC_DELIVERY_MODE_FLAG != 0 { unsafe properties.persistent = source.delivery_mode == 2 }
        if flags & AMQP_BASIC_HEADERS_FLAG != 0 { unsafe properties.headers = Self.table(source.headers) }
        return properties
    }

    // MARK: - Sending

    /// While corked, frames are collected into as few segments as possible; uncorking sends the rest.
    func cork(_ on: Bool) { youdai_amqp_cork(self.descriptor, on ? 1 : 0) }

    /// Sends one message, mandatory. Blocks while the socket is full. The caller has asked ``AMQPMessage/mistake``: an
    /// error from here means that half a message may have left.
    func publish(_ message: AMQPMessage, on channel: UInt16) throws(AMQPError) {
        defer { self.recycle() }
        let exchange = unsafe try self.name(message.exchange)
        let routingKey = unsafe try self.name(message.routingKey)
        var properties = unsafe try self.properties(message.properties)
        let status = unsafe message.body.withUnsafeBytes { buffer in
            // The library only reads the body, but declares the pointer mutable.
            let body = unsafe amqp_bytes_t(
                len: buffer.count, bytes: UnsafeMutableRawPointer(mutating: buffer.baseAddress))
            return unsafe amqp_basic_publish(
                self.connection, channel, exchange, routingKey, 1, 0, &properties, body)
        }
        try Self.check(status)
    }

    func acknowledge(_ number: UInt64, on channel: UInt16) throws(AMQPError) {
        try unsafe Self.check(amqp_basic_ack(self.connection, channel, number, 0))
    }

    func reject(_ number: UInt64, on channel: UInt16, requeue: Bool) throws(AMQPError) {
        try unsafe Self.check(amqp_basic_reject(self.connection, channel, number, requeue ? 1 : 0))
    }

    /// Starts a consumer without waiting for the answer: a waiting call could lose deliveries that come first. A refusal
    /// arrives as ``AMQPFrame/channelClosed(channel:code:reason:)``.
    func consume(_ queue: String, tag: String, on channel: UInt16) throws(AMQPError) {
        defer { self.recycle() }
        var method = unsafe amqp_basic_consume_t(
            ticket: 0, queue: try self.name(queue), consumer_tag: try self.name(tag), no_local: 0, no_ack: 0,
            exclusive: 0,
            nowait: 1, arguments: amqp_empty_table)
        try unsafe Self.check(amqp_send_method(self.connection, channel, AMQP_BASIC_CONSUME_METHOD, &method))
    }

    /// Ends a consumer without waiting for the answer.
    func cancel(tag: String, on channel: UInt16) throws(AMQPError) {
        defer { self.recycle() }
        var method = unsafe amqp_basic_cancel_t(consumer_tag: try self.name(tag), nowait: 1)
        try unsafe Self.check(amqp_send_method(self.connection, channel, AMQP_BASIC_CANCEL_METHOD, &method))
    }

    /// Asks for one message; the answer comes as frames.
    func get(_ queue: String, on channel: UInt16) throws(AMQPError) {
        defer { self.recycle() }
        var method = unsafe amqp_basic_get_t(ticket: 0, queue: try self.name(queue), no_ack: 0)
        try unsafe Self.check(amqp_send_method(self.connection, channel, AMQP_BASIC_GET_METHOD, &method))
    }

    /// Answers the broker's `channel.close`, which the library does not do; the channel number may then be opened again.
    func confirmChannelClosed(_ channel: UInt16) throws(AMQPError) {
        var method = amqp_channel_close_ok_t(dummy: 0)
        try unsafe Self.check(amqp_send_method(self.connection, channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &method))
    }

    private func properties(_ source: AMQPProperties) throws(AMQPError) -> amqp_basic_properties_t {
        var properties = unsafe amqp_basic_properties_t()
        var flags = AMQP_BASIC_DELIVERY_MODE_FLAG
        unsafe properties.delivery_mode = source.persistent ? 2 : 1
        try unsafe self.set(&properties.content_type, source.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, &flags)
        try unsafe self.set(
            &properties.content_encoding, source.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG, &flags)
        try unsafe self.set(&properties.correlation_id, source.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG, &flags)
        try unsafe self.set(&properties.reply_to, source.replyTo, AMQP_BASIC_REPLY_TO_FLAG, &flags)
        try unsafe self.set(&properties.expiration, source.expiration, AMQP_BASIC_EXPIRATION_FLAG, &flags)
        try unsafe self.set(&properties.message_id, source.messageID, AMQP_BASIC_MESSAGE_ID_FLAG, &flags)
        try unsafe self.set(&properties.type, source.type, AMQP_BASIC_TYPE_FLAG, &flags)
        try unsafe self.set(&properties.user_id, source.userID, AMQP_BASIC_USER_ID_FLAG, &flags)
        try unsafe self.set(&properties.app_id, source.appID, AMQP_BASIC_APP_ID_FLAG, &flags)
        // A time before 1970, or no number at all, has no place on the wire.
        if let seconds = source.timestamp?.timeIntervalSince1970, seconds >= 0, seconds < 1e15 {
            flags |= AMQP_BASIC_TIMESTAMP_FLAG
            unsafe properties.timestamp = UInt64(seconds)
        }
        if let priority = source.priority {
            flags |= AMQP_BASIC_PRIORITY_FLAG
            unsafe properties.priority = priority
        }
        if !source.headers.isEmpty {
            flags |= AMQP_BASIC_HEADERS_FLAG
            unsafe properties.headers = try self.table(source.headers)
        }
        unsafe properties._flags = amqp_flags_t(bitPattern: flags)
        return unsafe properties
    }

    private func set(
        _ field: inout amqp_bytes_t, _ text: String?, _ flag: Int32, _ flags: inout Int32
    ) throws(AMQPError) {
        guard let text else { return }
        flags |= flag
        unsafe field = try self.name(text)
    }
}
