import CardProgramme
import Contracts
import FoundationEssentials
import Messaging

/// Messages made up for the tests of the pure parts.
enum Samples {
    static let subject = UUID(uuid: (1, 0x8f, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 9))
    static let key = SubjectKey(stream: "intake>verification", subject: Self.subject)
    static let type = "submission.accepted.v1"

    static func incoming(
        _ number: Int, key: SubjectKey = Samples.key, type: String = Samples.type, unreadable cause: String? = nil
    ) -> Incoming {
        let envelope = Envelope(
            id: Self.id(key, number), type: type, subject: key.subject, stream: key.stream, number: number,
            producer: .intake, lane: .standard, sentAt: Date(timeIntervalSince1970: 0), correlation: key.subject,
            causation: nil, traceparent: nil)
        return Incoming(
            envelope: envelope, body: Array("\(number)".utf8),
            content: cause.map { .unreadable(cause: $0) } ?? .message(number))
    }

    static func row(
        _ number: Int, _ state: WaitingRow.State, key: SubjectKey = Samples.key, attempts: Int = 0, failures: Int = 0,
        claimed: Bool = false
    ) -> WaitingRow {
        WaitingRow(
            incoming: Self.incoming(number, key: key), state: state, attempts: attempts, failures: failures,
            claimed: claimed)
    }

    /// The same for every copy of a message, different for every message.
    static func id(_ key: SubjectKey, _ number: Int) -> UUID {
        var bytes = key.subject.uuid
        bytes.2 = UInt8(truncatingIfNeeded: number >> 8)
        bytes.3 = UInt8(truncatingIfNeeded: number)
        bytes.4 = key.stream.utf8.reduce(17) { $0 &* 31 &+ $1 }
        return UUID(uuid: bytes)
    }

    static func subject(_ number: Int) -> UUID {
        var bytes = Self.subject.uuid
        bytes.14 = UInt8(truncatingIfNeeded: number >> 8)
        bytes.15 = UInt8(truncatingIfNeeded: number)
        return UUID(uuid: bytes)
    }
}

/// SplitMix64: the same numbers from the same seed, so that a failing property can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func happens(_ rate: Double) -> Bool { Double.random(in: 0..<1, using: &self) < rate }
}
