import CHiredis
import Glibc

/// The one owner of a `redisContext`: every call into hiredis is in this file.
///
/// Non-blocking, and used by one thread, which its actor sees to. After any error the context is of no use any more and
/// must be dropped: an answer that comes late would otherwise be taken for the next command's.
@safe struct RedisHandle: ~Copyable {
    /// What one ``consume()`` takes at most, as hiredis is built.
    static let readSize = 16 * 1024
    /// The most elements of one array, and the most bytes of one answer: a stranger on the port must not fill the memory.
    static let maximumElements: CInt = 1 << 20
    static let maximumReply = 64 * 1024 * 1024

    private let context: UnsafeMutablePointer<redisContext>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>

    private init(_ context: UnsafeMutablePointer<redisContext>) {
        let reader = unsafe context.pointee.reader
        unsafe self.context = context
        unsafe self.functions = .allocate(capacity: 1)
        guard let reader = unsafe reader, let standard = unsafe reader.pointee.fn else { return }
        unsafe self.functions.initialize(to: standard.pointee)
        unsafe self.functions.pointee.createArray = { task, count in
            // Without an object the reader gives up, and the connection with it.
            guard count <= RedisHandle.maximumElements, let task = unsafe task,
                let standard = unsafe task.pointee.privdata?.assumingMemoryBound(to: redisReplyObjectFunctions.self)
            else { return nil }
            return unsafe standard.pointee.createArray(task, count)
        }
        unsafe reader.pointee.privdata = UnsafeMutableRawPointer(standard)
        unsafe reader.pointee.fn = self.functions
    }

    /// hiredis sends with write(2), which would end a process that does not ignore SIGPIPE when the server has gone. The
    /// signal goes to the thread that writes, and this keeps it from the calling one.
    static func blockBrokenPipes() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Starts connecting; the socket becomes writable when that has ended, and ``finishConnecting()`` tells how.
    static func connect(host: String, port: Int) throws(RedisError) -> RedisHandle {
        guard let context = unsafe redisConnectNonBlock(host, CInt(clamping: port)) else {
            throw RedisError(.unreachable, "out of memory")
        }
        guard unsafe context.pointee.err == 0 else {
            let error = unsafe Self.failure(context)
            unsafe redisFree(context)
            throw error
        }
        return unsafe RedisHandle(context)
    }

    deinit {
        unsafe redisFree(self.context)
        unsafe self.functions.deallocate()
    }

    var descriptor: CInt { unsafe self.context.pointee.fd }

    func finishConnecting() throws(RedisError) {
        var status: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        let answer = unsafe getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &status, &size)
        guard answer == 0, status == 0 else {
            throw RedisError(.unreachable, unsafe String(cString: strerror(answer == 0 ? status : errno)))
        }
        _ = fcntl(self.descriptor, F_SETFD, FD_CLOEXEC)
        if unsafe redisEnableKeepAlive(self.context) != REDIS_OK { throw self.failure() }
    }

    // MARK: - Sending

    /// Puts a command into the buffer: a list of arguments with their lengths, whatever bytes are in them.
    func append(_ command: RedisCommand) throws(RedisError) {
        let ends = command.ends
        let status = unsafe command.bytes.withUnsafeBytes { bytes in
            unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: ends.count) { arguments in
                unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: ends.count) { lengths in
                    var start = 0
                    for (index, end) in ends.enumerated() {
                        unsafe arguments.initializeElement(
                            at: index, to: bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self))
                        unsafe lengths.initializeElement(at: index, to: end - start)
                        start = end
                    }
                    return unsafe redisAppendCommandArgv(
                        self.context, CInt(ends.count), arguments.baseAddress, lengths.baseAddress)
                }
            }
        }
        if status != REDIS_OK { throw self.failure() }
    }

    /// Hands what is buffered to the socket. True when nothing is left.
    func flush() throws(RedisError) -> Bool {
        var isDone: CInt = 0
        if unsafe redisBufferWrite(self.context, &isDone) != REDIS_OK { throw self.failure() }
        return isDone == 1
    }

    // MARK: - Receiving

    /// Takes in what the socket has, ``readSize`` at most.
    /// - Returns: How many bytes. Fewer than ``readSize``: the socket was empty then.
    func consume() throws(RedisError) -> Int {
        let before = unsafe self.context.pointee.reader.pointee.len
        if unsafe redisBufferRead(self.context) != REDIS_OK { throw self.failure() }
        let after = unsafe self.context.pointee.reader.pointee.len
        if after > Self.maximumReply { throw RedisError(.unknown, "an answer larger than any asked for") }
        return after - before
    }

    /// The next whole answer of what was taken in.
    func nextReply() throws(RedisError) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        if unsafe redisGetReplyFromReader(self.context, &reply) != REDIS_OK { throw self.failure() }
        guard let reply = unsafe reply else { return nil }
        defer { unsafe freeReplyObject(reply) }
        return unsafe Self.value(reply.assumingMemoryBound(to: redisReply.self))
    }

    private static func value(_ reply: UnsafeMutablePointer<redisReply>) -> RedisValue {
        let text = unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.len)
        switch unsafe reply.pointee.type {
        case REDIS_REPLY_INTEGER: return unsafe .integer(Int(reply.pointee.integer))
        case REDIS_REPLY_STRING: return unsafe .bulk(Array(text))
        case REDIS_REPLY_STATUS: return unsafe .status(String(decoding: text, as: UTF8.self))
        case REDIS_REPLY_ERROR: return unsafe .failure(RedisError(server: String(decoding: text, as: UTF8.self)))
        case REDIS_REPLY_ARRAY:
            let elements = unsafe UnsafeBufferPointer(start: reply.pointee.element, count: reply.pointee.elements)
            return unsafe .array(elements.map { unsafe $0.map { unsafe Self.value($0) } ?? .null })
        default: return .null
        }
    }

    // MARK: - Errors

    private func failure() -> RedisError { unsafe Self.failure(self.context) }

    private static func failure(_ context: UnsafeMutablePointer<redisContext>) -> RedisError {
        let text = unsafe withUnsafeBytes(of: &context.pointee.errstr) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        // The library's text for bytes it cannot read quotes one of them, and nothing else of anybody's.
        return RedisError(.unreachable, text)
    }
}
