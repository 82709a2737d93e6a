import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// Appointments: what people and the station's clerk do before the day.
extension Actors {
    /// Everything at one station at one moment, one after the other in the people's order: what somebody finds free depends
    /// on who was there before.
    func atStation(
        _ station: String, _ engagements: [Engagement], _ people: [RehearsalPerson], _ ledger: RehearsalLedger,
        at moment: Agenda.Moment
    ) async throws -> [Outcome] {
        guard var seats = ledger.seats[station] else { throw OperationsError("\(station) has published no capacity") }
        var outcomes: [Outcome] = []
        for engagement in engagements {
            let person = people[engagement.person]
            let file = ledger.files[person.index]
            guard let visit = file.visit else { continue }
            switch engagement.work {
            case .book(let number):
                guard number == visit.number, visit.seat == nil else { continue }
                let step = try await self.book(person, file, visit, &seats, at: moment)
                outcomes.append(.visit(person.index, step))
            case .move(let number):
                guard number == visit.number, let seat = visit.seat, seat.slot.day > moment.day else { continue }
                let step = try await self.move(person, file, visit, seat, &seats, at: moment)
                outcomes.append(.visit(person.index, step))
            case .cancel(let number):
                guard number == visit.number, let seat = visit.seat, seat.slot.day > moment.day else { continue }
                try await self.cancel(person, file, visit)
                outcomes.append(.visit(person.index, .cancelled(wasOrphaned: false)))
            case .arrive: outcomes.append(.visit(person.index, try await self.arrive(person, file, visit)))
            case .serve: outcomes += try await self.serve(person, file, visit)
            case .arriveAndServe:
                let step = try await self.arrive(person, file, visit)
                guard case .arrived(let version) = step else { continue }
                var arrived = visit
                arrived.version = version
                outcomes.append(.visit(person.index, step))
                outcomes += try await self.serve(person, file, arrived)
            default: throw OperationsError("\(engagement.work) is not done at a station")
            }
        }
        return outcomes
    }

    // MARK: Booking

    private func book(
        _ person: RehearsalPerson, _ file: RehearsalLedger.File, _ visit: Visit, _ seats: inout StationSeats,
        at moment: Agenda.Moment
    ) async throws -> VisitStep {
        let now = moment.hour.instant(on: moment.day)
        guard
            let shape = self.script.choose(
                person, visit, stage: file.stage, after: moment.day, in: seats, channel: visit.channel, now: now),
            let pool = seats.pool(in: shape, for: visit.channel, now: now), let id = file.personID
        else { return .nothingFree }
        if visit.isOnline { try await self.look(at: shape.id, file) }
        let isHeldFirst = visit.isOnline && self.script.holdsFirst(person, visit)
        let booking = AppointmentAPI.Booking(
            person: id, purpose: visit.purpose, slot: shape.id, confirm: !isHeldFirst,
            askedBy: visit.isOnline ? nil : "本人来电")
        var taken = try await self.whileFull {
            try await self.call("PUT", "/api/appointments/\(visit.id)", booking, person, file, visit)
        }
        if isHeldFirst, let token = taken.token {
            taken = try await self.call(
                "POST", "/api/appointments/\(visit.id)/confirm", AppointmentAPI.Confirmation(token: token), person,
                file, visit)
        }
        let seat = try Self.seat(taken, pool: pool)
        seats.take(seat)
        return .booked(seat, version: taken.version)
    }

    /// Who books online sees what is free first; the slot that is chosen is among it.
    private func look(at slot: SlotID, _ file: RehearsalLedger.File) async throws {
        let list = try await self.desk.call(
            .intake, "GET",
            "/api/slots?station=\(slot.station)&kind=\(slot.kind.rawValue)&from=\(slot.day)&days=1", as: .applicant,
            person: file.personID, answer: AppointmentAPI.SlotList.self)
        guard list.slots.contains(where: { $0.id == slot }) else {
            throw OperationsError("intake does not show the slot \(slot), which the station's capacity has.")
        }
    }

