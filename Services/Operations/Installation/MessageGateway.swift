import FoundationEssentials
import HTTPCalls

/// The installation's Kannel and message centre, as a rehearsal uses them: from a number of its own, on a port of its own, so
/// that what is written back never reaches the standing service.
struct MessageGateway: Sendable, Equatable {
    /// Kannel's `sendsms`, with its path.
    let url: String
    let user: String
    let password: String
    /// The part of the path Kannel is known by.
    let secret: String
    /// The number rehearsals send from; what is written to it Kannel brings to ``port``.
    let sender: String
    /// Where the notification of a rehearsal listens on 127.0.0.1; one rehearsal at a time.
    let port: Int
    /// Of the message centre, which has to be there for a message to end.
    let centreURL: String

    private static let keys = [
        "KANNEL_URL", "KANNEL_USER", "KANNEL_PASSWORD", "KANNEL_RECEIPT_SECRET", "KANNEL_REHEARSAL_SENDER",
        "KANNEL_REHEARSAL_URL", "MESSAGE_CENTRE_URL",
    ]

    /// Nil where one of the keys is missing: the installation has no gateway for rehearsals.
    ///
    /// - Throws: ``OperationsError`` for an address that is none.
    init?(_ values: [String: String], file: String) throws(OperationsError) {
        let known = Self.keys.map { values[$0] ?? "" }
        guard known.allSatisfy({ !$0.isEmpty }) else { return nil }
        guard let (host, port) = Installation.authority(known[5]), host == "127.0.0.1" else {
            throw OperationsError("KANNEL_REHEARSAL_URL in \(file) is not of the form http://127.0.0.1:port.")
        }
        (self.url, self.user, self.password, self.secret) = (known[0], known[1], known[2], known[3])
        (self.sender, self.port, self.centreURL) = (known[4], port, known[6])
    }

    /// What the notification of a rehearsal is told. It looks for what is due more often than one that works in real time, and
    /// nobody's carrier has to be spared.
    var settings: [String: String] {
        [
            "KANNEL_URL": self.url, "KANNEL_USER": self.user, "KANNEL_PASSWORD": self.password,
            "KANNEL_RECEIPT_SECRET": self.secret, "KANNEL_SENDER": self.sender,
            "KANNEL_NOTIFICATION_URL": "http://127.0.0.1:\(self.port)", "KANNEL_RATE": "1000", "KANNEL_BURST": "1000",
            "NOTIFICATION_LOOK_MILLISECONDS": "20",
        ]
    }

    /// Waits until nobody listens on the port any more: services of a rehearsal that was killed end within seconds.
    ///
    /// - Throws: ``OperationsError`` when the gateway does not answer, or the port stays taken.
    func check(patience: Duration = .seconds(30)) async throws {
        try await Self.answers("Kannel", self.url) { $0 == 403 }
        try await Self.answers("The message centre", "\(self.centreURL)/health/ready") { $0 == 200 }
        let deadline = ContinuousClock.now + patience
        while !FreePorts.isFree(self.port) {
            guard ContinuousClock.now < deadline else {
                throw OperationsError(
                    "端口\(self.port)被占用，可能另一场演练还在进行 · Port \(self.port), to which Kannel brings replies, is taken: another rehearsal is playing. Wait for its end."
                )
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func answers(_ name: String, _ url: String, _ isRight: (Int) -> Bool) async throws {
        guard let (host, port) = Installation.authority(url) else {
            throw OperationsError("\(url) is not of the form http://host:port.")
        }
        let path = url.dropFirst("http://".count).drop { $0 != "/" }
        let caller = HTTPCaller(host: host, port: port, connections: 1, timeout: .seconds(5))
        let reply = try? await caller.call("GET", path.isEmpty ? "/" : String(path), headers: [], body: [])
        await caller.shutdown()
        guard let reply, isRight(reply.status) else {
            throw OperationsError(
                "短信网关没有应答，请先运行 compose/up · \(name) does not answer at \(host):\(port); run compose/up first.")
        }
    }
}
