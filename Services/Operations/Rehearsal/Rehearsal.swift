import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// Plays a whole programme against the services' interfaces: applicants and staff act, programme time passes, and it ends
/// when every obligation has closed.
///
/// Each moment's work is done by many at once, at one station one after the other; the next moment begins when everything
/// it caused has arrived. What happens to a person depends on chance, plan and calendar only, never on which call was
/// answered first.
actor Rehearsal {
    let script: Script
    let people: [RehearsalPerson]
    let desk: Desk
    let conductor: Conductor
    let concurrency: Int
    /// Nil where nothing is sent: nobody is called then, and there is no campaign.
    let gateway: GatewayWatch?
    var agenda = Agenda()
    var ledger: RehearsalLedger
    /// What is being done now; nothing can be planned before it.
    private(set) var present = Agenda.Moment(day: .earliest, hour: .doors)
    let closures: [Script.Closure]
    /// Stations that make an account of today.
    var accounts: Set<String> = []
    /// The last day on which anything but calls and the campaign was still to be done.
    var lastOther: CalendarDay?
    private let stagesFrom: [String: CalendarDay]

    init(
        script: Script, people: [RehearsalPerson], desk: Desk, conductor: Conductor, concurrency: Int,
        gateway: GatewayWatch? = nil
    ) {
        self.script = script
        self.people = people
        self.desk = desk
        self.conductor = conductor
        self.concurrency = concurrency
        self.gateway = gateway
        self.closures = script.closures(among: people)
        self.ledger = RehearsalLedger(people: people)
        self.stagesFrom = Dictionary(
            script.programme.stages.map { ($0.code, $0.window.from) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter progress: called after each moment, for the live view.
    func play(progress: @Sendable (CalendarDay, RehearsalLedger) async -> Void) async throws {
        try await self.open()
        self.openVoice()
        for person in self.people {
            self.agenda.add(
                Engagement(work: .register, person: person.index), on: self.script.registrationDay(person), at: .counter
            )
        }
        while let (moment, engagements) = self.agenda.next() {
            if moment.day != self.present.day {
                for station in self.ledger.seats.keys { self.ledger.seats[station]?.endDay() }
            }
            // At a station one thing follows the other on the same day, whatever is under way between the services.
            if moment.day == self.present.day, engagements.allSatisfy(\.isStationWork) {
                try self.conductor.set(moment.hour.instant(on: moment.day))
            } else {
                try await self.conductor.step(to: moment.hour.instant(on: moment.day))
            }
            self.present = moment
            let outcomes = try await self.perform(engagements, at: moment)
            // Applied in the people's order, so that two runs build the same agenda.
            for outcome in outcomes { try self.apply(outcome, on: moment.day) }
            await progress(moment.day, self.ledger)
        }
        try await self.conductor.step(to: Hour.delivery.instant(on: self.present.day.adding(days: 1)))
    }

    private func perform(_ engagements: [Engagement], at moment: Agenda.Moment) async throws -> [Outcome] {
        let day = moment.day
        let visits = engagements.filter { $0.isStationWork && $0.person >= 0 }
        let single = engagements.filter { !$0.isStationWork && $0.person >= 0 }
        var outcomes: [Outcome] = []
        let actors = Actors(script: self.script, desk: self.desk)
        let ledger = self.ledger
        // City, province and bank send lists, not single cases.
        for level in [Level.city, .province, .bank] {
            let indices = single.filter { engagement in
                switch (engagement.work, level) {
                case (.recordAudit, .city), (.recordFiling, .province), (.recordBankCheck, .bank): true
                default: false
                }
            }.map(\.person)
            guard !indices.isEmpty else { continue }
            outcomes += try await actors.record(level, indices.map { self.people[$0] }, ledger, on: day)
        }
        let others = single.filter { engagement in
            switch engagement.work {
            case .recordAudit, .recordFiling, .recordBankCheck: false
            default: true
            }
        }
        outcomes += try await self.concurrently(others) { engagement in
            [try await actors.act(engagement.work, self.people[engagement.person], ledger, on: day)]
        }
        outcomes += self.comers(visits, on: day)
        let stations = Dictionary(
            grouping: visits.filter {
                if case .come = $0.work { false } else { true }
            }, by: { self.people[$0.person].station })
        outcomes += try await self.concurrently(stations.sorted { $0.key < $1.key }) { station, engagements in
            try await actors.atStation(station, engagements, self.people, ledger, at: moment)
        }
        outcomes += try await self.concurrently(engagements.filter { $0.person < 0 }) { engagement in
            switch engagement.work {
            case .announce(let index):
                try await actors.announce(self.closures[index], self.people, ledger, at: moment)
            case .compareSeats: [try await actors.compareSeats()]
            case .close(let station, let day): [try await actors.close(station, on: day)]
            case .callPeople: [try await actors.callPeople(ledger, at: moment)]
            case .makeCampaign: [try await actors.makeCampaign()]
            case .beginCampaign: [try await actors.beginCampaign()]
            case .leadCampaign: [try await actors.leadCampaign(ledger, on: day)]
            default: [try await actors.handle(engagement.work, self.people, ledger, on: day)]
            }
        }
        // Stable: what happened to somebody in one moment stays in its order.
        return outcomes.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
            .map(\.element)
    }

    func concurrently<Work: Sendable>(
        _ all: [Work], _ body: @escaping @Sendable (Work) async throws -> [Outcome]
    ) async throws -> [Outcome] {
        try await withThrowingTaskGroup(of: [Outcome].self) { group in
            var outcomes: [Outcome] = []
            var rest = all[...]
            for work in rest.prefix(self.concurrency) { group.addTask { try await body(work) } }
            rest = rest.dropFirst(self.concurrency)
            while let some = try await group.next() {
                outcomes += some
                if let work = rest.popFirst() { group.addTask { try await body(work) } }
            }
            return outcomes
        }
    }

    private func apply(_ outcome: Outcome, on day: CalendarDay) throws {
        self.ledger.record(outcome, on: day)
        let calendar = self.script.calendar
        func after(_ step: SubmissionStep, _ person: RehearsalPerson) -> CalendarDay {
            let attempt = self.ledger.files[person.index].looks[step, default: 0]
            return calendar.day(self.script.delay(step, person, attempt: attempt), workingDaysAfter: day)
        }
        switch outcome {
        case .registered(let index, let id, _):
            self.note(self.people[index], id: id)
            self.seekTurn(self.people[index], on: day)
        case .stage(let index, let stage, _):
            let person = self.people[index]
            func plan(_ work: Engagement.Work, _ step: SubmissionStep, _ hour: Hour) {
                var planned = max(day, after(step, person))
                // What is done at an hour of today that is over is done on the next working day.
                if planned == day, hour < self.present.hour { planned = self.next(day) }
                self.agenda.add(Engagement(work: work, person: index), on: planned, at: hour)
            }
            switch stage {
            case .awaitingStationCheck: plan(.check, .checkPassed, .stationCheck)
            case .returnedToApplicant, .returnedToStation:
                self.want(person, for: .correct, wish: max(self.next(day), after(.corrected, person)), on: day)
            case .awaitingVerification: plan(.verify, .verificationPassed, .centre)
            case .returnedToCentre:
                self.agenda.add(Engagement(work: .verify, person: index), on: self.next(day), at: .centre)
            case .awaitingInitialReview: plan(.review, .initialReviewPassed, .bureau)
            case .returnedToBureau:
                self.agenda.add(Engagement(work: .review, person: index), on: self.next(day), at: .bureau)
            case .awaitingAudit: plan(.recordAudit, .auditPassed, .city)
            case .awaitingFiling: plan(.recordFiling, .filed, .province)
            case .awaitingRuling:
                self.agenda.add(
                    Engagement(work: .rule, person: index), on: calendar.day(15, workingDaysAfter: day), at: .ruling)
            case .awaitingBankCheck: plan(.recordBankCheck, .bankCheckPassed, .bank)
            case .ordered, .reordered: self.planProduction(after: day)
            case .atStation: plan(.deliver, .delivered, .delivery)
            case .delivered where self.ledger.files[index].looks[.delivered] == 1 && self.script.happens(.loss, person):
                self.agenda.add(
                    Engagement(work: .replaceLost, person: index), on: calendar.day(20, workingDaysAfter: day),
                    at: .counter)
            case .backAtCentre:
                self.agenda.add(
                    Engagement(work: .sendFurther, person: index), on: self.next(day), at: .centreReceipt)
            default: break
            }
        case .visit(let index, let step): self.follow(index, step, on: day)
        case .closure, .seatsCompared: break
        case .called(_, let hour): self.followCalls(at: hour, on: day)
        case .outreach(let news): self.follow(news, on: day)
        case .dayClosed(let account):
            self.accounts.remove(account.station)
            let seats = self.ledger.seats[account.station]?.offered(on: account.day, calendar: calendar) ?? 0
            try self.ledger.settle(account, seats: seats)
        case .produced(let indices):
            guard !indices.isEmpty else { return }
            // A batch that came back full may have left some behind.
            if indices.count == Actors.largestBatch { self.planProduction(after: self.next(day)) }
            self.agenda.add(
                Engagement(work: .ship(indices), person: -1), on: calendar.day(8, workingDaysAfter: day), at: .cardMaker
            )
        case .shipped(let tracking, let indices):
            self.agenda.add(
                Engagement(work: .receiveParcel(tracking, indices), person: -1),
                on: calendar.day(3, workingDaysAfter: day),
                at: .centreReceipt)
        case .parcelRefused(let tracking, let indices):
            self.agenda.add(
                Engagement(work: .reportUpward(tracking, indices), person: -1), on: self.next(day), at: .centreReceipt)
        case .reportAnswered(let tracking, let indices):
            self.agenda.add(
                Engagement(work: .remake(tracking, indices), person: -1), on: self.next(day), at: .bureau)
        case .remade: self.planProduction(after: day)
        case .parcelReceived(let indices):
            let issuing = self.stagesFrom["issuing"] ?? day
            let first = calendar.workingDay(onOrAfter: max(issuing, self.next(day)))
            for (station, cards) in Dictionary(grouping: indices, by: { self.people[$0].station }).sorted(by: {
                $0.key < $1.key
            }) {
                // The stations come one after another over a week, not all at once.
                let turn = (self.script.programme.stations.firstIndex { $0.code == station } ?? 0) % 5
                self.agenda.add(
                    Engagement(work: .handOver(cards), person: -1), on: calendar.day(turn, workingDaysAfter: first),
                    at: .handOver)
            }
        case .handedOver(let handover, let station, let indices):
            self.agenda.add(
                Engagement(work: .receiveHandover(handover, station, indices), person: -1), on: self.next(day),
                at: .stationReceipt)
        case .stationReceived(let indices):
            for index in indices {
                // Whoever is not reached now is reached with the second card, if one is made.
                if self.ledger.files[index].looks[.delivered] == nil,
                    self.script.happens(.unreachable, self.people[index])
                {
                    let due = DeadlineRules(deadlines: self.script.programme.deadlines, calendar: calendar)
                        .returnToProvince(receivedAtStation: day)
                    self.agenda.add(
                        Engagement(work: .sendBack, person: index), on: calendar.workingDay(onOrAfter: due),
                        at: .delivery)
                    continue
                }
                self.agenda.add(
                    Engagement(work: .deliver, person: index), on: max(day, after(.delivered, self.people[index])),
                    at: .delivery)
            }
        }
    }

    func next(_ day: CalendarDay) -> CalendarDay { self.script.calendar.day(1, workingDaysAfter: day) }

    /// The bureau orders cards once a week, on the last working day up to Friday.
    private func planProduction(after day: CalendarDay) {
        let toFriday = (Weekday.friday.rawValue - day.weekday.rawValue + 7) % 7
        let production = self.script.calendar.workingDay(onOrAfter: day.adding(days: toFriday))
        guard self.ledger.productionDays.insert(production).inserted else { return }
        self.agenda.add(Engagement(work: .produce, person: -1), on: production, at: .production)
    }
}
