/// Which slots are shown first.
package enum SlotRanking: Sendable {
    /// The quietest first: the larger share of seats free; of equal ones the earlier day; and of one day as they came.
    package static func quietest(_ slots: [(slot: SlotID, free: Int, seats: Int)]) -> [SlotID] {
        let held = slots.map { entry in
            let seats = max(1, entry.seats)
            return (slot: entry.slot, free: min(max(0, entry.free), seats), seats: seats)
        }
        return held.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            // Shares are compared crosswise, so that nothing is rounded.
            let (mine, theirs) = (
                one.free.multipliedFullWidth(by: other.seats), other.free.multipliedFullWidth(by: one.seats)
            )
            if mine != theirs { return mine > theirs }
            if one.slot.day != other.slot.day { return one.slot.day < other.slot.day }
            return left.offset < right.offset
        }
        .map(\.element.slot)
    }
}

/// How long a freed seat stays away, so that nobody can hand theirs over at an agreed second (号贩子).
package enum ReleaseDelay: Sendable {
    /// In minutes, both included.
    package static let range = 5...35

    /// The delay in minutes that follows from a secret hash; nothing is drawn here.
    ///
    /// - Parameter seed: A hash's bytes; all of them count. Eight or more of them make the delays even.
    package static func minutes(seed: some Sequence<UInt8>) -> Int {
        let rest = seed.reduce(0) { ($0 * 256 + Int($1)) % Self.range.count }
        return Self.range.lowerBound + rest
    }
}
