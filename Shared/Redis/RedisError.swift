/// What went wrong between this process and Redis.
///
/// ``message`` may be the server's own text, which can quote arguments; ``description`` never does, so that an error may
/// be logged as it is.
package struct RedisError: Error, Sendable, Hashable {
    /// The kind of failure. ``RedisError/isOutcomeUnknown`` tells the two that matter apart from the rest.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// There is no connection, or it was lost before the command was written. The command was not carried out.
        case unreachable
        /// Too many commands wait for their turn, or this one waited too long for its own. It was not carried out.
        case busy
        /// The command was meant for another server process than the present one. It was not carried out.
        case otherServer
        /// The connection was lost after the command was written: it may have been carried out or not.
        case unknown
        /// The answer did not come in time: the command may have been carried out, or still be.
        case timeout
        /// The server answered with an error; ``RedisError/serverCode`` is its first word.
        case server
        /// The answer does not have the form that was asked for. The command was carried out.
        case decoding
        /// The command is none for a connection that many share, or is too large. It was not sent.
        case invalid
    }

    package let code: Code
    /// The first word of the server's error, for example `NOSCRIPT`, `OOM`, `NOAUTH`, `LOADING`, `MISCONF`.
    package let serverCode: String?
    /// What happened, for a person with access to the data. Not for logs.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        self.serverCode = nil
    }

    /// An error the server answered with.
    package init(server text: String) {
        self.code = .server
        self.message = text
        let word = text.prefix { $0 != " " && $0 != "\n" }
        let isCode = !word.isEmpty && word.utf8.count <= 24 && word.utf8.allSatisfy { (0x41...0x5A).contains($0) }
        self.serverCode = isCode ? String(word) : "ERR"
    }

    /// True when nobody can tell from here whether the command was carried out.
    package var isOutcomeUnknown: Bool { self.code == .unknown || self.code == .timeout }

    /// The script is not in the server's cache.
    var isUnknownScript: Bool { self.serverCode == "NOSCRIPT" }

    /// A short, bounded word for metrics.
    package var metricLabel: String {
        guard let serverCode = self.serverCode else { return self.code.rawValue }
        return Self.fixedCodes.contains(serverCode) ? "server_\(serverCode)" : "server_other"
    }

    /// The server's own errors whose text is always the same.
    private static let fixedCodes: Set<String> = [
        "BUSY", "ERR", "LOADING", "MASTERDOWN", "MISCONF", "NOAUTH", "NOPERM", "NOREPLICAS", "NOSCRIPT", "OOM",
        "READONLY", "WRONGPASS", "WRONGTYPE",
    ]
}

extension RedisError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        guard let serverCode = self.serverCode else { return "Redis \(self.code.rawValue): \(self.message)" }
        guard Self.fixedCodes.contains(serverCode), serverCode != "ERR" else { return "Redis error \(serverCode)" }
        // Only ERR and the scripts' own errors quote what they were given; to be safe, the rest ends at the first quote too.
        return "Redis error \(self.message.prefix { !"'`\":\n".contains($0) })"
    }

    package var debugDescription: String { self.description }
}
