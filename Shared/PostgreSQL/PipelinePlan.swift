/// The commands of one round trip: each statement, and before it, where the session does not know it yet, its `Parse`.
struct PipelinePlan {
    enum Command {
        case prepare(name: String, StatementCache.Key)
        case execute(name: String, [PostgresParameter])
    }

    private(set) var commands: [Command] = []
    private var fresh: [StatementCache.Key: String] = [:]

    mutating func add(text: String, parameters: [PostgresParameter], cache: inout StatementCache) {
        let key = StatementCache.Key(text: text, types: parameters.map(\.type))
        if let name = cache.name(for: key) ?? self.fresh[key] {
            self.commands.append(.execute(name: name, parameters))
            return
        }
        let name = cache.newName()
        self.fresh[key] = name
        self.commands.append(.prepare(name: name, key))
        self.commands.append(.execute(name: name, parameters))
    }
}

extension PostgresParameter {
    /// A NUL in a text would end it early on its way through a C string; PostgreSQL has no text with one anyway.
    var hasForbiddenByte: Bool {
        !self.isBinary && (self.bytes?.contains(0) ?? false)
    }
}
