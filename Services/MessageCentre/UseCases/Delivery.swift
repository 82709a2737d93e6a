import FoundationEssentials
import SMPP

/// Something the centre owes a client: a receipt, or a message from a person.
struct Delivery: Sendable {
    enum Kind: Sendable {
        /// - number: the person's; sender: the number the message came from.
        case receipt(DeliveryReceipt, number: SMPPAddress, sender: SMPPAddress)
        case inbound(SMPPShortMessage)
    }

    let kind: Kind
    /// How often a client has refused it.
    var refusals = 0

    /// As it is sent; built only then, so that what waits is small.
    var message: SMPPShortMessage {
        switch self.kind {
        case .inbound(let message): return message
        case .receipt(let receipt, let number, let sender):
            var message = SMPPShortMessage(from: number, to: sender, octets: Array(receipt.text.utf8))
            message.isReceipt = true
            message.parameters = [
                SMPPParameter(tag: SMPPParameter.receiptedMessageID, value: Array(receipt.messageID.utf8) + [0]),
                SMPPParameter(tag: SMPPParameter.messageState, value: [receipt.state.number]),
            ]
            return message
        }
    }

    var isReceipt: Bool {
        if case .receipt = self.kind { true } else { false }
    }
}

/// What waits for its time: a binary heap, the earliest first, in the order of arrival where times are equal.
struct DueQueue: Sendable {
    private struct Entry: Sendable {
        let due: Date
        let order: UInt64
        let delivery: Delivery

        func isBefore(_ other: Entry) -> Bool { (self.due, self.order) < (other.due, other.order) }
    }

    private var heap: [Entry] = []
    private var order: UInt64 = 0

    var count: Int { self.heap.count }
    var earliest: Date? { self.heap.first?.due }

    mutating func add(_ delivery: Delivery, due: Date) {
        self.order += 1
        self.heap.append(Entry(due: due, order: self.order, delivery: delivery))
        var child = self.heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.heap[child].isBefore(self.heap[parent]) else { break }
            self.heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest, if its time has come.
    mutating func take(at now: Date) -> Delivery? {
        guard let first = self.heap.first, first.due <= now else { return nil }
        let last = self.heap.removeLast()
        if !self.heap.isEmpty {
            self.heap[0] = last
            self.sink()
        }
        return first.delivery
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < self.heap.count {
                if self.heap[child].isBefore(self.heap[least]) { least = child }
            }
            guard least != parent else { return }
            self.heap.swapAt(parent, least)
            parent = least
        }
    }
}
