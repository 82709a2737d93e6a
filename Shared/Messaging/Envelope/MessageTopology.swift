import CardProgramme
import Contracts
import RabbitMQ

/// The names on the broker, and what is declared there (ARCHITECTURE §3.7).
package struct MessageTopology: Sendable {
    /// Prefix of every name: `youdai`, or the name of a rehearsal's run.
    package let namespace: String

    package init(namespace: String) { self.namespace = namespace }

    package var exchange: String { "\(self.namespace).messages" }
    /// Where the broker puts what it would otherwise drop; nothing of ours ever should arrive there.
    package var deadLetters: String { "\(self.namespace).dead" }

    package func queue(of service: ServiceName, _ lane: Lane) -> String {
        "\(self.namespace).\(service.rawValue).\(lane.rawValue)"
    }

    package func routingKey(for type: String, to destination: ServiceName, lane: Lane) -> String {
        "\(destination.rawValue).\(lane.rawValue).\(type)"
    }

    /// Every exchange, queue and binding of every service: a producer that starts first must find its consumers' queues,
    /// or its messages come back as unroutable.
    ///
    /// Quorum queues without a delivery limit: a lost connection counts as a delivery, so a limit would throw away what a
    /// restarted process had merely prefetched.
    package var declaration: AMQPTopology {
        var topology = AMQPTopology()
        topology.exchanges.append(.init(self.exchange, kind: .topic))
        topology.exchanges.append(.init(self.deadLetters, kind: .fanout))
        topology.queues.append(.init(self.deadLetters, arguments: ["x-queue-type": .string("quorum")]))
        topology.bindings.append(.init(queue: self.deadLetters, exchange: self.deadLetters, routingKey: ""))
        for service in ServiceName.allCases {
            for lane in [Lane.first, .standard] {
                let name = self.queue(of: service, lane)
                topology.queues.append(
                    .init(
                        name,
                        arguments: [
                            "x-queue-type": .string("quorum"),
                            "x-dead-letter-exchange": .string(self.deadLetters),
                        ]))
                topology.bindings.append(
                    .init(queue: name, exchange: self.exchange, routingKey: "\(service.rawValue).\(lane.rawValue).#"))
            }
        }
        return topology
    }

    package var queueNames: [String] {
        [self.deadLetters]
            + ServiceName.allCases.flatMap { [self.queue(of: $0, .first), self.queue(of: $0, .standard)] }
    }
}
