/// Which provider the next message goes through: by weight, and away from who fails or is slow.
///
/// Decides only: no clock, no chance and no connection of its own. Times are seconds of a clock that never goes back.
/// The figures are GOV.UK Notify's (§2.1).
package struct ProviderRouting: Sendable {
    package struct Rules: Sendable {
        /// What a weight changes by.
        package var step = 10
        /// More failures than that within 60 s cost a step.
        package var mostFailures = 50
        /// A delivery that takes longer is slow.
        package var slow: Duration = .seconds(300)
        /// That share of slow ones among the deliveries of the last 15 min costs a step.
        package var slowShare = 0.15
        /// Of fewer deliveries no share is taken.
        package var fewestDeliveries = 20
        /// A weight changes at most once in that time.
        package var calm: Duration = .seconds(60)
        /// After that time without a change a step comes back.
        package var recovery: Duration = .seconds(900)
        /// So many in a row that could not be sent at all, and a provider is left alone for `pause`.
        package var downAfter = 5
        package var pause: Duration = .seconds(30)

        package init() {}
    }

    /// A weight that has changed, for the log and the gauge.
    package struct Shift: Sendable, Equatable {
        package enum Reason: String, Sendable {
            case failures
            case slowness
            case recovery
        }

        package let provider: String
        package let from: Int
        package let to: Int
        package let reason: Reason

        package init(provider: String, from: Int, to: Int, reason: Reason) {
            self.provider = provider
            self.from = from
            self.to = to
            self.reason = reason
        }
    }

    private struct Member: Sendable {
        let name: String
        let base: Int
        var weight: Int
        var changedAt: Double?
        var failures = RecentCounts(bucket: 1, buckets: 60)
        var deliveries = RecentCounts(bucket: 15, buckets: 60)
        var slowOnes = RecentCounts(bucket: 15, buckets: 60)
        var failuresInARow = 0
        var pausedUntil: Double?
        var isOff = false

        func isUp(at now: Double) -> Bool { !self.isOff && (self.pausedUntil.map { now >= $0 } ?? true) }
    }

    package let rules: Rules
    private var members: [Member]

    /// - Parameter weights: What each provider's share is while all is well, at least 0; shares are relative to the sum.
    ///   A provider of weight 0 is used only when no other can be.
    package init(weights: [(provider: String, weight: Int)], rules: Rules = Rules()) {
        precondition(Set(weights.map(\.provider)).count == weights.count, "a provider has two weights")
        self.rules = rules
        self.members = weights.map { Member(name: $0.provider, base: max(0, $0.weight), weight: max(0, $0.weight)) }
    }

    /// Present weights, in the order they were given.
    package var weights: [(provider: String, weight: Int)] { self.members.map { ($0.name, $0.weight) } }

    package func isUp(_ provider: String, at now: Double) -> Bool {
        self.members.first { $0.name == provider }?.isUp(at: now) ?? false
    }

    /// Chooses a provider for one message.
    ///
    /// - Parameters:
    ///   - excluded: Who has refused this message, or cannot send it (no template).
    /// - Returns: nil when nobody is left: keep the message.
    package func choose(
        at now: Double, excluding excluded: Set<String> = [], using generator: inout some RandomNumberGenerator
    ) -> String? {
        let open = self.members.filter { $0.isUp(at: now) && !excluded.contains($0.name) }
        // Where all have lost their whole weight the shares are those of better days: somebody must be tried.
        let byWeight = open.contains { $0.weight > 0 }
        func share(_ member: Member) -> Int { byWeight ? member.weight : member.base }
        let total = open.reduce(0) { $0 + share($1) }
        guard total > 0 else { return open.first?.name }
        var ticket = Int.random(in: 0..<total, using: &generator)
        for member in open {
            ticket -= share(member)
            if ticket < 0 { return member.name }
        }
        return nil
    }

    /// Counts what became of handing a message over.
    package mutating func submitted(_ provider: String, _ outcome: SubmitOutcome, at now: Double) {
        self.change(provider) { member, rules in
            if outcome.isProviderFailure { member.failures.add(at: now) }
            guard case .notSent = outcome else {
                member.failuresInARow = 0
                return
            }
            member.failuresInARow += 1
            guard member.failuresInARow >= rules.downAfter else { return }
            // One that fails right after the pause begins the next one: it is asked once in a pause.
            member.failuresInARow = rules.downAfter - 1
            member.pausedUntil = now + rules.pause.seconds
        }
    }

    /// Counts a delivery, or a message that still waits for one.
    ///
    /// - Parameter duration: Since it was handed over.
    package mutating func delivered(_ provider: String, after duration: Duration, at now: Double) {
        self.change(provider) { member, rules in
            member.deliveries.add(at: now)
            if duration > rules.slow { member.slowOnes.add(at: now) }
        }
    }

    /// Takes a provider out, or back in: an operator's decision.
    package mutating func setOff(_ provider: String, _ isOff: Bool) {
        self.change(provider) { member, _ in member.isOff = isOff }
    }

    /// Looks whether a weight has to change. Call it every few seconds, and after a failure.
    package mutating func review(at now: Double) -> [Shift] {
        var shifts: [Shift] = []
        for index in self.members.indices {
            guard let (weight, reason) = self.nextWeight(self.members[index], at: now) else { continue }
            let member = self.members[index]
            shifts.append(Shift(provider: member.name, from: member.weight, to: weight, reason: reason))
            self.members[index].weight = weight
            self.members[index].changedAt = now
        }
        return shifts
    }

    private func nextWeight(_ member: Member, at now: Double) -> (Int, Shift.Reason)? {
        let sinceChange = member.changedAt.map { now - $0 } ?? .infinity
        guard sinceChange >= self.rules.calm.seconds else { return nil }
        let deliveries = member.deliveries.count(at: now)
        let isSlow =
            deliveries >= self.rules.fewestDeliveries
            && Double(member.slowOnes.count(at: now)) >= self.rules.slowShare * Double(deliveries)
        let fails = member.failures.count(at: now) > self.rules.mostFailures
        if fails || isSlow {
            guard member.weight > 0 else { return nil }
            return (max(0, member.weight - self.rules.step), fails ? .failures : .slowness)
        }
        guard member.weight < member.base, sinceChange >= self.rules.recovery.seconds else { return nil }
        return (min(member.base, member.weight + self.rules.step), .recovery)
    }

    private mutating func change(_ provider: String, _ body: (inout Member, Rules) -> Void) {
        guard let index = self.members.firstIndex(where: { $0.name == provider }) else { return }
        body(&self.members[index], self.rules)
    }
}

