import CardProgramme
import FoundationEssentials
import Synchronization

/// The waiting room as this instance knows it, at most a second or two behind the database. Everything that is asked often
/// is answered from here, without any I/O, and goes on being answered when the database is away.
final class RoomBoard: Sendable {
    struct State: Sendable {
        /// Of this day; nil before people gather.
        var opening: RoomOpening?
        /// What the database says of it has been read.
        var isLoaded = false
        /// There is a row of it: somebody has come.
        var seed: [UInt8]?
        var drawnAt: Date?
        var order: RoomOrder
        var cursor = RoomRepository.Cursor()
        /// How many a minute are let in.
        var pace: Double = 0
        /// Ends of turns that are not in the database yet.
        var ends: [Int] = []
    }

    let hours: RoomHours
    let window: Int
    /// The lot of somebody who is there before the draw.
    private let lot: @Sendable (_ seed: [UInt8], _ person: UUID) -> [UInt8]
    private let state: Mutex<State>

    init(hours: RoomHours, window: Int, lot: @escaping @Sendable (_ seed: [UInt8], _ person: UUID) -> [UInt8]) {
        self.hours = hours
        self.window = window
        self.lot = lot
        self.state = Mutex(State(order: RoomOrder(window: window)))
    }

    /// The state when it is that of the opening the instant belongs to.
    ///
    /// - Parameter body: is given nil while there is no opening, or its state is not read yet.
    func read<Value: Sendable>(at now: Date, _ body: (RoomOpening?, State?) throws -> Value) rethrows -> Value {
        let opening = self.hours.opening(at: now)
        return try self.state.withLock { state in
            try body(opening, opening != nil && state.opening == opening && state.isLoaded ? state : nil)
        }
    }

    // MARK: - What the keeper does

    /// The opening to look after now; begins anew when it is another one than before.
    func opening(at now: Date) -> RoomOpening? {
        let opening = self.hours.opening(at: now)
        self.state.withLock { state in
            guard state.opening != opening else { return }
            state = State(opening: opening, order: RoomOrder(window: self.window))
        }
        return opening
    }

    /// Whether it is worth reading every second: people may come, or somebody waits or may book.
    func isBusy(at now: Date) -> Bool {
        self.read(at: now) { opening, state in
            guard let opening else { return false }
            guard let state else { return true }
            return now < opening.endsAfter || state.order.hasWaiting || state.order.inside(at: now) > 0
                || !state.ends.isEmpty
        }
    }

    var isLoaded: Bool { self.state.withLock { $0.isLoaded } }
    var cursor: RoomRepository.Cursor { self.state.withLock { $0.cursor } }

    /// Whether the hour has come and nobody is known to have drawn.
    func isDrawDue(at now: Date) -> Bool {
        self.state.withLock { state in
            guard let opening = state.opening, state.seed != nil else { return false }
            return state.drawnAt == nil && now >= opening.opensAt
        }
    }

    /// Which tickets people who come now need, each once: nobody who has a turn or waits for one gets another.
    ///
    /// - Returns: and whether there is an opening already.
    func calls(of people: [UUID], at now: Date) -> (calls: [RoomRepository.Call], hasOpening: Bool) {
        self.state.withLock { state in
            var seen: Set<UUID> = []
            var calls: [RoomRepository.Call] = []
            for person in people where seen.insert(person).inserted {
                switch state.order.standing(of: person, at: now) {
                case .none: calls.append(RoomRepository.Call(person: person, turn: 1))
                case .over:
                    calls.append(
                        RoomRepository.Call(person: person, turn: (state.order.ticket(of: person)?.turn ?? 0) + 1))
                case .present, .waiting, .admitted: continue
                }
            }
            return (calls, state.seed != nil)
        }
    }

    /// - Parameter opening: which the news is of.
    func take(_ news: RoomRepository.News?, of opening: RoomOpening, at now: Date) {
        self.state.withLock { state in
            guard state.opening == opening else { return }
            state.isLoaded = true
            guard let news else { return }
            state.seed = news.seed
            for row in news.tickets {
                state.order.add(
                    RoomOrder.Ticket(
                        person: row.person, number: row.number, turn: row.turn,
                        lot: row.isEarly ? self.lot(news.seed, row.person) : nil, leftAt: row.leftAt))
                state.cursor.number = row.number
            }
            if let drawnAt = news.drawnAt {
                state.drawnAt = drawnAt
                state.order.draw()
            }
            for step in news.steps { Self.take(step, in: &state) }
            for left in news.lefts {
                state.order.leave(left.number, at: left.at)
                state.cursor.leaving = left.leaving
            }
            state.pace = state.order.pace(at: now)
        }
    }

    /// The step to be taken now, and the one it follows; nil when nobody can be let in.
    func nextStep(at now: Date) -> (from: Int, step: RoomOrder.Step)? {
        self.state.withLock { state in
            guard let through = state.order.next(at: now) else { return nil }
            return (
                state.order.admittedThrough, RoomOrder.Step(through: through, at: state.order.stepTime(now))
            )
        }
    }

    func take(_ step: RoomOrder.Step, of opening: RoomOpening) {
        self.state.withLock { state in
            guard state.opening == opening else { return }
            Self.take(step, in: &state)
        }
    }

    private static func take(_ step: RoomOrder.Step, in state: inout State) {
        state.order.take(step)
        state.cursor.through = max(state.cursor.through, step.through)
    }

    // MARK: - Ends of turns

    /// A person's turn ends; from this instance's view at once.
    func leave(_ person: UUID, at now: Date) {
        let opening = self.hours.opening(at: now)
        self.state.withLock { state in
            guard let opening, state.opening == opening, let ticket = state.order.ticket(of: person),
                ticket.leftAt == nil
            else { return }
            state.order.leave(ticket.number, at: now)
            state.ends.append(ticket.number)
        }
    }

    func takeEnds() -> [Int] {
        self.state.withLock { state in
            defer { state.ends = [] }
            return state.ends
        }
    }

    /// They could not be written.
    func putBack(_ ends: [Int], of opening: RoomOpening) {
        self.state.withLock { state in
            if state.opening == opening { state.ends.append(contentsOf: ends) }
        }
    }
}
