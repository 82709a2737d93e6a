import FoundationEssentials

/// Whom a seat of a slot is meant for first.
package enum SeatPool: String, Codable, Sendable, CaseIterable {
    case online
    case hotline
    /// Never given away beforehand: whoever simply comes finds something (R150).
    case walkIn
    /// The walk-in share above that floor.
    case spare

    package var chinese: String {
        switch self {
        case .online: "网上"
        case .hotline: "电话"
        case .walkIn: "现场保底"
        case .spare: "现场机动"
        }
    }

    package var english: String {
        switch self {
        case .online: "online"
        case .hotline: "hotline"
        case .walkIn: "walk-in floor"
        case .spare: "spare"
        }
    }

    /// How long before a slot begins unused seats are open to other channels, in hours.
    package static let releasedBefore = 24

    /// Whether what the hotline and the walk-ins' spare have left is open to the others.
    package static func isReleased(before start: Date, now: Date) -> Bool {
        now >= start.addingTimeInterval(-Double(Self.releasedBefore) * 3600)
    }

    /// The pools a channel may take a seat from, the first one first.
    ///
    /// A walk-in for whom all are empty is given a number beyond capacity: that is the caller's, because it takes no seat.
    package static func order(for channel: BookingChannel, until start: Date, now: Date) -> [SeatPool] {
        let isReleased = Self.isReleased(before: start, now: now)
        return switch channel {
        case .online: isReleased ? [.online, .hotline, .spare] : [.online]
        case .hotline: isReleased ? [.hotline, .online, .spare] : [.hotline, .online]
        case .walkIn: [.walkIn, .spare, .online, .hotline]
        }
    }
}

// MARK: - Dividing seats

extension SeatPool {
    /// The seats that are kept for walk-ins whatever the shares say: 15 % of them, rounded up. A lone seat is not kept
    /// back, or nobody could ever book it.
    package static func walkInFloor(of seats: Int) -> Int {
        seats < 2 ? 0 : (seats * ChannelShares.leastWalkIn + 99) / 100
    }

    /// Divides a slot's seats at the counter.
    ///
    /// Largest remainder of the shares that go to the counter; if the walk-ins have less than their floor then, the
    /// larger of the other two pools gives the rest. Pools without a seat are left out.
    package static func divideCounter(_ seats: Int, _ shares: ChannelShares) -> [SeatPool: Int] {
        guard seats > 0 else { return [:] }
        var parts = Self.divide(
            seats, [(.online, shares.online), (.hotline, shares.hotline), (.spare, shares.walkIn)])
        let floor = Self.walkInFloor(of: seats)
        var walkIn = parts[.spare] ?? 0
        while walkIn < floor {
            let giver: SeatPool = (parts[.online] ?? 0) >= (parts[.hotline] ?? 0) ? .online : .hotline
            parts[giver, default: 0] -= 1
            walkIn += 1
        }
        parts[.walkIn] = floor
        parts[.spare] = walkIn - floor
        return parts.filter { $0.value > 0 }
    }

    /// Divides seats nobody can walk in for: home visits, calls, collective sessions. An office that gives neither
    /// channel a share takes these bookings by phone.
    package static func divideBooked(_ seats: Int, _ shares: ChannelShares) -> [SeatPool: Int] {
        guard seats > 0 else { return [:] }
        return Self.divide(seats, [(.online, shares.online), (.hotline, shares.hotline)]).filter { $0.value > 0 }
    }

    /// Largest remainder in integers: each its whole part, what is left to the largest remainders, of equal ones to the
    /// first. All go to the last one when nobody has a weight.
    private static func divide(_ seats: Int, _ weights: [(pool: SeatPool, weight: Int)]) -> [SeatPool: Int] {
        let sum = weights.reduce(0) { $0 + $1.weight }
        guard sum > 0 else { return weights.last.map { [$0.pool: seats] } ?? [:] }
        var parts: [SeatPool: Int] = [:]
        for (pool, weight) in weights { parts[pool] = seats * weight / sum }
        let rest = seats - parts.values.reduce(0, +)
        let byRemainder = weights.enumerated().sorted { left, right in
            let (first, second) = (seats * left.element.weight % sum, seats * right.element.weight % sum)
            return first == second ? left.offset < right.offset : first > second
        }
        for (_, entry) in byRemainder.prefix(rest) { parts[entry.pool, default: 0] += 1 }
        return parts
    }
}
