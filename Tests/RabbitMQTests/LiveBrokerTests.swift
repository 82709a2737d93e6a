import FoundationEssentials
import RabbitMQ
import Testing

@Suite(.enabled(if: LiveBroker.isAvailable, "no broker is configured"), .timeLimit(.minutes(1)))
struct LiveBrokerTests {
    @Test func `Published messages are confirmed and delivered with everything they carry`() async throws {
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            let consumer = room.consumer()
            var message = room.message(1, body: Array("正文".utf8))
            message.properties = AMQPProperties(
                messageID: "m-1", type: "submission.accepted.v1", correlationID: "c", contentType: "application/json",
                appID: "intake", timestamp: Date(timeIntervalSince1970: 1_646_092_800),
                headers: [
                    "text": "值", "number": -3, "yes": true, "bytes": .bytes([0, 255]), "double": .double(0.5),
                    "void": .void, "decimal": .decimal(scale: 2, value: 314), "time": .timestamp(1_646_092_800),
                    "table": .table(["list": .array([1, "two", .table([:]), .array([])])]),
                ])
            try await LiveBroker.running([publisher, consumer]) {
                #expect(await publisher.publish([message]) == [.confirmed])
                let delivery = try #require(await LiveBroker.take(1, from: consumer).first)
                #expect(delivery.queue == room.standard)
                #expect(delivery.routingKey == message.routingKey)
                #expect(delivery.exchange == room.exchange)
                #expect(delivery.properties == message.properties)
                #expect(delivery.body == message.body)
                #expect(!delivery.redelivered)
                #expect(delivery.deliveryCount == 0)
            }
        }
    }

    @Test func `A message no queue is bound for is returned and the others are confirmed`() async throws {
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            var messages = (1...30).map { room.message($0) }
            for lost in [3, 4, 20] { messages[lost].routingKey = "nowhere" }
            messages[7].properties.messageID = String(repeating: "m", count: 300)
            try await LiveBroker.running([publisher]) {
                let outcomes = await publisher.publish(messages)
                for (index, outcome) in outcomes.enumerated() {
                    switch (index, outcome) {
                    case (3, .returned(312, _)), (4, .returned(312, _)), (20, .returned(312, _)): break
                    case (7, .returned(501, _)): break
                    default: #expect(outcome == .confirmed, "message \(index)")
                    }
                }
            }
        }
    }

    @Test func `A body of ten megabytes and a thousand headers arrive unharmed`() async throws {
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            let consumer = room.consumer()
            let body = (0..<10_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var headers: [String: AMQPFieldValue] = [:]
            for number in 0..<4000 { headers["header-\(number)"] = .int(number) }
            let message = room.message(1, body: body, headers: headers)
            try await LiveBroker.running([publisher, consumer]) {
                #expect(await publisher.publish([message, room.message(2)]) == [.confirmed, .confirmed])
                let deliveries = await LiveBroker.take(2, from: consumer)
                #expect(deliveries.first?.body == body)
                #expect(deliveries.first?.properties.headers == headers)
                #expect(deliveries.last?.properties.messageID == "m-2")
            }
        }
    }

    @Test func `Each queue gets its share of a batch from the broker`() async throws {
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            let consumer = room.consumer(prefetch: 50)
            try await LiveBroker.running([publisher]) {
                let messages = (0..<100).map { room.message($0, lane: $0.isMultiple(of: 2) ? "first" : "standard") }
                #expect(await publisher.publish(messages).allSatisfy { $0 == .confirmed })
                try await LiveBroker.running([consumer]) {
                    var first = 0
                    var standard = 0
                    while first + standard < 100 {
                        let batch = await consumer.next(
                            max: 20, from: [room.first: 15, room.standard: 5], linger: .milliseconds(20))
                        await consumer.acknowledge(batch.map(\.tag))
                        #expect(batch.count <= 20)
                        first += batch.count { $0.queue == room.first }
                        standard += batch.count { $0.queue == room.standard }
                    }
                    #expect((first, standard) == (50, 50))
                }
            }
        }
    }

    @Test func `What was not acknowledged is delivered again and counted`() async throws {
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            try await LiveBroker.running([publisher]) {
                #expect(await publisher.publish([room.message(1), room.message(2)]) == [.confirmed, .confirmed])
            }
            let first = room.consumer()
            var old: [DeliveryTag] = []
            try await LiveBroker.running([first]) {
                old = await LiveBroker.take(2, from: first, acknowledging: false).map(\.tag)
                await first.reject([old[0]], requeue: true)
                let again = try #require(await LiveBroker.take(1, from: first).first)
                #expect(again.redelivered)
                #expect(again.deliveryCount == 1)
                await first.acknowledge(old + [again.tag])
            }
            let second = room.consumer()
            try await LiveBroker.running([second]) {
                // All was answered above, or is answered nowhere: an old tag must not touch the new connection.
                await second.acknowledge([DeliveryTag(generation: 9, channel: 1, number: 1)])
                await second.stopConsuming()
                #expect(await second.next(max: 1, from: nil, linger: .zero).isEmpty)
            }
        }
    }

    @Test func `A rejected message goes to the dead letters and can be taken from there`() async throws {
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            let consumer = room.consumer()
            let dead = "\(room.name).dead"
            try await LiveBroker.running([publisher, consumer]) {
                #expect(await publisher.publish([room.message(1)]) == [.confirmed])
                let tags = await LiveBroker.take(1, from: consumer, acknowledging: false).map(\.tag)
                await consumer.reject(tags, requeue: false)
                var got: AMQPDelivery?
                while got == nil { got = try await room.connection.get(dead) }
                let delivery = try #require(got)
                #expect(delivery.properties.messageID == "m-1")
                #expect(delivery.properties.headers["x-death"] != nil)
                try await room.connection.acknowledge(delivery.tag)
                #expect(try await room.connection.get(dead) == nil)
            }
        }
    }

    @Test func `When its queue is deleted the consumer declares it again and goes on`() async throws {
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            let consumer = room.consumer()
            try await LiveBroker.running([publisher, consumer]) {
                #expect(await publisher.publish([room.message(1)]) == [.confirmed])
                #expect(await LiveBroker.take(1, from: consumer).count == 1)
                try await room.connection.deleteQueue(room.standard)
                // Until the queue is back the message is returned, not lost.
                while await publisher.publish([room.message(2)]) != [.confirmed] {}
                #expect(await LiveBroker.take(1, from: consumer).first?.properties.messageID == "m-2")
                #expect(consumer.state.connections >= 2)
            }
        }
    }

    @Test func `A caller is not held when there is no broker`() async throws {
        var configuration = LiveBroker.configuration("nobody")
        configuration.port = 1
        configuration.publishTimeout = .milliseconds(200)
        let publisher = AMQPPublisher(configuration: configuration, topology: AMQPTopology(), logger: LiveBroker.logger)
        let message = AMQPMessage(exchange: "", routingKey: "q", body: [])
        try await LiveBroker.running([publisher]) {
            let taken = await ContinuousClock().measure { #expect(await publisher.publish([message]) == [.unknown]) }
            #expect(taken < .seconds(2))
            #expect(!publisher.state.connected)
        }
        #expect(await publisher.publish([message]) == [.unknown])
    }

    @Test func `A caller that is cancelled leaves at once`() async throws {
        try await LiveBroker.withRoom { room in
            let consumer = room.consumer()
            try await LiveBroker.running([consumer]) {
                let batch = await withTaskGroup(of: [AMQPDelivery].self) { group in
                    group.addTask { await consumer.next(max: 1, from: nil, linger: .zero) }
                    group.cancelAll()
                    return await group.next()
                }
                #expect(batch?.isEmpty == true)
            }
        }
    }
}

