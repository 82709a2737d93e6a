import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import Messaging
import ServiceLifecycle
import ServiceRuntime

/// Draws campaigns and leads every person of a running one from step to step. In every instance; one works on a campaign at a
/// time, and where it stands is in the row of each person, so that whoever dies is followed by another without anybody being
/// told twice or left out.
struct RunCampaigns: Service, CustomStringConvertible {
    let endpoint: MessageEndpoint
    let reader: CampaignReader
    let templates: TemplateStore
    let preview: PreviewCampaign
    let division: String
    let calendar: WorkingDayCalendar
    let clock: ProgrammeClock
    let logger: Logger
    /// Lines looked at in one transaction.
    var together = 2_000
    /// Real time between two looks when nothing was due.
    var pause = Duration.milliseconds(500)

    var description: String { "campaigns" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var done = 0
                do {
                    for (id, state) in try await self.reader.alive() { done += try await self.look(after: id, state) }
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("campaigns could not be looked for", metadata: ["error": "\(error)"])
                }
                if done == 0 { try? await Task.sleep(for: self.pause) }
            }
        }
    }

    /// One that cannot be led on holds back no other.
    private func look(after id: UUID, _ state: CampaignState) async throws(CancellationError) -> Int {
        do {
            return state == .drawing ? try await self.draw(id) : try await self.advance(id)
        } catch let error as CancellationError {
            throw error
        } catch {
            self.logger.warning(
                "a campaign could not be led on", metadata: ["campaign": "\(id)", "error": "\(error)"])
            return 0
        }
    }

    /// Freezes the people and counts; all of it or nothing.
    private func draw(_ id: UUID) async throws -> Int {
        let templates = try await self.templates.current()
        guard let template = templates[.outreach] else { return 0 }
        return try await self.endpoint.transaction { work in
            let now = self.clock.now()
            guard let campaign = try await CampaignStore(sql: work.sql).free(id, in: .drawing) else { return 0 }
            let draw = CampaignDraw(sql: work.sql, division: self.division)
            let drawn = try await draw.draw(campaign, at: now)
            let preview = self.preview(
                campaign, try await draw.groups(id, at: now), excluded: try await draw.excluded(id),
                template: template, at: now)
            try await draw.show(preview, of: id)
            return max(drawn, 1)
        }
    }

    private func advance(_ id: UUID) async throws -> Int {
        try await self.endpoint.transaction { work in
            guard let campaign = try await CampaignStore(sql: work.sql).free(id, in: .running) else { return 0 }
            return try await AdvanceLines(
                steps: CampaignSteps(sql: work.sql, campaign: campaign), messages: MessageWriter(sql: work.sql),
                calendar: self.calendar, now: self.clock.now()
            ).callAsFunction(self.together)
        }
    }
}

/// Leads the due lines of one campaign on, in one transaction.
struct AdvanceLines {
    let steps: CampaignSteps
    let messages: MessageWriter
    let calendar: WorkingDayCalendar
    let now: Date

    private static let day: TimeInterval = 86_400
    private var campaign: CampaignRecord { self.steps.campaign }
    private var ladder: OutreachLadder { self.campaign.ladder }

    private struct Batch {
        var places: [CampaignSteps.Place] = []
        var logs: [CampaignSteps.Log] = []
        var messages: [MessageBand?: [(person: UUID, step: Int)]] = [:]
        var calls: [(standing: CampaignStanding, step: Int)] = []
        var letters: [(person: UUID, step: Int)] = []
        var inquiries: [(standing: CampaignStanding, step: Int, dueAt: Date)] = []
        var overdueCalls: [UUID] = []
    }

    /// - Returns: how many lines were looked at.
    func callAsFunction(_ limit: Int) async throws -> Int {
        let due = try await self.steps.take(limit, at: self.now)
        guard !due.isEmpty else { return 0 }
        var batch = Batch()
        for standing in due { self.decide(standing, &batch) }
        try await self.beginMessages(&batch)
        let calls = try await self.beginCalls(&batch)
        // Messages before calls before lines: the order in which everybody locks.
        try await self.steps.expireCalls(of: batch.overdueCalls, at: self.now)
        try await self.steps.openCalls(calls, at: self.now)
        try await self.steps.planLetters(batch.letters, at: self.now)
        try await self.steps.openInquiries(batch.inquiries, at: self.now)
        try await self.steps.log(batch.logs, at: self.now)
        try await self.steps.place(batch.places)
        return due.count
    }

    private func decide(_ standing: CampaignStanding, _ batch: inout Batch) {
        var from = standing.step
        if standing.stage == .waiting {
            switch standing.move(self.ladder, at: self.now) {
            case .wait(let until):
                batch.places.append(
                    CampaignSteps.Place(person: standing.person, step: standing.step, stage: .waiting, dueAt: until))
                return
            case .goOn(let result):
                if case .call(.open, _, _) = standing.underWay { batch.overdueCalls.append(standing.person) }
                if self.ladder.steps.indices.contains(from) {
                    batch.logs.append(
                        CampaignSteps.Log(
                            person: standing.person, step: from, means: self.ladder.steps[from].means, result: result))
                }
                from += 1
            }
        }
        let (step, skipped) = self.ladder.next(from: from, for: standing.reach)
        for (index, why) in skipped {
            batch.logs.append(
                CampaignSteps.Log(
                    person: standing.person, step: index, means: self.ladder.steps[index].means,
                    result: "skipped:\(why.rawValue)"))
        }
        guard let step else {
            batch.places.append(
                CampaignSteps.Place(
                    person: standing.person, step: self.ladder.steps.count, stage: .end, dueAt: nil))
            return
        }
        self.begin(step, standing, &batch)
    }

