import CardProgramme
import Contracts
import FoundationEssentials

/// One turn somebody wants at a station, from the wish to its end.
struct Visit: Sendable {
    /// How they come.
    enum Way: String, Sendable, CaseIterable {
        case online, hotline, homeVisit, collective, walkIn

        var kind: AppointmentKind {
            switch self {
            case .online, .hotline, .walkIn: .counter
            case .homeVisit: .homeVisit
            case .collective: .collective
            }
        }

        /// As what a submission then comes in.
        var channel: IntakeAPI.Channel {
            switch self {
            case .online, .hotline: .onSite
            case .homeVisit: .home
            case .collective: .collective
            case .walkIn: .walkIn
            }
        }
    }

    let purpose: AppointmentPurpose
    /// Of all of the person's visits, from 0.
    let number: Int
    let id: UUID
    var way: Way
    /// Booked by the person online; otherwise by the station's staff on the telephone.
    var isOnline: Bool
    /// The first day that suits.
    var wish: CalendarDay
    /// Appointments for this purpose that were missed before.
    let missed: Int
    /// Days on which nothing was free.
    var tries = 0
    var seat: Seat?
    var version = 0
    var turn: DeskTurn?

    /// What was booked.
    struct Seat: Sendable, Equatable {
        var slot: SlotID
        var pool: SeatPool
        var reference: String
        var code: String
    }

    var channel: BookingChannel { self.way == .walkIn ? .walkIn : self.isOnline ? .online : .hotline }
}

/// What has become of a visit.
enum VisitStep: Sendable {
    case booked(Visit.Seat, version: Int)
    case nothingFree
    /// To another seat; the flag says that the old one was gone.
    case moved(Visit.Seat, version: Int, wasOrphaned: Bool)
    case cancelled(wasOrphaned: Bool)
    case coming(DeskTurn)
    /// The station was closed.
    case turnedAtTheDoor
    case staysAway
    case arrived(version: Int)
    case served(mustComeAgain: Bool)
    /// What was planned does not concern the person any more.
    case void
}

/// When somebody comes, may be served, and is served, in minutes of the day.
struct DeskTurn: Sendable, Equatable {
    let person: Int
    let arrival: Int
    /// Who is early waits for their time.
    let ready: Int
    /// Nil for who has none.
    var slotStart: Int?
    var served = 0

    /// Minutes after the time that counts.
    var wait: Int { self.served - self.ready }
}

/// Desks as a queue with one line: who is next goes to the first free desk and stays for the minutes of a visit.
struct DeskQueue: Sendable {
    let desks: Int
    let minutesPerVisit: Int

    /// When everybody is served. Of those who wait the one whose time came first is next, who booked before who did not,
    /// as the station's own queue has it.
    func serve(_ turns: [DeskTurn]) -> [DeskTurn] {
        var free = [Int](repeating: 0, count: max(1, self.desks))
        var waiting = turns
        var served: [DeskTurn] = []
        while !waiting.isEmpty {
            guard let desk = free.indices.min(by: { (free[$0], $0) < (free[$1], $1) }),
                let first = waiting.map(\.ready).min()
            else { break }
            let now = max(free[desk], first)
            guard
                let next = waiting.indices.filter({ waiting[$0].ready <= now }).min(by: {
                    self.key(waiting[$0]) < self.key(waiting[$1])
                })
            else { break }
            var turn = waiting.remove(at: next)
            turn.served = now
            free[desk] = now + self.minutesPerVisit
            served.append(turn)
        }
        return served
    }

    private func key(_ turn: DeskTurn) -> (Int, Int, Int) {
        guard let start = turn.slotStart else { return (turn.arrival, 1, turn.person) }
        return (turn.arrival > start + 15 ? turn.arrival : start, 0, turn.person)
    }
}

/// The seats of a station as the rules make them and as the rehearsal has taken them.
///
/// Kept here as well as in the services, so that what people choose never depends on how fast a service answered; that a
/// seat which is free here is given there is part of what is rehearsed.
struct StationSeats: Sendable {
    let station: String
    let capacity: StationCapacity
    let sessions: [CollectiveSession]
    var exceptions: [CapacityException] = []
    private var taken: [SlotID: [SeatPool: Int]] = [:]
    /// Free again, but perhaps not before tomorrow (``ReleaseDelay``).
    private var returning: [Visit.Seat] = []

    init(station: String, capacity: StationCapacity, sessions: [CollectiveSession]) {
        self.station = station
        self.capacity = capacity
        self.sessions = sessions
    }

    func shapes(on day: CalendarDay, without: CapacityException? = nil, calendar: WorkingDayCalendar) -> [SlotShape] {
        SlotRule.slots(
            on: day, station: self.station, capacity: self.capacity,
            exceptions: self.exceptions + (without.map { [$0] } ?? []), sessions: self.sessions, calendar: calendar)
    }

    /// Seats at the counter on a day.
    func offered(on day: CalendarDay, calendar: WorkingDayCalendar) -> Int {
        self.shapes(on: day, calendar: calendar).filter { $0.id.kind == .counter }.reduce(0) { $0 + $1.total }
    }

    func free(in shape: SlotShape, for channel: BookingChannel, now: Date) -> Int {
        SeatPool.order(for: channel, until: shape.id.startsAt, now: now)
            .reduce(0) { $0 + self.free(in: shape, $1) }
    }

    private func free(in shape: SlotShape, _ pool: SeatPool) -> Int {
        max(0, shape.seats[pool, default: 0] - self.taken[shape.id, default: [:]][pool, default: 0])
    }

    /// The pool a booking takes its seat from; nil when there is none.
    func pool(in shape: SlotShape, for channel: BookingChannel, now: Date) -> SeatPool? {
        SeatPool.order(for: channel, until: shape.id.startsAt, now: now).first { self.free(in: shape, $0) > 0 }
    }

    mutating func take(_ seat: Visit.Seat) { self.taken[seat.slot, default: [:]][seat.pool, default: 0] += 1 }

    mutating func giveBack(_ seat: Visit.Seat) { self.returning.append(seat) }

    mutating func endDay() {
        for seat in self.returning { self.taken[seat.slot, default: [:]][seat.pool, default: 0] -= 1 }
        self.returning = []
    }
}
