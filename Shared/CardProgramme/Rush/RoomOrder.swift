import FoundationEssentials

/// Who waits before an opening, in which order, and who has been let in.
///
/// Everybody's tickets from before the draw must have been added when it is drawn. Whoever is present when the order is drawn stands by lot, whoever comes later behind them in order of arrival. From the
/// same tickets, steps and ends every instance builds the same order. Nothing here reads a clock or draws a lot: the lots
/// come with the tickets.
package struct RoomOrder: Sendable {
    package struct Ticket: Sendable, Hashable {
        package let person: UUID
        /// In order of arrival; unique in the opening, gaps allowed.
        package let number: Int
        /// 1, and one more whenever the person comes again after a turn has ended.
        package let turn: Int
        /// What the person stands by when they were there before the draw; nil when they came after it.
        package let lot: [UInt8]?
        /// Booked, or gone.
        package var leftAt: Date?

        package init(person: UUID, number: Int, turn: Int, lot: [UInt8]?, leftAt: Date? = nil) {
            self.person = person
            self.number = number
            self.turn = turn
            self.lot = lot
            self.leftAt = leftAt
        }
    }

    /// How far the order had been let in from an instant on.
    package struct Step: Sendable, Hashable {
        package let through: Int
        package let at: Date

        package init(through: Int, at: Date) {
            self.through = through
            self.at = at
        }
    }

    package enum Standing: Sendable, Hashable {
        /// Before the draw.
        case present
        /// - position: 1 is the next to be let in. place: in the whole order, which never changes.
        case waiting(position: Int, place: Int)
        case admitted(place: Int, until: Date)
        /// Booked, or not booked in time.
        case over
    }

    /// How long somebody who was let in may take to book.
    package static let stay: TimeInterval = 600
    /// The rate of leaving is measured over so long.
    private static let measured: TimeInterval = 60
    /// No estimate is longer: beyond it nobody can tell.
    package static let longestEstimate = 240

    /// How many may be inside at once.
    package let window: Int
    private var tickets: [Ticket] = []
    private var numbers: [Int: Int] = [:]
    /// The newest ticket of a person.
    private var newest: [UUID: Int] = [:]
    /// Indices of tickets as they stand; empty before the draw.
    private var order: [Int] = []
    /// Where a ticket stands in ``order``.
    private var places: [Int?] = []
    /// Tickets of people who went before they were let in.
    private var gone = 0
    package private(set) var isDrawn = false
    package private(set) var steps: [Step] = []

    package init(window: Int) {
        self.window = window
    }

    // MARK: - What happened

    /// Takes tickets in the order of their numbers; known ones are passed over.
    package mutating func add(_ ticket: Ticket) {
        guard self.numbers[ticket.number] == nil else { return }
        let index = self.tickets.count
        self.tickets.append(ticket)
        self.places.append(nil)
        self.numbers[ticket.number] = index
        if let known = self.newest[ticket.person], self.tickets[known].turn > ticket.turn {
            // An older turn that became known later; the newer one stands.
        } else {
            self.newest[ticket.person] = index
        }
        if ticket.leftAt != nil { self.gone += 1 }
        if self.isDrawn { self.append(index) }
    }

    /// Those present by their lots, then the others as they came.
    package mutating func draw() {
        guard !self.isDrawn else { return }
        self.isDrawn = true
        let present = self.tickets.indices.filter { self.tickets[$0].lot != nil }
        let drawn = present.sorted { left, right in
            let (one, other) = (self.tickets[left], self.tickets[right])
            guard let lot = one.lot, let otherLot = other.lot, lot != otherLot else { return one.number < other.number }
            return lot.lexicographicallyPrecedes(otherLot)
        }
        for index in drawn { self.append(index) }
        let late = self.tickets.indices.filter { self.tickets[$0].lot == nil }
        for index in late.sorted(by: { self.tickets[$0].number < self.tickets[$1].number }) { self.append(index) }
    }

    private mutating func append(_ index: Int) {
        self.places[index] = self.order.count
        self.order.append(index)
    }

    /// Lets in. Steps only ever lead on.
    package mutating func take(_ step: Step) {
        let from = self.admittedThrough
        guard step.through > from else { return }
        self.steps.append(step)
        for index in self.order[min(from, self.order.count)..<min(step.through, self.order.count)]
        where self.tickets[index].leftAt != nil {
            self.gone -= 1
        }
    }

    /// Somebody booked, or went.
    package mutating func leave(_ number: Int, at instant: Date) {
        guard let index = self.numbers[number], self.tickets[index].leftAt == nil else { return }
        self.tickets[index].leftAt = instant
        if self.places[index].map({ $0 >= self.admittedThrough }) ?? true { self.gone += 1 }
    }

    // MARK: - How it stands

    /// Everybody who came, an old turn counted like a person.
    package var count: Int { self.tickets.count }
    package var lastNumber: Int { self.tickets.last?.number ?? 0 }
    /// How many of the order have been let in so far.
    package var admittedThrough: Int { self.steps.last?.through ?? 0 }
    /// People not let in yet and not gone; before the draw, everybody there.
    package var waiting: Int { max(0, self.tickets.count - self.admittedThrough - self.gone) }
    package var hasWaiting: Bool { self.waiting > 0 }

    /// The newest ticket of a person.
    package func ticket(of person: UUID) -> Ticket? { self.newest[person].map { self.tickets[$0] } }

    package func standing(of person: UUID, at now: Date) -> Standing? {
        guard let index = self.newest[person] else { return nil }
        if self.tickets[index].leftAt != nil { return .over }
        guard let place = self.places[index] else { return .present }
        guard let admittedAt = self.admittedAt(place) else {
            // Who went is passed over when their turn comes; until then they may stand before others.
            let position = min(place - self.admittedThrough + 1, self.waiting)
            return .waiting(position: position, place: place + 1)
        }
        let until = admittedAt.addingTimeInterval(Self.stay)
        return now < until ? .admitted(place: place + 1, until: until) : .over
    }

    /// People in the order as it stands; for checking a draw.
    package var people: [UUID] { self.order.map { self.tickets[$0].person } }

    /// Those let in who have neither left nor used up their time.
    package func inside(at now: Date) -> Int {
        self.admitted(after: now.addingTimeInterval(-Self.stay)).count { ticket, _ in ticket.leftAt == nil }
    }

    /// How far the order may be let in now, such that no more than ``window`` are inside; nil when no further.
    ///
    /// Who left while waiting is passed over and takes nobody's room.
    package func next(at now: Date) -> Int? {
        guard self.isDrawn else { return nil }
        var room = self.window - self.inside(at: now)
        var through = self.admittedThrough
        while through < self.order.count {
            if self.tickets[self.order[through]].leftAt == nil {
                guard room > 0 else { break }
                room -= 1
            }
            through += 1
        }
        return through > self.admittedThrough ? through : nil
    }

    /// The instant a step taken now is dated with: never before the last one, whatever the clock of who takes it.
    package func stepTime(_ now: Date) -> Date { max(now, self.steps.last?.at ?? now) }

    /// How many a minute make room: measured over the last minute, and at least what the longest stay gives.
    package func pace(at now: Date) -> Double {
        let from = now.addingTimeInterval(-Self.measured)
        let ended = self.admitted(after: from.addingTimeInterval(-Self.stay)).count { ticket, admittedAt in
            let end = ticket.leftAt ?? admittedAt.addingTimeInterval(Self.stay)
            return end > from && end <= now
        }
        return max(Double(ended) * 60 / Self.measured, Double(self.window) * 60 / Self.stay)
    }

    /// Minutes until a position is let in at this pace, 1 to ``longestEstimate``.
    package static func minutes(toPosition position: Int, pace: Double) -> Int {
        guard pace > 0 else { return Self.longestEstimate }
        return min(max(Int((Double(position) / pace).rounded(.up)), 1), Self.longestEstimate)
    }

    private func admittedAt(_ place: Int) -> Date? {
        guard place < self.admittedThrough else { return nil }
        return self.steps[Self.first(self.steps) { $0.through > place }].at
    }

    /// Tickets let in after an instant, with when.
    private func admitted(after instant: Date) -> [(ticket: Ticket, at: Date)] {
        let first = Self.first(self.steps) { $0.at > instant }
        var from = first == 0 ? 0 : self.steps[first - 1].through
        var found: [(ticket: Ticket, at: Date)] = []
        for step in self.steps[first...] {
            // A step may be known a moment before the tickets it lets in.
            let end = min(step.through, self.order.count)
            while from < end {
                found.append((self.tickets[self.order[from]], step.at))
                from += 1
            }
        }
        return found
    }

    /// The first of a list in which all that fulfil the condition stand behind all that do not.
    private static func first(_ steps: [Step], where condition: (Step) -> Bool) -> Int {
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if condition(steps[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