    private func begin(_ step: Int, _ standing: CampaignStanding, _ batch: inout Batch) {
        let means = self.ladder.steps[step].means
        switch means {
        case .message:
            batch.messages[self.ladder.steps[step].band, default: []].append((standing.person, step))
        case .call, .relatives:
            batch.calls.append((standing, step))
            return
        case .letter:
            batch.letters.append((standing.person, step))
            batch.places.append(
                CampaignSteps.Place(
                    person: standing.person, step: step, stage: .waiting,
                    dueAt: self.now.addingTimeInterval(CampaignStanding.pause)))
        case .inquiry:
            let dueAt = self.now.addingTimeInterval(Double(self.ladder.steps[step].waitDays) * Self.day)
            batch.inquiries.append((standing, step, dueAt))
            batch.places.append(
                CampaignSteps.Place(person: standing.person, step: step, stage: .waiting, dueAt: dueAt))
        }
        batch.logs.append(CampaignSteps.Log(person: standing.person, step: step, means: means, result: nil))
    }

    /// Gives each message its hour.
    private func beginMessages(_ batch: inout Batch) async throws {
        guard !batch.messages.isEmpty else { return }
        var taken = try await self.steps.taken("message", from: self.now.addingTimeInterval(-3600))
        var planned: [NewMessage] = []
        for (band, people) in batch.messages.sorted(by: { ($0.key?.rawValue ?? "") < ($1.key?.rawValue ?? "") }) {
            var pace = OutreachPace.messages(
                perHour: self.campaign.messagesPerHour, band: band, calendar: self.calendar, taken: taken)
            var rest = people[...]
            for (at, count) in pace.take(people.count, from: self.now) {
                for (person, step) in rest.prefix(count) {
                    // Long enough for a weekend, a holiday and a provider that is down for a day.
                    let notAfter = at.addingTimeInterval(Self.day * 10)
                    planned.append(
                        NewMessage(
                            person: person, subject: self.campaign.id, subjectVersion: 1,
                            planned: AppointmentNotices.Planned(
                                means: .message, purpose: .outreach, step: CampaignSteps.step(step), notBefore: at,
                                notAfter: notAfter)))
                    batch.places.append(
                        CampaignSteps.Place(
                            person: person, step: step, stage: .waiting, dueAt: notAfter.addingTimeInterval(60)))
                }
                rest = rest.dropFirst(count)
            }
            for (person, step) in rest { batch.places.append(self.tomorrow(person, step)) }
            taken = pace.taken
        }
        try await self.messages.plan(planned, at: self.now)
        try await self.steps.keep(taken, "message")
    }

    /// At this pace there is no place within a year: looked for again the next day.
    private func tomorrow(_ person: UUID, _ step: Int) -> CampaignSteps.Place {
        CampaignSteps.Place(
            person: person, step: step, stage: .ready, dueAt: self.now.addingTimeInterval(Self.day))
    }

    /// Gives each call its day; opens those whose day has come.
    private func beginCalls(
        _ batch: inout Batch
    ) async throws -> [(person: UUID, step: Int, whose: String, notAfter: Date)] {
        guard !batch.calls.isEmpty else { return [] }
        let today = DayTime.startOfDay.instant(on: CalendarDay(self.now))
        var pace = OutreachPace.calls(
            perDay: self.campaign.callsPerDay, calendar: self.calendar,
            taken: try await self.steps.taken("call", from: today))
        let new = batch.calls.count { $0.standing.callAt == nil || $0.standing.step != $0.step }
        var places = pace.take(new, from: self.now)[...]
        var open: [(person: UUID, step: Int, whose: String, notAfter: Date)] = []
        for (standing, step) in batch.calls {
            var at = standing.step == step ? standing.callAt : nil
            if at == nil, let place = places.first {
                at = place.at
                places = place.count > 1 ? [(place.at, place.count - 1)] + places.dropFirst() : places.dropFirst()
            }
            guard let callAt = at else {
                batch.places.append(self.tomorrow(standing.person, step))
                continue
            }
            if callAt > self.now {
                batch.places.append(
                    CampaignSteps.Place(
                        person: standing.person, step: step, stage: .ready, dueAt: callAt, callAt: callAt))
                continue
            }
            let means = self.ladder.steps[step].means
            let notAfter = self.now.addingTimeInterval(Double(self.ladder.steps[step].waitDays) * Self.day)
            open.append((standing.person, step, means == .call ? "own" : "related", notAfter))
            batch.logs.append(CampaignSteps.Log(person: standing.person, step: step, means: means, result: nil))
            batch.places.append(
                CampaignSteps.Place(person: standing.person, step: step, stage: .waiting, dueAt: notAfter))
        }
        try await self.steps.keep(pace.taken, "call")
        return open
    }
}
