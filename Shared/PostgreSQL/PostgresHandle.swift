import CPostgreSQL
import Glibc

/// The one owner of a `PGconn`: with ``PostgresCancelHandle`` every call into libpq.
///
/// Synchronous, and used by one thread at a time, which its actor sees to. The connection is non-blocking and always in
/// pipeline mode, but for scripts; whoever sends must call ``flush()`` and ``consume()`` as the socket becomes ready.
@safe struct PostgresHandle: ~Copyable {
    /// What a connection attempt waits for next.
    enum Progress: Equatable {
        case reading
        case writing
        case connected
    }

    /// What the server answered, in the order of what was sent.
    enum Reply {
        case result(PostgresResult)
        case failure(PostgresError)
        /// Not run, because something before it in the pipeline failed.
        case skipped
        /// The end of the answers to one command, `PQgetResult`'s NULL.
        case end
        case synchronized
    }

    /// What the session is doing, as of the last answer.
    enum Transaction: Equatable {
        case none
        case open
        case failed
        case unknown
    }

    private let connection: OpaquePointer

    /// Starts connecting. ``connectionProgress()`` carries it on.
    init(connecting parameters: [(keyword: String, value: String)]) throws(PostgresError) {
        let keywords = CStrings(parameters.map(\.keyword))
        let values = CStrings(parameters.map(\.value))
        let started = unsafe keywords.withPointers { keywords in
            unsafe values.withPointers { values in unsafe PQconnectStartParams(keywords, values, 0) }
        }
        guard let started = unsafe started else { throw PostgresError(.connection, "out of memory") }
        unsafe self.connection = started
        // libpq prints notices to standard error otherwise.
        _ = unsafe PQsetNoticeProcessor(started, { _, _ in }, nil)
    }

    deinit {
        unsafe PQfinish(self.connection)
    }

    /// The socket; may change while connecting. -1 when there is none.
    var descriptor: CInt { unsafe PQsocket(self.connection) }

    var isBroken: Bool { unsafe PQstatus(self.connection) == CONNECTION_BAD }

    var transaction: Transaction {
        switch unsafe PQtransactionStatus(self.connection) {
        case PQTRANS_IDLE: .none
        case PQTRANS_INTRANS: .open
        case PQTRANS_INERROR: .failed
        default: .unknown
        }
    }

    /// libpq's own account of the last failure, in one line.
    var lastError: String {
        guard let text = unsafe PQerrorMessage(self.connection) else { return "" }
        return unsafe String(cString: text).split(separator: "\n").joined(separator: " ")
    }

    // MARK: - Connecting

    mutating func connectionProgress() throws(PostgresError) -> Progress {
        switch unsafe PQconnectPoll(self.connection) {
        case PGRES_POLLING_READING: return .reading
        case PGRES_POLLING_WRITING: return .writing
        case PGRES_POLLING_OK:
            guard unsafe PQsetnonblocking(self.connection, 1) == 0 else { throw self.failure() }
            try self.setPipeline(true)
            return .connected
        default: throw self.failure()
        }
    }

    /// Pipeline mode allows binds and several commands per round trip; a script of many statements needs it off.
    mutating func setPipeline(_ isOn: Bool) throws(PostgresError) {
        let status = unsafe isOn ? PQenterPipelineMode(self.connection) : PQexitPipelineMode(self.connection)
        if status != 1 { throw self.failure() }
    }

    // MARK: - Sending

    mutating func sendPrepare(_ name: String, _ text: String, types: [UInt32]) throws(PostgresError) {
        let status = unsafe PQsendPrepare(self.connection, name, text, CInt(types.count), types)
        if status != 1 { throw self.failure() }
    }

    mutating func sendExecute(prepared name: String, _ parameters: [PostgresParameter]) throws(PostgresError) {
        let values = ParameterBuffer(parameters)
        let status = unsafe values.withPointers { pointers, lengths, formats in
            unsafe PQsendQueryPrepared(
                self.connection, name, CInt(parameters.count), pointers, lengths, formats, 0)
        }
        if status != 1 { throw self.failure() }
    }

    /// One command without binds and without a plan to keep.
    mutating func sendExecute(text: String) throws(PostgresError) {
        if unsafe PQsendQueryParams(self.connection, text, 0, nil, nil, nil, nil, 0) != 1 { throw self.failure() }
    }

    /// Several statements in one text; only outside pipeline mode.
    mutating func sendScript(_ text: String) throws(PostgresError) {
        if unsafe PQsendQuery(self.connection, text) != 1 { throw self.failure() }
    }

    /// Ends a pipeline: the server answers all of it, and a failure in it stops here.
    mutating func sendSync() throws(PostgresError) {
        if unsafe PQpipelineSync(self.connection) != 1 { throw self.failure() }
    }

    /// Hands what is buffered to the socket. True when nothing is left.
    mutating func flush() throws(PostgresError) -> Bool {
        let status = unsafe PQflush(self.connection)
        if status < 0 { throw self.failure() }
        return status == 0
    }

