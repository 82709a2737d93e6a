import FoundationEssentials
import NIOConcurrencyHelpers

/// Identifiers that sort by when they were made (RFC 9562, version 7), so that an index grows at its end.
///
/// ``generate()`` is strictly increasing within the process, also when the clock stands still or steps back: the 12 bits
/// after the milliseconds count on (RFC 9562 §6.2, method 1), and when they are used up the milliseconds run ahead. 62
/// bits are random, so two processes do not meet.
package enum UUIDv7 {
    private struct Last {
        var requested: UInt64 = 0
        var milliseconds: UInt64 = 0
        var counter: UInt64 = 0

        /// Counts on, or begins anew at `now`.
        mutating func advance(to now: UInt64, counting: Bool) -> Last {
            if !counting {
                // Begins in the lower half, at random, so that a millisecond has room to count.
                self = Last(requested: now, milliseconds: now, counter: UInt64.random(in: 0..<0x800))
            } else if self.counter < 0xFFF {
                self.counter += 1
            } else {
                self.milliseconds += 1
                self.counter = 0
            }
            return self
        }
    }

    private static let real = NIOLockedValueBox(Last())
    private static let given = NIOLockedValueBox(Last())

    /// A new identifier of this moment of the real clock, greater than all made before it.
    package static func generate() -> UUID {
        let now = Self.milliseconds(Date())
        return Self.identifier(
            Self.real.withLockedValue { last in
                let counting = now <= last.milliseconds
                return last.advance(to: now, counting: counting)
            })
    }

    /// A new identifier of the moment given, such as the programme's clock shows; greater than those made before it as
    /// long as the moments do not step back. A clock that stands still is expected: thousands may share a moment.
    package static func make(at instant: Date) -> UUID {
        let now = Self.milliseconds(instant)
        return Self.identifier(
            Self.given.withLockedValue { last in
                let counting = now == last.requested || (last.requested < now && now <= last.milliseconds)
                return last.advance(to: now, counting: counting)
            })
    }

    /// Milliseconds since 1970, in the 48 bits there are.
    private static func milliseconds(_ instant: Date) -> UInt64 {
        let milliseconds = (instant.timeIntervalSince1970 * 1000).rounded(.down)
        return UInt64(min(max(milliseconds, 0), Double(0xFFFF_FFFF_FFFF as UInt64)))
    }

    private static func identifier(_ last: Last) -> UUID {
        let (milliseconds, counter) = (last.milliseconds, last.counter)
        let high = milliseconds << 16 | 0x7000 | counter
        let low = UInt64.random(in: 0...UInt64.max) >> 2 | 0x8000_0000_0000_0000
        func byte(_ half: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: half >> (56 - index * 8)) }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }

    /// The moment inside an identifier; `nil` when it is not of version 7.
    package static func instant(of identifier: UUID) -> Date? {
        let bytes = identifier.uuid
        guard bytes.6 >> 4 == 7 else { return nil }
        let milliseconds = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5].reduce(UInt64(0)) {
            $0 << 8 | UInt64($1)
        }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
