/// Exchanges, queues and bindings that must exist. Declaring is idempotent; a declaration that contradicts what exists
/// is refused by the broker (406) and reported as an error.
package struct AMQPTopology: Sendable, Hashable {
    package struct Exchange: Sendable, Hashable {
        package enum Kind: String, Sendable { case topic, direct, fanout, headers }
        package var name: String
        package var kind: Kind
        package var durable: Bool
        package var autoDelete: Bool
        package var arguments: [String: AMQPFieldValue]

        package init(
            _ name: String, kind: Kind = .topic, durable: Bool = true, autoDelete: Bool = false,
            arguments: [String: AMQPFieldValue] = [:]
        ) {
            self.name = name
            self.kind = kind
            self.durable = durable
            self.autoDelete = autoDelete
            self.arguments = arguments
        }
    }

    package struct Queue: Sendable, Hashable {
        package var name: String
        package var durable: Bool
        package var exclusive: Bool
        package var autoDelete: Bool
        package var arguments: [String: AMQPFieldValue]

        package init(
            _ name: String, durable: Bool = true, exclusive: Bool = false, autoDelete: Bool = false,
            arguments: [String: AMQPFieldValue] = [:]
        ) {
            self.name = name
            self.durable = durable
            self.exclusive = exclusive
            self.autoDelete = autoDelete
            self.arguments = arguments
        }

        /// A replicated queue on disk. It has no delivery limit: lost connections count against such a limit, and a few
        /// restarts would dead-letter every prefetched message.
        package static func quorum(
            _ name: String, deadLetterExchange: String? = nil, arguments: [String: AMQPFieldValue] = [:]
        ) -> Queue {
            var arguments = arguments
            arguments["x-queue-type"] = "quorum"
            if let deadLetterExchange { arguments["x-dead-letter-exchange"] = .string(deadLetterExchange) }
            return Queue(name, arguments: arguments)
        }
    }

    package struct Binding: Sendable, Hashable {
        package var queue: String
        package var exchange: String
        package var routingKey: String
        package var arguments: [String: AMQPFieldValue]

        package init(queue: String, exchange: String, routingKey: String, arguments: [String: AMQPFieldValue] = [:]) {
            self.queue = queue
            self.exchange = exchange
            self.routingKey = routingKey
            self.arguments = arguments
        }
    }

    package var exchanges: [Exchange]
    package var queues: [Queue]
    package var bindings: [Binding]

    package init(exchanges: [Exchange] = [], queues: [Queue] = [], bindings: [Binding] = []) {
        self.exchanges = exchanges
        self.queues = queues
        self.bindings = bindings
    }

    /// Both topologies; what is equal in both is declared once.
    package func merging(_ other: AMQPTopology) -> AMQPTopology {
        AMQPTopology(
            exchanges: self.exchanges + other.exchanges.filter { !self.exchanges.contains($0) },
            queues: self.queues + other.queues.filter { !self.queues.contains($0) },
            bindings: self.bindings + other.bindings.filter { !self.bindings.contains($0) })
    }
}