/// How often something happened lately, to the length of a bucket; keeps a fixed number of counts.
struct RecentCounts: Sendable {
    private let bucket: Double
    private var counts: [Int]
    /// The number, since the clock's zero, of the newest bucket counted into.
    private var newest = Int.min

    init(bucket: Double, buckets: Int) {
        self.bucket = bucket
        self.counts = Array(repeating: 0, count: buckets)
    }

    mutating func add(at now: Double) {
        let number = Int((now / self.bucket).rounded(.down))
        if self.newest == .min || number >= self.newest + self.counts.count {
            self.counts = Array(repeating: 0, count: self.counts.count)
            self.newest = number
        }
        while self.newest < number {
            self.newest += 1
            self.counts[self.slot(self.newest)] = 0
        }
        // Late by more than the whole time: nobody asks any more.
        guard number > self.newest - self.counts.count else { return }
        self.counts[self.slot(number)] += 1
    }

    func count(at now: Double) -> Int {
        guard self.newest != .min else { return 0 }
        let number = Int((now / self.bucket).rounded(.down))
        let oldest = max(number, self.newest) - self.counts.count + 1
        guard oldest <= self.newest else { return 0 }
        return (oldest...self.newest).reduce(0) { $0 + self.counts[self.slot($1)] }
    }

    private func slot(_ number: Int) -> Int {
        let rest = number % self.counts.count
        return rest < 0 ? rest + self.counts.count : rest
    }
}

extension Duration {
    /// As a fraction.
    var seconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
