import CardProgramme
import FoundationEssentials
import NIOConcurrencyHelpers
import SeatCount

/// One slot's count as it ought to be: what the scripts do, written as plainly as possible.
struct SeatModel {
    struct Hold {
        let pool: SeatPool
        let until: Date
        let person: UUID
    }

    var free: [SeatPool: Int]
    var holds: [UUID: Hold] = [:]
    var taken: [UUID: SeatPool] = [:]
    /// Whose seats are being written.
    var writing: [UUID: UUID] = [:]
    let seats: Int
    var back: [(id: UUID, pool: SeatPool, at: Date)] = []

    init(free: [SeatPool: Int]) {
        self.free = free
        self.seats = free.values.reduce(0, +)
    }

    /// Gives back what is due.
    mutating func sweep(_ now: Date) {
        for (id, hold) in self.holds where hold.until < now {
            self.holds[id] = nil
            self.free[hold.pool, default: 0] += 1
        }
        for seat in self.back where seat.at <= now { self.free[seat.pool, default: 0] += 1 }
        self.back.removeAll { $0.at <= now }
    }

    mutating func take(_ wish: SeatWish, until: Date?, epoch: Int) -> SeatTaking {
        self.sweep(wish.now)
        if self.taken[wish.id] != nil { return .settled }
        if let mine = self.holds[wish.id] {
            guard until == nil else { return .held(mine.pool, epoch: epoch, until: mine.until) }
            self.holds[wish.id] = nil
            self.taken[wish.id] = mine.pool
            self.writing[wish.id] = wish.person
            return .taken(mine.pool, epoch: epoch)
        }
        if let other = self.holds.values.first(where: { $0.person == wish.person }) {
            return .holdsAnother(until: other.until)
        }
        if self.writing.values.contains(wish.person) { return .underWay }
        guard let pool = wish.pools.first(where: { self.free[$0, default: 0] > 0 }) else {
            return self.seats == 0 ? .noSlot : .soldOut
        }
        self.free[pool, default: 0] -= 1
        if let until {
            self.holds[wish.id] = Hold(pool: pool, until: until, person: wish.person)
        } else {
            self.taken[wish.id] = pool
            self.writing[wish.id] = wish.person
        }
        return .taken(pool, epoch: epoch)
    }

    mutating func claim(_ id: UUID, now: Date) -> SeatClaiming {
        if self.taken[id] != nil { return .known }
        guard let hold = self.holds[id], hold.until >= now else { return .over }
        self.holds[id] = nil
        self.taken[id] = hold.pool
        self.writing[id] = hold.person
        return .claimed
    }

    mutating func settle(_ id: UUID) { self.writing[id] = nil }

    mutating func giveBack(_ id: UUID, freeAt: Date, now: Date) {
        self.sweep(now)
        self.writing[id] = nil
        guard let pool = self.taken.removeValue(forKey: id) ?? self.holds.removeValue(forKey: id)?.pool else { return }
        if freeAt <= now { self.free[pool, default: 0] += 1 } else { self.back.append((id, pool, freeAt)) }
    }
}

/// The record a count stands in front of, in memory: one slot for each history.
final class SeatBook: SeatRecord {
    struct Slot {
        var seats: [SeatPool: Int]
        var taken: [UUID: SeatPool] = [:]
        var returning: [(number: Int, pool: SeatPool, freeAt: Date)] = []
    }

    struct State {
        var slots: [SlotID: Slot] = [:]
        var epoch = 0
        var runID = ""
    }

    let state = NIOLockedValueBox(State())

    func ids(from day: CalendarDay) async throws -> [SlotID] {
        self.state.withLockedValue { $0.slots.keys.filter { $0.day >= day } }
    }

    func compare<Value: Sendable>(
        _ slots: [SlotID], now: Date, _ body: @escaping @Sendable ([SlotID: SeatState]) async throws -> Value
    ) async throws -> Value {
        let states = self.state.withLockedValue { state in
            Dictionary(
                slots.map { id in
                    var seats = SeatState()
                    guard let slot = state.slots[id] else { return (id, seats) }
                    seats.taken = slot.taken
                    seats.returning = slot.returning.filter { $0.freeAt > now }
                    for (pool, count) in slot.seats {
                        seats.free[pool] =
                            count - slot.taken.values.count { $0 == pool }
                            - seats.returning.count { $0.pool == pool }
                    }
                    return (id, seats)
                }, uniquingKeysWith: { first, _ in first })
        }
        return try await body(states)
    }

    func epoch() async throws -> (epoch: Int, runID: String) {
        self.state.withLockedValue { ($0.epoch, $0.runID) }
    }

    func beginEpoch(runID: String, unless isHeld: @escaping @Sendable (Int) async throws -> Bool) async throws -> Int {
        let (present, holder) = try await self.epoch()
        if holder == runID, try await isHeld(present) { return present }
        return self.state.withLockedValue { state in
            state.epoch += 1
            state.runID = runID
            return state.epoch
        }
    }
}
