/// Puts the parts of long messages together, whatever their order; each part counts once.
///
/// Bounded: when more messages than ``capacity`` are open, the oldest is given up and returned as lost.
package struct PartJoiner<Note: Sendable>: Sendable {
    /// Whose message it is: references are the sender's own and soon used again.
    package struct Key: Hashable, Sendable {
        package let source: String
        package let destination: String
        package let reference: UInt16
        package let total: Int

        package init(source: String, destination: String, _ part: Concatenation) {
            self.source = source
            self.destination = destination
            self.reference = part.reference
            self.total = part.total
        }
    }

    package struct Joined: Sendable {
        /// The octets of the parts, in order, without their headers.
        package let parts: [[UInt8]]
        /// What was noted with the first part that came.
        package let note: Note
    }

    package enum Outcome: Sendable {
        case waiting
        case complete(Joined)
    }

    private struct Open: Sendable {
        var parts: [Int: [UInt8]]
        let note: Note
        let order: UInt64
    }

    package let capacity: Int
    private var open: [Key: Open] = [:]
    private var order: UInt64 = 0
    /// Messages given up because a part never came.
    package private(set) var lost = 0

    /// Parts that came again before their message was complete.
    package private(set) var repeated = 0

    package init(capacity: Int = 10_000) { self.capacity = max(1, capacity) }

    /// Messages of which a part is missing.
    package var openCount: Int { self.open.count }

    /// - Parameter note: Kept from the first part of a message that comes.
    package mutating func add(_ octets: [UInt8], _ part: Concatenation, key: Key, note: Note) -> Outcome {
        if let known = self.open[key]?.parts[part.number] {
            // The same octets again are a repetition; others mean that the sender has used the reference for a new message.
            if known == octets {
                self.repeated += 1
                return .waiting
            }
            self.open[key] = nil
            self.lost += 1
        }
        var message = self.open[key] ?? Open(parts: [:], note: note, order: self.nextOrder())
        message.parts[part.number] = octets
        guard message.parts.count == part.total else {
            self.open[key] = message
            self.giveUpOldest()
            return .waiting
        }
        self.open[key] = nil
        return .complete(
            Joined(parts: message.parts.sorted { $0.key < $1.key }.map(\.value), note: message.note))
    }

    /// Forgets everything that is open.
    package mutating func removeAll() { self.open = [:] }

    private mutating func nextOrder() -> UInt64 {
        self.order += 1
        return self.order
    }

    private mutating func giveUpOldest() {
        guard self.open.count > self.capacity, let oldest = self.open.min(by: { $0.value.order < $1.value.order })
        else { return }
        self.open[oldest.key] = nil
        self.lost += 1
    }
}