    // MARK: - Receiving

    /// Takes in what the socket has.
    mutating func consume() throws(PostgresError) {
        if unsafe PQconsumeInput(self.connection) != 1 { throw self.failure() }
    }

    /// True when ``nextReply()`` would have to wait.
    var isWaiting: Bool { unsafe PQisBusy(self.connection) == 1 }

    mutating func nextReply() -> Reply {
        guard let result = unsafe PQgetResult(self.connection) else { return .end }
        defer { unsafe PQclear(result) }
        switch unsafe PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_TUPLES_OK:
            return .result(unsafe Self.copy(result))
        case PGRES_PIPELINE_SYNC: return .synchronized
        case PGRES_PIPELINE_ABORTED: return .skipped
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            return .failure(PostgresError(.server, "COPY is not supported", isConnectionLoss: true))
        default:
            return .failure(unsafe Self.error(result))
        }
    }

    /// A request to stop what the server is doing for this connection.
    func startCancelling(_ wake: PostgresWakeHandle) -> PostgresCancelHandle? {
        guard let cancel = unsafe PQgetCancel(self.connection) else { return nil }
        return PostgresCancelHandle.start(address: UInt(bitPattern: cancel), wake: wake)
    }

    // MARK: - Waiting

    /// Sleeps until the socket has one of the events, somebody signals `wake`, or the deadline has passed.
    /// - Returns: False when the deadline has passed.
    func wait(reading: Bool, writing: Bool, wake: CInt, until deadline: ContinuousClock.Instant) -> Bool {
        let remaining = deadline - ContinuousClock.now
        if remaining <= .zero { return false }
        let events = Int16((reading ? POLLIN : 0) | (writing ? POLLOUT : 0))
        // A negative descriptor is ignored; without events a closed socket would still end the wait at once.
        let socket = events == 0 ? -1 : self.descriptor
        var descriptors = [
            pollfd(fd: socket, events: events, revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        // Rounded up, so that the thread does not spin through the last millisecond. An interrupted wait is a wake.
        _ = unsafe poll(&descriptors, 2, CInt(clamping: remaining.milliseconds))
        return true
    }

    /// True when an idle session's socket has nothing to read: a closed one has its end to read. Any thread may ask.
    static func isQuiet(_ descriptor: CInt) -> Bool {
        var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        return unsafe poll(&descriptors, 1, 0) == 0
    }

    // MARK: - Copying out

    private static func copy(_ result: OpaquePointer) -> PostgresResult {
        let affected = unsafe PQcmdTuples(result).flatMap { unsafe Int(String(cString: $0)) } ?? 0
        let tag = unsafe PQcmdStatus(result).map { unsafe String(cString: $0) } ?? ""
        let columnCount = unsafe PQnfields(result)
        let rowCount = unsafe PQntuples(result)
        guard rowCount > 0 else { return PostgresResult(rows: [], affected: affected, tag: tag) }
        let columns = (0..<columnCount).map { column in
            let name = unsafe PQfname(result, column).map { unsafe String(cString: $0) } ?? ""
            return PostgresTable.Column(name: name, type: unsafe PQftype(result, column))
        }
        var bytes: [UInt8] = []
        var bounds: [(start: Int, end: Int)] = []
        bounds.reserveCapacity(Int(rowCount) * Int(columnCount))
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                if unsafe PQgetisnull(result, row, column) == 1 {
                    bounds.append((-1, -1))
                    continue
                }
                let start = bytes.count
                if let value = unsafe PQgetvalue(result, row, column) {
                    let length = Int(unsafe PQgetlength(result, row, column))
                    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: value, count: length))
                }
                bounds.append((start, bytes.count))
            }
        }
        let table = PostgresTable(columns: columns, bytes: bytes, bounds: bounds)
        return PostgresResult(
            rows: (0..<Int(rowCount)).map { PostgresRow(table: table, index: $0) }, affected: affected, tag: tag)
    }

    private static func error(_ result: OpaquePointer) -> PostgresError {
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue else { return nil }
            return unsafe PQresultErrorField(result, CInt(ascii)).map { unsafe String(cString: $0) }
        }
        let state = field("C")
        let whole = unsafe PQresultErrorMessage(result).map { unsafe String(cString: $0) }
        let message = field("M") ?? whole ?? ""
        // Without a state the error is libpq's own: the connection broke. FATAL and PANIC end the session.
        let isFatal = state == nil || ["FATAL", "PANIC"].contains(field("V"))
        let code: PostgresError.Code = isFatal ? .connection : state == "57014" ? .timeout : .server
        return PostgresError(
            code, message.split(separator: "\n").joined(separator: " "), sqlState: state, constraint: field("n"),
            isConnectionLoss: isFatal)
    }

    private func failure() -> PostgresError {
        PostgresError(.connection, self.lastError)
    }
}
