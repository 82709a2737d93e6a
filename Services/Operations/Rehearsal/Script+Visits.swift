import CardProgramme
import Contracts
import FoundationEssentials

/// How people come to their turn in a rehearsal, and whether they do. The documents give no rates; these are plausible ones.
extension Script {
    /// Days after the first one that suits somebody among which they choose.
    static let choice = 7
    /// Days on which somebody looks in vain before they simply come.
    static let mostTries = 3

    private func happens(_ rate: Double, _ step: String, _ visit: Visit, _ person: RehearsalPerson) -> Bool {
        self.chance.happens(rate, person: person.index, "visit.\(step)", attempt: visit.number)
    }

    /// Whether somebody whose turn on a day comes to nothing still finds another one before intake ends.
    private func canSlip(_ person: RehearsalPerson, _ day: CalendarDay) -> Bool {
        guard
            case .open = self.programme.admission(
                of: person.candidate, at: person.station, on: day.adding(days: 30))
        else { return false }
        return true
    }

    // MARK: The wish

    /// - Parameter missed: appointments for this purpose that were missed before.
    func visit(
        of person: RehearsalPerson, for purpose: AppointmentPurpose, number: Int, wish: CalendarDay, missed: Int
    ) -> Visit {
        var visit = Visit(
            purpose: purpose, number: number,
            id: self.chance.uuid(person: person.index, "visit.\(purpose.rawValue)", attempt: number), way: .walkIn,
            isOnline: false, wish: wish, missed: missed)
        (visit.way, visit.isOnline) = self.way(person, visit)
        return visit
    }

    private func way(_ person: RehearsalPerson, _ visit: Visit) -> (Visit.Way, isOnline: Bool) {
        let unit = self.chance.unit(person: person.index, "visit.way", attempt: visit.number)
        func offers(_ kind: AppointmentKind, _ channel: BookingChannel) -> Bool {
            self.programme.bookingAnswer(
                candidate: person.candidate, kind: kind, purpose: visit.purpose, channel: channel,
                station: person.station, on: visit.wish, stage: visit.purpose == .apply ? nil : .returnedToApplicant)
                == .yes
        }
        // Who missed it twice is visited, or simply comes; who missed it once has been called (R25).
        if NoShowRule(missed: visit.missed).offersHomeVisit {
            return offers(.homeVisit, .hotline) ? (.homeVisit, false) : (.walkIn, false)
        }
        if visit.missed > 0 || visit.purpose == .correct {
            return offers(.counter, .hotline) && (visit.missed > 0 || unit < 0.45)
                ? (.hotline, false) : (.walkIn, false)
        }
        let isOld = AgeRule.hasCompleted(
            Programme.homeVisitAge, born: person.identityNumber.birthDate, on: visit.wish)
        if isOld || !person.circumstances.isEmpty, unit < 0.6, offers(.homeVisit, .hotline) {
            return (.homeVisit, unit < 0.2 && offers(.homeVisit, .online))
        }
        if self.happens(0.15, "collective", visit, person), offers(.collective, .online),
            self.sessions(at: person.station).contains(where: {
                (visit.wish...visit.wish.adding(days: Self.choice)).contains($0.day)
            })
        {
            return (.collective, true)
        }
        if unit < 0.5, offers(.counter, .online) { return (.online, true) }
        if unit < 0.75, offers(.counter, .hotline) { return (.hotline, false) }
        // Where an office serves no counters somebody may still be visited, and whoever comes is served (R150).
        if unit < 0.75, offers(.homeVisit, .hotline) { return (.homeVisit, false) }
        return (.walkIn, false)
    }

    /// When somebody looks for a turn: some days before the one they wish for.
    func bookingDay(_ person: RehearsalPerson, _ visit: Visit, from day: CalendarDay) -> CalendarDay {
        let lead = 2 + self.chance.index(9, person: person.index, "visit.lead", attempt: visit.number)
        return max(day, self.calendar.workingDay(onOrAfter: visit.wish.adding(days: -lead)))
    }