    private func move(
        _ person: RehearsalPerson, _ file: RehearsalLedger.File, _ visit: Visit, _ old: Visit.Seat,
        _ seats: inout StationSeats, wasOrphaned: Bool = false, at moment: Agenda.Moment
    ) async throws -> VisitStep {
        let now = moment.hour.instant(on: moment.day)
        let channel: BookingChannel = wasOrphaned ? .hotline : visit.channel
        var wish = visit
        // Another day than the one that does not suit any more.
        wish.wish = max(visit.wish, old.slot.day.adding(days: 1))
        guard
            let shape = self.script.choose(
                person, wish, stage: file.stage, after: moment.day, in: seats, channel: channel, now: now),
            let pool = seats.pool(in: shape, for: channel, now: now)
        else {
            // Who keeps a seat keeps it; who has lost it is rid of the appointment and comes when they like.
            guard wasOrphaned else { return .void }
            try await self.cancel(person, file, visit, byStaff: true)
            return .cancelled(wasOrphaned: true)
        }
        let move = AppointmentAPI.Move(slot: shape.id, version: visit.version)
        let moved = try await self.whileFull {
            try await self.call(
                "POST", "/api/appointments/\(visit.id)/move", move, person, file, visit, byStaff: wasOrphaned)
        }
        let seat = try Self.seat(moved, pool: pool)
        seats.take(seat)
        return .moved(seat, version: moved.version, wasOrphaned: wasOrphaned)
    }

    private func cancel(
        _ person: RehearsalPerson, _ file: RehearsalLedger.File, _ visit: Visit, byStaff: Bool = false
    ) async throws {
        let wish = AppointmentAPI.Cancellation(version: visit.version)
        _ = try await self.call(
            "POST", "/api/appointments/\(visit.id)/cancel", wish, person, file, visit, byStaff: byStaff)
    }

