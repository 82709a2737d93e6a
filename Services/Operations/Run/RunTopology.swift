import Contracts
import Messaging

/// The names a run leaves on the broker.
struct RunTopology {
    let queues: [String]
    let exchanges: [String]

    init(namespace: String) {
        let topology = MessageTopology(namespace: namespace)
        self.queues = topology.queueNames
        self.exchanges = [topology.exchange, topology.deadLetters]
    }
}
