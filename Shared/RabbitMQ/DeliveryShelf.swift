/// The deliveries that wait for the application, by queue, and those it holds and has not answered.
///
/// Pure. Knows one connection at a time: ``clear(generation:)`` begins the next.
package struct DeliveryShelf {
    private struct Lane {
        let queue: String
        var waiting: [AMQPDelivery] = []
        var head = 0
        var count: Int { self.waiting.count - self.head }

        mutating func take(_ wanted: Int, into batch: inout [AMQPDelivery]) {
            let taken = min(wanted, self.count)
            guard taken > 0 else { return }
            batch.append(contentsOf: self.waiting[self.head..<(self.head + taken)])
            self.head += taken
            if self.head == self.waiting.count {
                self.waiting.removeAll(keepingCapacity: true)
                self.head = 0
            } else if self.head * 2 >= self.waiting.count {
                self.waiting.removeFirst(self.head)
                self.head = 0
            }
        }
    }

    private var lanes: [Lane]
    package private(set) var generation: UInt64 = 0
    private var held: Set<DeliveryTag> = []

    package init(queues: [String]) {
        self.lanes = queues.map { Lane(queue: $0) }
    }

    /// Deliveries nobody has taken yet.
    package var waiting: Int { self.lanes.reduce(0) { $0 + $1.count } }
    /// Deliveries taken and not answered.
    package var heldCount: Int { self.held.count }

    /// Forgets everything: the broker hands out again what an ended connection did not acknowledge.
    package mutating func clear(generation: UInt64) {
        for index in self.lanes.indices { self.lanes[index] = Lane(queue: self.lanes[index].queue) }
        self.held.removeAll(keepingCapacity: true)
        self.generation = generation
    }

    /// - Parameter lane: The position of the queue in the list given at the start.
    package mutating func add(_ delivery: AMQPDelivery, lane: Int) {
        self.lanes[lane].waiting.append(delivery)
    }

    /// Takes at most `limit` deliveries.
    ///
    /// Each queue gets its share first; what a queue leaves unused goes to the others, in the order of the list.
    /// Without shares every queue has the same share.
    package mutating func take(_ limit: Int, shares: [String: Int]?) -> [AMQPDelivery] {
        var batch: [AMQPDelivery] = []
        batch.reserveCapacity(min(limit, self.waiting))
        let equal = self.lanes.isEmpty ? 0 : (limit + self.lanes.count - 1) / self.lanes.count
        for index in self.lanes.indices {
            let share = shares.map { $0[self.lanes[index].queue] ?? 0 } ?? equal
            self.lanes[index].take(min(max(0, share), limit - batch.count), into: &batch)
        }
        for index in self.lanes.indices { self.lanes[index].take(limit - batch.count, into: &batch) }
        for delivery in batch { self.held.insert(delivery.tag) }
        return batch
    }

    /// The tags that may be sent to the broker: of this connection, and answered for the first time. A second answer, or
    /// one for an older connection, would make the broker close the channel.
    package mutating func answer(_ tags: [DeliveryTag]) -> [DeliveryTag] {
        tags.filter { $0.generation == self.generation && self.held.remove($0) != nil }
    }
}
