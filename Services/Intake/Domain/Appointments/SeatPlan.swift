import CardProgramme
import FoundationEssentials

/// What has to happen to a slot's seats when its capacity changes: who keeps a seat, who loses it, what is added.
///
/// Who booked first keeps their seat; nobody is moved silently, and whoever loses a seat is named.
struct SeatPlan: Sendable, Equatable {
    struct Seat: Sendable, Equatable {
        let number: Int
        let pool: SeatPool
        /// Who has it.
        let appointment: UUID?
        /// When they took it.
        let since: Date?
        /// They have come for it: whatever happens to the slot, the seat stays theirs.
        var isHere = false
    }

    var added: [(number: Int, pool: SeatPool)] = []
    var removed: [Int] = []
    var repooled: [(number: Int, pool: SeatPool)] = []
    /// Seats whose holder has to be told, the last to book first.
    var orphaned: [Seat] = []

    var isEmpty: Bool {
        self.added.isEmpty && self.removed.isEmpty && self.repooled.isEmpty && self.orphaned.isEmpty
    }

    static func == (left: SeatPlan, right: SeatPlan) -> Bool {
        left.removed == right.removed && left.orphaned == right.orphaned
            && left.added.elementsEqual(right.added, by: ==) && left.repooled.elementsEqual(right.repooled, by: ==)
    }

    /// - Parameter wanted: seats per pool as the capacity has them now; empty when the slot is closed.
    static func of(_ seats: [Seat], wanted: [SeatPool: Int]) -> SeatPlan {
        var plan = SeatPlan()
        let total = wanted.values.reduce(0, +)
        let taken = seats.filter { $0.appointment != nil }
            .sorted {
                ($0.isHere ? 0 : 1, $0.since ?? .distantPast, $0.number)
                    < ($1.isHere ? 0 : 1, $1.since ?? .distantPast, $1.number)
            }
        let staying = max(total, taken.count(where: \.isHere))
        let kept = taken.prefix(staying)
        plan.orphaned = taken.dropFirst(staying).reversed()
        plan.removed = plan.orphaned.map(\.number)

        // Whoever has a seat keeps it where its pool has room, and counts for another pool where not.
        var room = wanted
        var homeless: [Seat] = []
        for seat in kept {
            if room[seat.pool, default: 0] > 0 {
                room[seat.pool, default: 0] -= 1
            } else {
                homeless.append(seat)
            }
        }
        // They come before free seats, or there would be more seats than capacity; the walk-ins' floor gives way last.
        for seat in homeless {
            let pools: [SeatPool] = [.online, .hotline, .spare, .walkIn]
            guard let pool = pools.first(where: { room[$0, default: 0] > 0 }) else { break }
            room[pool, default: 0] -= 1
            plan.repooled.append((seat.number, pool))
        }
        var free = seats.filter { $0.appointment == nil }.sorted { $0.number < $1.number }
        // Free seats that fit stay as they are.
        free.removeAll { seat in
            guard room[seat.pool, default: 0] > 0 else { return false }
            room[seat.pool, default: 0] -= 1
            return true
        }
        var open = SeatPool.allCases.flatMap { Array(repeating: $0, count: max(0, room[$0, default: 0])) }[...]
        for seat in free {
            if let pool = open.popFirst() {
                plan.repooled.append((seat.number, pool))
            } else {
                plan.removed.append(seat.number)
            }
        }
        var number = seats.map(\.number).max() ?? 0
        for pool in open {
            number += 1
            plan.added.append((number, pool))
        }
        plan.removed.sort()
        return plan
    }
}