    /// A seat that is free by the rules is given; that it looks full can only last until the count is compared with the
    /// database, after somebody was killed between the two.
    private func whileFull(
        _ call: () async throws -> AppointmentAPI.Appointment
    ) async throws -> AppointmentAPI.Appointment {
        let deadline = ContinuousClock.now + self.desk.patience
        while true {
            do {
                return try await call()
            } catch let refusal as Desk.Refusal where refusal.code == "slot.full" {
                guard ContinuousClock.now < deadline else {
                    throw OperationsError("intake refuses a seat that is free by the rules: \(refusal)")
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func call(
        _ method: String, _ path: String, _ body: some Encodable, _ person: RehearsalPerson,
        _ file: RehearsalLedger.File, _ visit: Visit, byStaff: Bool = false
    ) async throws -> AppointmentAPI.Appointment {
        let isOwn = visit.isOnline && !byStaff
        return try await self.desk.call(
            .intake, method, path, as: isOwn ? .applicant : .station, station: isOwn ? nil : person.station,
            person: isOwn ? file.personID : nil, body: try ContractCoding.encode(body),
            answer: AppointmentAPI.Appointment.self)
    }

    private static func seat(_ taken: AppointmentAPI.Appointment, pool: SeatPool) throws -> Visit.Seat {
        guard taken.state == .confirmed, let slot = taken.slot, let reference = taken.reference, let code = taken.code
        else { throw OperationsError("an appointment was answered as \(taken.state.rawValue) instead of confirmed") }
        return Visit.Seat(slot: slot, pool: pool, reference: reference, code: code)
    }

    // MARK: Stations

    /// Before the first day: what each station can do, and its sessions.
    func publish(_ seats: StationSeats) async throws {
        let base = "/api/stations/\(seats.station)"
        _ = try await self.desk.call(
            .intake, "PUT", "\(base)/capacity/\(self.script.programme.window.from)", as: .station,
            station: seats.station, body: try ContractCoding.encode(seats.capacity),
            answer: AppointmentAPI.CapacityChange.self)
        for session in seats.sessions {
            _ = try await self.desk.call(
                .intake, "PUT", "\(base)/sessions/\(self.script.sessionID(session, at: seats.station))", as: .station,
                station: seats.station, body: try ContractCoding.encode(session),
                answer: AppointmentAPI.CapacityChange.self)
        }
    }

    /// A station will be closed: everybody who has lost a seat is telephoned and given another one (R118).
    func announce(
        _ closure: Script.Closure, _ people: [RehearsalPerson], _ ledger: RehearsalLedger, at moment: Agenda.Moment
    ) async throws -> [Outcome] {
        let station = closure.station
        guard var seats = ledger.seats[station] else { throw OperationsError("\(station) has published no capacity") }
        let day = closure.exception.day
        let left = Set(
            seats.shapes(on: day, without: closure.exception, calendar: self.script.calendar).map(\.id))
        let concerned = people.filter { person in
            guard person.station == station, let slot = ledger.files[person.index].visit?.seat?.slot else {
                return false
            }
            return slot.day == day && !left.contains(slot)
        }
        _ = try await self.desk.call(
            .intake, "PUT", "/api/stations/\(station)/exceptions/\(closure.id)", as: .station, station: station,
            body: try ContractCoding.encode(closure.exception), answer: AppointmentAPI.CapacityChange.self)
        let list = try await self.desk.call(
            .intake, "GET", "/api/orphans?station=\(station)", as: .station, station: station,
            answer: AppointmentAPI.AppointmentList.self)
        let expected = Set(concerned.compactMap { ledger.files[$0.index].visit?.id })
        let orphaned = Set(list.appointments.map(\.appointment.id))
        guard orphaned == expected else {
            throw OperationsError(
                "\(station) is closed on \(day): \(expected.count) people lose their seat, but intake lists \(orphaned.count)."
            )
        }
        seats.exceptions.append(closure.exception)
        var outcomes: [Outcome] = [.closure(station, closure.exception)]
        for person in concerned {
            let file = ledger.files[person.index]
            guard var visit = file.visit, let old = visit.seat else { continue }
            // Who is told already after a lost answer is answered the same.
            visit.version = try await self.call(
                "POST", "/api/appointments/\(visit.id)/told", AppointmentAPI.Told(how: .phone), person, file, visit,
                byStaff: true
            ).version
            outcomes.append(
                .visit(
                    person.index,
                    try await self.move(person, file, visit, old, &seats, wasOrphaned: true, at: moment)))
        }
        return outcomes
    }

    /// The count of free seats against the database. Where a killed process has left a difference it is mended, and then
    /// there is none.
    func compareSeats() async throws -> Outcome {
        let count = SeatCount(desk: self.desk)
        let seen = try await count.compare(mend: false)
        if !seen.isEqual {
            _ = try await count.compare(mend: true)
            let mended = try await count.compare(mend: false)
            guard mended.isEqual else {
                throw OperationsError(
                    "The count of free seats differs from the database after it was mended: \(mended.text)")
            }
        }
        return .seatsCompared(seen.answer)
    }

    func close(_ station: String, on day: CalendarDay) async throws -> Outcome {
        .dayClosed(
            try await self.desk.call(
                .intake, "POST", "/api/stations/\(station)/days/\(day)/close", as: .station, station: station,
                answer: AppointmentAPI.DayAccount.self))
    }

    // MARK: The day

    private func arrive(
        _ person: RehearsalPerson, _ file: RehearsalLedger.File, _ visit: Visit
    ) async throws -> VisitStep {
        let path: String
        let method: String
        let body: [UInt8]
        if let seat = visit.seat {
            (method, path) = ("POST", "/api/stations/\(person.station)/arrivals")
            body = try ContractCoding.encode(AppointmentAPI.Arrival(reference: seat.reference, code: seat.code))
        } else {
            (method, path) = ("PUT", "/api/walk-ins/\(visit.id)")
            body = try ContractCoding.encode(
                AppointmentAPI.WalkIn(station: person.station, purpose: visit.purpose, person: file.personID))
        }
        let answer = try await self.desk.call(
            .intake, method, path, as: .station, station: person.station, body: body,
            answer: AppointmentAPI.Appointment.self)
        return .arrived(version: answer.version)
    }

    /// Called when they had to wait, served, and what they came for is done meanwhile.
    private func serve(
        _ person: RehearsalPerson, _ file: RehearsalLedger.File, _ visit: Visit
    ) async throws -> [Outcome] {
        var version = visit.version
        func step(_ kind: AppointmentAPI.DeskStep.Kind, again: Bool? = nil) async throws {
            version = try await self.desk.post(
                .intake, "/api/appointments/\(visit.id)/desk",
                AppointmentAPI.DeskStep(step: kind, version: version, mustComeAgain: again), as: .station,
                station: person.station, answer: AppointmentAPI.Appointment.self
            ).version
        }
        if let turn = visit.turn, turn.wait > 0 { try await step(.call) }
        try await step(.serve)
        let outcome: Outcome
        let again: Bool
        switch visit.purpose {
        case .apply:
            outcome = try await self.submit(person, file, visit.way.channel)
            again = self.script.mustComeAgain(
                person, visit, round: file.round, look: self.looks(file, .checkPassed, .checkReturned))
        case .correct:
            outcome = try await self.correct(person, file)
            again = false
        case .collect:
            outcome = try await self.deliver(person, file)
            again = false
        }
        try await step(.finish, again: again)
        return [.visit(person.index, .served(mustComeAgain: again)), outcome]
    }
}
