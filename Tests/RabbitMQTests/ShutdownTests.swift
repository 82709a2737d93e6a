import RabbitMQ
import ServiceLifecycle
import Testing

@Suite(.enabled(if: LiveBroker.isAvailable, "no broker is configured"), .timeLimit(.minutes(1)))
struct ShutdownTests {
    @Test func `On graceful shutdown what was handed out can still be acknowledged and the rest stays`() async throws {
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            // Four unanswered deliveries are all the broker gives: the call of `next` below waits for the shutdown.
            let consumer = room.consumer(prefetch: 4)
            let services = ServiceGroup(
                configuration: .init(
                    services: [.init(service: publisher), .init(service: consumer)], logger: LiveBroker.logger))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                #expect(await publisher.publish((0..<10).map { room.message($0) }).allSatisfy { $0 == .confirmed })
                let deliveries = await LiveBroker.take(4, from: consumer, acknowledging: false)
                await services.triggerGracefulShutdown()
                #expect(await consumer.next(max: 10, from: nil, linger: .zero).isEmpty)
                await consumer.acknowledge(deliveries.map(\.tag))
                try await group.waitForAll()
            }
            #expect(await publisher.publish([room.message(99)]) == [.unknown])
            // The broker counts a message as ready again a moment after the connection has closed.
            while try await room.connection.messageCount(room.standard) != 6 {}
        }
    }
}
