import Logging
import Messaging
import RabbitMQ

extension ServiceStand {
    /// The names of this stand on the broker.
    package var topology: MessageTopology { MessageTopology(namespace: self.name) }

    /// Puts a message on the broker as a stranger would, and waits for the broker's word that it has it.
    package func publish(_ message: AMQPMessage) async throws {
        let publisher = AMQPPublisher(
            configuration: self.installation.broker, topology: self.topology.declaration,
            logger: Logger(label: "stranger"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            try await Self.eventually("the broker has it") {
                await publisher.publish([message]) == [.confirmed] ? true : nil
            }
            group.cancelAll()
        }
    }
}
