import CardProgramme
import Contracts
import FoundationEssentials

/// From the wish to come to a station until somebody was served.
extension Rehearsal {
    /// Before the first day: stations publish what they can do; closures are known to those who will announce them.
    func open() async throws {
        let actors = Actors(script: self.script, desk: self.desk)
        for station in self.script.programme.stations.map(\.code) {
            self.ledger.seats[station] = StationSeats(
                station: station, capacity: self.script.capacity(of: station),
                sessions: self.script.sessions(at: station))
        }
        _ = try await self.concurrently(self.ledger.seats.values.sorted { $0.station < $1.station }) { seats in
            try await actors.publish(seats)
            return []
        }
        for (index, closure) in self.closures.enumerated() {
            self.agenda.add(
                Engagement(work: .announce(index), person: -1), on: closure.announced, at: .announcement)
            self.agenda.add(
                Engagement(work: .close(closure.station, closure.exception.day), person: -1),
                on: self.next(closure.exception.day), at: .morning)
        }
        // In between, because only what can still be booked is counted.
        for days in [3, 10, 17, 24, 45, 70, 100, 130] {
            let day = self.script.calendar.workingDay(onOrAfter: self.script.programme.window.from.adding(days: days))
            guard day <= self.script.programme.lastIntakeDay ?? day else { continue }
            self.agenda.add(Engagement(work: .compareSeats, person: -1), on: day, at: .comparison)
        }
        // Who simply comes needs nothing before the day, and registers on it if not before.
        for person in self.people {
            let wish = self.script.submissionDay(person)
            let visit = self.script.visit(of: person, for: .apply, number: 0, wish: wish, missed: 0)
            self.ledger.files[person.index].visit = visit
            self.ledger.files[person.index].visits = 1
            if visit.way == .walkIn { self.plan(visit, person, on: wish) }
        }
    }

    /// Registered: who books looks for a turn.
    func seekTurn(_ person: RehearsalPerson, on day: CalendarDay) {
        guard let visit = self.ledger.files[person.index].visit, visit.way != .walkIn else { return }
        self.seek(visit, person, on: self.script.bookingDay(person, visit, from: day))
    }

    /// Somebody has to come: for the first time, again, or for something else.
    func want(
        _ person: RehearsalPerson, for purpose: AppointmentPurpose, wish: CalendarDay, missed: Int = 0,
        on day: CalendarDay
    ) {
        let number = self.ledger.files[person.index].visits
        let visit = self.script.visit(of: person, for: purpose, number: number, wish: wish, missed: missed)
        self.ledger.files[person.index].visit = visit
        self.ledger.files[person.index].visits = number + 1
        if visit.way == .walkIn {
            self.plan(visit, person, on: wish)
        } else {
            self.seek(visit, person, on: self.next(day))
        }
    }

    private func seek(_ visit: Visit, _ person: RehearsalPerson, on day: CalendarDay) {
        self.agenda.add(Engagement(work: .book(visit.number), person: person.index), on: day, at: .booking)
    }

    private func plan(_ visit: Visit, _ person: RehearsalPerson, on day: CalendarDay) {
        self.agenda.add(Engagement(work: .come(visit.number), person: person.index), on: day, at: .doors)
    }

    // MARK: The day

    /// Who comes today and when each is served: the desks as a queue, worked out before the doors open.
    func comers(_ engagements: [Engagement], on day: CalendarDay) -> [Outcome] {
        var outcomes: [Outcome] = []
        var turns: [String: [DeskTurn]] = [:]
        for engagement in engagements {
            guard case .come(let number) = engagement.work else { continue }
            let person = self.people[engagement.person]
            let file = self.ledger.files[person.index]
            // Moved, given up, or served long ago.
            guard let visit = file.visit, visit.number == number, visit.turn == nil,
                visit.seat == nil ? visit.way == .walkIn : visit.seat?.slot.day == day
            else { continue }
            if self.script.staysAway(person, visit) {
                outcomes.append(.visit(person.index, .staysAway))
                continue
            }
            let closure = self.closures.first { $0.station == person.station && $0.exception.day == day }
            guard
                let turn = self.script.turn(
                    person, visit, on: day, isNew: file.personID == nil, closure: closure)
            else {
                outcomes.append(.visit(person.index, .turnedAtTheDoor))
                continue
            }
            if visit.way.kind == .counter {
                turns[person.station, default: []].append(turn)
            } else {
                outcomes.append(.visit(person.index, .coming(turn)))
            }
        }
        for (station, turns) in turns {
            let queue = DeskQueue(
                desks: self.ledger.seats[station]?.capacity.desks ?? 1, minutesPerVisit: Script.minutesPerVisit)
            outcomes += queue.serve(turns).map { .visit($0.person, .coming($0)) }
        }
        return outcomes
    }

    // MARK: What follows

    func follow(_ index: Int, _ step: VisitStep, on day: CalendarDay) {
        let person = self.people[index]
        guard let visit = self.ledger.files[index].visit else { return }
        switch step {
        case .booked(let seat, _):
            self.plan(visit, person, on: seat.slot.day)
            self.planChange(person, visit, seat.slot.day, on: day)
        case .moved(let seat, _, _): self.plan(visit, person, on: seat.slot.day)
        case .nothingFree:
            guard visit.tries >= Script.mostTries else {
                self.seek(visit, person, on: self.next(day))
                return
            }
            self.ledger.files[index].visit?.way = .walkIn
            self.plan(visit, person, on: max(visit.wish, self.next(day)))
        case .cancelled(let wasOrphaned):
            let wish =
                wasOrphaned
                ? self.next(visit.seat?.slot.day ?? day)
                : self.script.anotherDay(person, visit, after: visit.seat?.slot.day ?? day)
            self.want(person, for: visit.purpose, wish: wish, missed: visit.missed, on: day)
        case .staysAway:
            self.account(for: person.station, on: day)
            self.want(
                person, for: visit.purpose, wish: self.script.anotherDay(person, visit, after: day),
                missed: visit.missed + 1, on: day)
        case .turnedAtTheDoor: self.plan(visit, person, on: self.next(day))
        case .coming(let turn):
            self.account(for: person.station, on: day)
            let (arrival, service) = (Hour.round(of: turn.arrival), Hour.round(of: turn.served))
            func add(_ work: Engagement.Work, _ hour: Hour) {
                self.agenda.add(Engagement(work: work, person: index), on: day, at: hour)
            }
            if arrival == service {
                add(.arriveAndServe, arrival)
            } else {
                add(.arrive, arrival)
                add(.serve, service)
            }
        case .arrived, .served, .void: break
        }
    }

    /// On a working day between the booking and the turn.
    private func planChange(_ person: RehearsalPerson, _ visit: Visit, _ slotDay: CalendarDay, on day: CalendarDay) {
        let before = self.script.calendar.lastWorkingDay(before: slotDay)
        switch self.script.change(person, visit) {
        case .cancel where before >= day:
            self.agenda.add(Engagement(work: .cancel(visit.number), person: person.index), on: before, at: .givingUp)
        case .move where before > day:
            self.agenda.add(Engagement(work: .move(visit.number), person: person.index), on: before, at: .booking)
        default: break
        }
    }

    /// Today's account is made at closing time, once; that of a day with a closure in the morning after.
    private func account(for station: String, on day: CalendarDay) {
        guard self.accounts.insert(station).inserted,
            !self.closures.contains(where: { $0.station == station && $0.exception.day == day })
        else { return }
        self.agenda.add(Engagement(work: .close(station, day), person: -1), on: day, at: .closing)
    }
}
