import RabbitMQ
import Testing

@Suite struct DeliveryShelfTests {
    private func delivery(_ queue: String, _ number: UInt64, generation: UInt64 = 0) -> AMQPDelivery {
        AMQPDelivery(
            queue: queue, exchange: "", routingKey: "", properties: AMQPProperties(), body: [], redelivered: false,
            tag: DeliveryTag(generation: generation, channel: queue == "first" ? 1 : 2, number: number))
    }

    private func filled(first: Int, standard: Int) -> DeliveryShelf {
        var shelf = DeliveryShelf(queues: ["first", "standard"])
        for number in 0..<first { shelf.add(self.delivery("first", UInt64(number + 1)), lane: 0) }
        for number in 0..<standard { shelf.add(self.delivery("standard", UInt64(number + 1)), lane: 1) }
        return shelf
    }

    private func counts(_ batch: [AMQPDelivery]) -> [Int] {
        [batch.count { $0.queue == "first" }, batch.count { $0.queue == "standard" }]
    }

    @Test func `Each queue gets its share of a batch`() {
        var shelf = self.filled(first: 100, standard: 100)
        #expect(self.counts(shelf.take(40, shares: ["first": 30, "standard": 10])) == [30, 10])
    }

    @Test func `What a queue does not use goes to the other`() {
        var shelf = self.filled(first: 5, standard: 100)
        #expect(self.counts(shelf.take(40, shares: ["first": 30, "standard": 10])) == [5, 35])
        var other = self.filled(first: 100, standard: 2)
        #expect(self.counts(other.take(40, shares: ["first": 30, "standard": 10])) == [38, 2])
    }

    @Test func `Without shares every queue has the same`() {
        var shelf = self.filled(first: 100, standard: 100)
        #expect(self.counts(shelf.take(40, shares: nil)) == [20, 20])
    }

    @Test func `Shares larger than the batch never make it larger`() {
        var shelf = self.filled(first: 100, standard: 100)
        #expect(shelf.take(10, shares: ["first": 50, "standard": 50]).count == 10)
        #expect(shelf.take(10, shares: ["first": -3, "standard": 4]).count == 10)
    }

    @Test func `Deliveries of a queue come out in the order they came in`() {
        var shelf = self.filled(first: 0, standard: 50)
        var numbers: [UInt64] = []
        while shelf.waiting > 0 { numbers += shelf.take(7, shares: nil).map(\.tag.number) }
        #expect(numbers == Array(1...50))
    }

    @Test func `A second answer and an answer for an older connection are dropped`() {
        var shelf = self.filled(first: 3, standard: 0)
        let tags = shelf.take(3, shares: nil).map(\.tag)
        #expect(shelf.answer([tags[0], tags[0]]) == [tags[0]])
        #expect(shelf.heldCount == 2)
        shelf.clear(generation: 1)
        #expect(shelf.answer(tags).isEmpty)
        #expect(shelf.heldCount == 0)
        shelf.add(self.delivery("first", 1, generation: 1), lane: 0)
        let fresh = shelf.take(1, shares: nil).map(\.tag)
        #expect(shelf.answer(tags + fresh) == fresh)
    }
}