    /// The quietest of what is free and suits: one of the first few, as not everybody has the same half-day free.
    func choose(
        _ person: RehearsalPerson, _ visit: Visit, stage: SubmissionStage?, after day: CalendarDay,
        in seats: StationSeats, channel: BookingChannel, now: Date
    ) -> SlotShape? {
        let first = max(visit.wish, day.adding(days: 1))
        let horizon = BookingHorizon()
        let days = (0...Self.choice).map { first.adding(days: $0) }.filter { day in
            self.programme.bookingAnswer(
                candidate: person.candidate, kind: visit.way.kind, purpose: visit.purpose, channel: channel,
                station: person.station, on: day, stage: stage) == .yes
        }
        var found: [SlotID: SlotShape] = [:]
        var free: [(slot: SlotID, free: Int, seats: Int)] = []
        let likesMornings = self.happens(0.65, "morning", visit, person)
        for day in days {
            for shape in seats.shapes(on: day, calendar: self.calendar) where shape.id.kind == visit.way.kind {
                let room = seats.free(in: shape, for: channel, now: now)
                guard room > 0, horizon.isBookable(shape, now: now, channel: channel) else { continue }
                found[shape.id] = shape
                free.append((shape.id, room, shape.total))
            }
        }
        let liked = free.filter { ($0.slot.start < .noon) == likesMornings }
        let ranked = SlotRanking.quietest(liked.isEmpty ? free : liked)
        guard !ranked.isEmpty else { return nil }
        let pick = self.chance.index(min(5, ranked.count), person: person.index, "visit.slot", attempt: visit.number)
        return found[ranked[pick]]
    }

    // MARK: What comes between

    func holdsFirst(_ person: RehearsalPerson, _ visit: Visit) -> Bool {
        self.happens(0.35, "hold", visit, person)
    }

    /// What somebody does with an appointment before its day: gives it up or moves it.
    enum Change: Sendable, Equatable {
        case cancel, move
    }

    func change(_ person: RehearsalPerson, _ visit: Visit) -> Change? {
        guard let slot = visit.seat?.slot, visit.missed == 0, self.canSlip(person, slot.day) else { return nil }
        if self.happens(0.04, "cancel", visit, person) { return .cancel }
        return self.happens(0.06, "move", visit, person) ? .move : nil
    }

    func staysAway(_ person: RehearsalPerson, _ visit: Visit) -> Bool {
        guard let slot = visit.seat?.slot, visit.missed < 2, slot.kind != .homeVisit, self.canSlip(person, slot.day)
        else { return false }
        return self.happens(visit.missed == 0 ? 0.08 : 0.2, "away", visit, person)
    }

    /// A few days later, when a turn has come to nothing.
    func anotherDay(_ person: RehearsalPerson, _ visit: Visit, after day: CalendarDay) -> CalendarDay {
        self.calendar.day(
            2 + self.chance.index(4, person: person.index, "visit.later", attempt: visit.number), workingDaysAfter: day)
    }

    // MARK: The day

    /// When somebody comes; nil when the door is closed all day.
    ///
    /// - Parameter isNew: not registered before today, which is done at ``Hour/counter``.
    func turn(
        _ person: RehearsalPerson, _ visit: Visit, on day: CalendarDay, isNew: Bool, closure: Closure?
    ) -> DeskTurn? {
        let unit = self.chance.unit(person: person.index, "visit.time", attempt: visit.number)
        if let slot = visit.seat?.slot {
            let start = slot.start.minute
            guard slot.kind == .counter else {
                return DeskTurn(person: person.index, arrival: start, ready: start, slotStart: start, served: start)
            }
            let offset =
                unit < 0.2
                ? -15 - Int(unit * 150) : unit < 0.86 ? -Int((unit - 0.2) * 15) : 5 + Int((unit - 0.86) * 140)
            let arrival = min(max(510, start + offset), 1049)
            return DeskTurn(
                person: person.index, arrival: arrival, ready: max(arrival, start), slotStart: start)
        }
        // Three in four come in the morning, and most of them early.
        let fraction = self.chance.unit(person: person.index, "visit.minute", attempt: visit.number)
        var minute = unit < 0.75 ? 510 + Int(fraction * fraction * 200) : 870 + Int(fraction * 170)
        if isNew { minute = max(minute, 600) }
        if closure?.concerns(minute, on: day) == true { minute = minute < 720 ? 870 + minute % 60 : 600 + minute % 60 }
        guard closure?.concerns(minute, on: day) != true else { return nil }
        return DeskTurn(person: person.index, arrival: minute, ready: minute, slotStart: nil)
    }

    /// Whether the papers somebody brings are not complete, as the station's check will find.
    func mustComeAgain(_ person: RehearsalPerson, _ visit: Visit, round: Int, look: Int) -> Bool {
        self.decision(.station, person, round: round, look: look).outcome == .return
    }
}
