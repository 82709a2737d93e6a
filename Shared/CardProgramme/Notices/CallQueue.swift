import FoundationEssentials

/// A call that waits for a clerk, as far as the order depends on it.
package struct QueuedCall: Sendable, Hashable {
    package let id: UUID
    package let reason: CallReason
    package let openedAt: Date
    /// Not to be called before.
    package let dueAt: Date
    /// When somebody promised to call.
    package let promisedAt: Date?

    package init(id: UUID, reason: CallReason, openedAt: Date, dueAt: Date, promisedAt: Date?) {
        self.id = id
        self.reason = reason
        self.openedAt = openedAt
        self.dueAt = dueAt
        self.promisedAt = promisedAt
    }

    package func isDue(at now: Date) -> Bool { self.dueAt <= now }

    /// 0 first: an unconfirmed appointment (due only the working day before it), a promised call whose time has come, a change
    /// to tell, everything else.
    ///
    /// A promise that is due lifts a call of any reason to that place, and never lowers one.
    package func rank(at now: Date) -> Int {
        guard let promisedAt, promisedAt <= now else { return self.reason.urgency }
        return min(self.reason.urgency, CallReason.callBack.urgency)
    }

    /// What the oldest of one rank is the oldest by.
    package var since: Date { self.promisedAt ?? self.openedAt }

    /// Whether it is called before another. Two different calls always have an order, so that all clerks see the same.
    package func precedes(_ other: QueuedCall, at now: Date) -> Bool {
        let (mine, theirs) = (self.rank(at: now), other.rank(at: now))
        if mine != theirs { return mine < theirs }
        if self.since != other.since { return self.since < other.since }
        return self.id.uuidString < other.id.uuidString
    }

    /// Those whose time has come, in the order in which they are called.
    package static func queue(_ calls: [QueuedCall], at now: Date) -> [QueuedCall] {
        calls.filter { $0.isDue(at: now) }.sorted { $0.precedes($1, at: now) }
    }
}