@Suite(.enabled(if: LiveBroker.isAvailable, "no broker is configured"), .timeLimit(.minutes(1)))
struct AMQPConnectionTests {
    @Test func `The connection for tools counts, purges and tells what does not exist`() async throws {
        try await LiveBroker.withRoom { room in
            let publisher = room.publisher()
            try await LiveBroker.running([publisher]) {
                #expect(await publisher.publish((0..<5).map { room.message($0) }).allSatisfy { $0 == .confirmed })
            }
            let connection = room.connection
            #expect(try await connection.messageCount("\(room.name).missing") == nil)
            #expect(try await connection.messageCount(room.standard) == 5)
            #expect(try await connection.purge(room.standard) == 5)
            #expect(try await connection.messageCount(room.standard) == 0)
            await #expect(throws: AMQPError.self) { try await connection.get("\(room.name).missing") }
            #expect(try await connection.get(room.standard) == nil)
        }
    }

    @Test func `A declaration that contradicts what exists is refused and the connection stays usable`() async throws {
        try await LiveBroker.withRoom { room in
            let other = AMQPTopology(exchanges: [.init(room.exchange, kind: .direct)])
            do throws(AMQPError) {
                try await room.connection.declare(other)
                Issue.record("the broker accepted a contradiction")
            } catch {
                #expect(error.code == .channelClosed)
                #expect(error.replyCode == 406)
                #expect(!error.isRetryable)
            }
            try await room.connection.declare(room.topology)
        }
    }

    @Test func `A wrong password is told apart from a missing broker`() async throws {
        var wrong = LiveBroker.configuration("wrong")
        wrong.password = "wrong"
        do throws(AMQPError) {
            _ = try await AMQPConnection.open(wrong)
            Issue.record("the broker accepted a wrong password")
        } catch {
            #expect(error.code == .authentication)
        }
        var missing = LiveBroker.configuration("missing")
        missing.port = 1
        do throws(AMQPError) {
            _ = try await AMQPConnection.open(missing)
            Issue.record("nobody listens on port 1")
        } catch {
            #expect(error.isRetryable)
        }
    }
}
