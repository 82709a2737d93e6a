/// One argument of a command: bytes, whatever they are. Nothing in them is ever read as a format or as several arguments.
package enum RedisArgument: Sendable, Hashable {
    case text(String)
    case bytes([UInt8])
    case integer(Int)
}

extension RedisArgument: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
}

/// A command as a list of arguments, encoded where it is made, so that the connection's thread only copies.
package struct RedisCommand: Sendable {
    /// More than any command here needs, and so little that one cannot hold up everybody else's for long.
    package static let maximumBytes = 64 * 1024 * 1024
    package static let maximumArguments = 1_000_000

    /// Every argument, one after the other.
    private(set) var bytes: [UInt8] = []
    /// Where each of them ends.
    private(set) var ends: [Int] = []
    /// Why it may not be sent.
    private(set) var mistake: RedisError?

    /// - Parameter name: A word of the programme's text, so that no input can choose the command.
    package init(_ name: StaticString, _ arguments: [RedisArgument] = []) {
        let name = "\(name)"
        self.append(word: name)
        self.ends.reserveCapacity(arguments.count + 1)
        for argument in arguments { self.append(argument) }
        if Self.unshareable.contains(name.uppercased()) {
            self.mistake = RedisError(.invalid, "\(name) is no command for a connection that many share")
        }
    }

    package init(_ name: StaticString, _ arguments: RedisArgument...) { self.init(name, arguments) }

    /// A script's run: by the digest of its text, or by the text itself.
    init(script: RedisScript, byText: Bool, keys: [RedisArgument], arguments: [RedisArgument]) {
        self.bytes.reserveCapacity(64 + 24 * (keys.count + arguments.count))
        self.ends.reserveCapacity(3 + keys.count + arguments.count)
        self.append(word: byText ? "EVAL" : "EVALSHA")
        self.append(word: byText ? script.source : script.digest)
        self.append(.integer(keys.count))
        for key in keys { self.append(key) }
        for argument in arguments { self.append(argument) }
    }

    var isTooLarge: Bool { self.bytes.count > Self.maximumBytes || self.ends.count > Self.maximumArguments }

    private mutating func append(word: String) {
        self.bytes.append(contentsOf: word.utf8)
        self.ends.append(self.bytes.count)
    }

    private mutating func append(_ argument: RedisArgument) {
        switch argument {
        case .text(let text): self.bytes.append(contentsOf: text.utf8)
        case .bytes(let bytes): self.bytes.append(contentsOf: bytes)
        case .integer(let number): self.bytes.append(contentsOf: String(number).utf8)
        }
        self.ends.append(self.bytes.count)
    }

    /// Commands that block the connection, change its state for everybody, or answer other than once.
    private static let unshareable: Set<String> = [
        "AUTH", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "CLIENT",
        "DISCARD", "EXEC", "HELLO", "MONITOR", "MULTI", "PSUBSCRIBE", "PSYNC", "PUNSUBSCRIBE", "QUIT", "RESET",
        "SELECT", "SSUBSCRIBE", "SUBSCRIBE", "SUNSUBSCRIBE", "SYNC", "UNSUBSCRIBE", "UNWATCH", "WAIT", "WATCH",
        "XREAD", "XREADGROUP",
    ]
}
