import FoundationEssentials
import RabbitMQ
import Testing

/// Measures, and fails only when something is lost. Run alone, with `AMQP_BENCHMARK=1`.
@Suite(
    .enabled(if: LiveBroker.isAvailable && ProcessInfo.processInfo.environment["AMQP_BENCHMARK"] != nil),
    .timeLimit(.minutes(5)))
struct ThroughputTests {
    @Test(arguments: [(1, 500), (2, 250), (64, 1)])
    func `Messages of 512 bytes through a quorum queue`(callers: Int, batch: Int) async throws {
        let total = 32_000
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            let consumer = room.consumer(prefetch: 1000)
            let messages = (0..<batch).map { room.message($0, body: [UInt8](repeating: 65, count: 512)) }
            try await LiveBroker.running([publisher]) {
                _ = await publisher.publish(messages)
                let published = await ContinuousClock().measure {
                    await withTaskGroup(of: Void.self) { group in
                        for _ in 0..<callers {
                            group.addTask {
                                for _ in 0..<(total / callers / batch) {
                                    #expect(await publisher.publish(messages).allSatisfy { $0 == .confirmed })
                                }
                            }
                        }
                    }
                }
                let count = total / callers / batch * callers * batch
                try await LiveBroker.running([consumer]) {
                    let consumed = await ContinuousClock().measure {
                        var taken = 0
                        while taken < count {
                            let deliveries = await consumer.next(max: 500, from: nil, linger: .milliseconds(5))
                            await consumer.acknowledge(deliveries.map(\.tag))
                            taken += deliveries.count
                        }
                    }
                    print(
                        "\(callers) callers × \(batch): published \(Int(Double(count) / (published / .seconds(1))))/s,",
                        "consumed \(Int(Double(count) / (consumed / .seconds(1))))/s")
                }
            }
        }
    }
}
