import CardProgramme
import Contracts

/// What happened at a station, for the report.
struct StationTally: Sendable {
    /// Seats at the counter on the days that were closed.
    var seats = 0
    var booked = 0
    var byWay: [Visit.Way: Int] = [:]
    var done = 0
    var missed = 0
    var cancelled = 0
    var moved = 0
    var orphaned = 0
    var told = 0
    var walkIns = 0
    var walkInsDone = 0
    var firstVisits = 0
    var firstVisitsSufficed = 0
    /// People at the counter whose time came in a half hour of a day.
    var halfHours: [Agenda.Moment: Int] = [:]
    /// In minutes, of everybody who was served at a desk.
    var waits: [Int] = []

    static func + (left: StationTally, right: StationTally) -> StationTally {
        var sum = left
        sum.seats += right.seats
        sum.booked += right.booked
        sum.byWay.merge(right.byWay, uniquingKeysWith: +)
        sum.done += right.done
        sum.missed += right.missed
        sum.cancelled += right.cancelled
        sum.moved += right.moved
        sum.orphaned += right.orphaned
        sum.told += right.told
        sum.walkIns += right.walkIns
        sum.walkInsDone += right.walkInsDone
        sum.firstVisits += right.firstVisits
        sum.firstVisitsSufficed += right.firstVisitsSufficed
        sum.waits += right.waits
        return sum
    }
}

extension RehearsalLedger {
    mutating func take(_ index: Int, _ step: VisitStep, on day: CalendarDay) {
        guard let visit = self.files[index].visit else { return }
        let station = self.people[index].station
        func tell(_ word: String) { self.files[index].story += "\(visit.way.rawValue).\(word) " }
        switch step {
        case .booked(let seat, let version):
            self.hold(index, seat, version)
            self.tallies[station, default: .init()].booked += 1
            self.tallies[station, default: .init()].byWay[visit.way, default: 0] += 1
            tell("booked.\(seat.slot.day).\(seat.slot.start)")
        case .nothingFree:
            self.files[index].visit?.tries += 1
            tell("full.\(day)")
        case .moved(let seat, let version, let wasOrphaned):
            if wasOrphaned {
                self.tallies[station, default: .init()].orphaned += 1
                self.tallies[station, default: .init()].told += 1
            } else if let old = visit.seat {
                self.seats[station]?.giveBack(old)
            }
            self.hold(index, seat, version)
            self.tallies[station, default: .init()].moved += 1
            tell("moved.\(seat.slot.day).\(seat.slot.start)")
        case .cancelled(let wasOrphaned):
            if wasOrphaned {
                self.tallies[station, default: .init()].orphaned += 1
                self.tallies[station, default: .init()].told += 1
            } else if let old = visit.seat {
                self.seats[station]?.giveBack(old)
            }
            self.tallies[station, default: .init()].cancelled += 1
            tell("cancelled.\(day)")
        case .coming(let turn):
            self.files[index].visit?.turn = turn
            self.expect(visit, at: station, on: day) { account in account.done += 1 }
        case .staysAway:
            self.tallies[station, default: .init()].missed += 1
            self.expect(visit, at: station, on: day) { account in account.missed += 1 }
            tell("missed.\(day)")
        case .turnedAtTheDoor: tell("closed.\(day)")
        case .arrived(let version): self.files[index].visit?.version = version
        case .served(let again): self.finish(index, visit, again, at: station, on: day)
        case .void: break
        }
    }

    private mutating func hold(_ index: Int, _ seat: Visit.Seat, _ version: Int) {
        self.files[index].visit?.seat = seat
        self.files[index].visit?.version = version
        self.seats[self.people[index].station]?.take(seat)
    }

    private mutating func finish(
        _ index: Int, _ visit: Visit, _ again: Bool, at station: String, on day: CalendarDay
    ) {
        var tally = self.tallies[station, default: .init()]
        if visit.way == .walkIn {
            tally.walkIns += 1
            tally.walkInsDone += 1
        } else {
            tally.done += 1
        }
        if let turn = visit.turn {
            if visit.way.kind == .counter {
                tally.halfHours[.init(day: day, hour: .halfHour(of: turn.ready)), default: 0] += 1
                tally.waits.append(turn.wait)
            }
            self.files[index].story += "\(visit.way.rawValue).served.\(day).\(turn.served) "
        }
        if visit.purpose == .apply, self.files[index].firstVisitSufficed == nil {
            self.files[index].firstVisitSufficed = !again
            tally.firstVisits += 1
            if !again { tally.firstVisitsSufficed += 1 }
        }
        self.tallies[station] = tally
        if again { self.expected[station]?.mustComeAgain += 1 }
        self.files[index].visit = nil
    }

    /// Adds to what the station's account of the day will have to say.
    private mutating func expect(
        _ visit: Visit, at station: String, on day: CalendarDay, _ add: (inout AppointmentAPI.DayAccount) -> Void
    ) {
        var account =
            self.expected[station]
            ?? .init(
                station: station, day: day, seats: 0, booked: 0, walkIns: 0, done: 0, mustComeAgain: 0, missed: 0)
        if visit.way == .walkIn { account.walkIns += 1 } else { account.booked += 1 }
        add(&account)
        self.expected[station] = account
    }

    /// Compares what a station's account says with what happened there.
    ///
    /// - Parameter seats: at the counter, by the rules.
    mutating func settle(_ account: AppointmentAPI.DayAccount, seats: Int) throws(OperationsError) {
        var expected =
            self.expected.removeValue(forKey: account.station)
            ?? .init(
                station: account.station, day: account.day, seats: 0, booked: 0, walkIns: 0, done: 0,
                mustComeAgain: 0, missed: 0)
        expected.seats = seats
        guard account == expected else {
            throw OperationsError("\(account.station) on \(account.day): the account says \(account), not \(expected).")
        }
        self.tallies[account.station, default: .init()].seats += account.seats
    }
}
