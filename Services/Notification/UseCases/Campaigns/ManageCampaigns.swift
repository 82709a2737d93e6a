import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL
import ServiceRuntime
import Storage

/// What people do with campaigns: make, approve, start, stop, close, add somebody, and say what they know of somebody.
struct ManageCampaigns: Sendable {
    let endpoint: MessageEndpoint
    let reader: CampaignReader
    let templates: TemplateStore
    let programme: Programme
    let seal: ContactSeal
    let clock: ProgrammeClock

    /// - Throws: ``Refusal``.
    func make(_ wanted: CampaignAPI.New, by principal: String) async throws -> CampaignRecord {
        let new = Self.tidied(wanted)
        let ladder = try self.check(new)
        return try await self.endpoint.transaction { work in
            let now = self.clock.now()
            let store = CampaignStore(sql: work.sql)
            if let known = try await store.locked(new.id) {
                guard known.createdBy == principal, known.rule == new.rule, known.title == new.title else {
                    throw Refusal.conflict(
                        "campaign.id", zh: "该编号已用于另一次联系，请换一个编号。", en: "Another campaign has this id: use a new one.")
                }
                return known
            }
            let draw = CampaignDraw(sql: work.sql, division: self.programme.divisionCode)
            guard try await draw.findsSomebody(new.rule, at: now) else { throw Refusal.campaignEmpty }
            _ = try await store.add(new, ladder: ladder, by: principal, at: now)
            guard let made = try await store.locked(new.id) else { throw Refusal.campaignUnknown }
            return made
        }
    }

    private static func tidied(_ new: CampaignAPI.New) -> CampaignAPI.New {
        var tidied = new
        tidied.title = PlainText.trimmed(new.title)
        return tidied
    }

    private func check(_ new: CampaignAPI.New) throws(Refusal) -> OutreachLadder {
        guard PlainText.isPrintable(new.title, length: 1...60) else { throw .text("名称", "a title", most: 60) }
        guard (1...1_000_000).contains(new.messagesPerHour) else {
            throw .number("每小时短信数", "messages an hour", 1...1_000_000)
        }
        guard (1...100_000).contains(new.callsPerDay) else { throw .number("每天电话数", "calls a day", 1...100_000) }
        if let price = new.partPrice, !(0...10_000).contains(price) {
            throw .number("每条价格（厘）", "the price of a part, in 0.1 fen", 0...10_000)
        }
        if let year = new.rule.bornUpTo, !(1900...2100).contains(year) {
            throw .number("出生年份", "the year of birth", 1900...2100)
        }
        let known = Set(self.programme.stations.map(\.code))
        if let stations = new.rule.stations, stations.isEmpty || !known.isSuperset(of: stations) {
            throw .invalid(
                "campaign.stations", zh: "有不存在的服务站，请核对站点代码。", en: "There is no such station: check the codes.")
        }
        let ladder = new.ladder ?? .standard
        let mistakes = ladder.mistakes
        guard mistakes.isEmpty else {
            throw .invalid(
                "campaign.ladder", zh: mistakes.map(\.zh).joined(), en: mistakes.map(\.en).joined(separator: " "))
        }
        return ladder
    }

    func act(_ act: CampaignAPI.Act, on id: UUID, by principal: String) async throws -> CampaignRecord {
        let words = try await self.templates.current()[.outreach]?.version ?? 0
        return try await self.endpoint.transaction { work in
            let store = CampaignStore(sql: work.sql)
            guard let campaign = try await store.locked(id) else { throw Refusal.campaignUnknown }
            // The same again, after its answer was lost.
            if campaign.version == act.version + 1, act.act.leads(to: campaign.state) { return campaign }
            guard campaign.version == act.version else { throw Refusal.campaignChanged }
            let open = act.act == .close ? try await store.open(id) : 0
            let state = try campaign.after(act.act, by: principal, open: open, templateVersion: words)
            let now = self.clock.now()
            try await store.become(state, after: act.act, campaign, by: principal, at: now)
            if act.act == .start {
                let draw = CampaignDraw(sql: work.sql, division: self.programme.divisionCode)
                try await CampaignProgress(sql: work.sql).end(try await draw.signs(campaign, at: now), in: id, at: now)
            }
            return try await store.locked(id) ?? campaign
        }
    }

    func add(_ addition: CampaignAPI.Addition, to id: UUID, by principal: String) async throws {
        let reason = PlainText.trimmed(addition.reason)
        guard PlainText.isPrintable(reason, length: 1...100) else {
            throw Refusal.text("加入原因", "the reason", most: 100)
        }
        try await self.endpoint.transaction { work in
            let store = CampaignStore(sql: work.sql)
            guard let campaign = try await store.locked(id) else { throw Refusal.campaignUnknown }
            guard [.drawn, .approved, .running, .paused].contains(campaign.state) else {
                throw Refusal.campaignState(campaign.state)
            }
            guard try await store.canBeReached(addition.person) else {
                throw Refusal.unknown(
                    "campaign.nobody", zh: "没有此人的联系档案，或已登记去世，请核对人员编号。",
                    en: "No contact of this person is known, or they are recorded as deceased: check the id.")
            }
            _ = try await store.add(addition.person, to: campaign, why: reason, by: principal, at: self.clock.now())
        }
    }

    /// What a member of staff knows of somebody, or one of the two signatures that everything was tried.
    func find(
        _ finding: CampaignAPI.Finding, of person: UUID, in id: UUID, by principal: String
    ) async throws {
        let evidence = PlainText.trimmed(finding.evidence)
        guard PlainText.isPrintable(evidence, length: 1...200) else {
            throw Refusal.text("依据", "how it is known", most: 200)
        }
        guard finding.outcome == .unreached || finding.outcome.isRecordedByStaff else { throw Refusal.outcomeNotByHand }
        let note = UUIDv7.generate()
        let sealed = try self.seal.seal(evidence, id: note)
        try await self.endpoint.transaction { work in
            let now = self.clock.now()
            let store = CampaignStore(sql: work.sql)
            guard let campaign = try await store.locked(id) else { throw Refusal.campaignUnknown }
            guard [.running, .paused].contains(campaign.state) else { throw Refusal.campaignState(campaign.state) }
            guard let line = try await store.line(person, of: id) else { throw Refusal.lineUnknown }
            guard line.isOpen else { throw Refusal.lineEnded }
            if finding.outcome == .unreached {
                guard line.isAtEnd else { throw Refusal.lineNotAtEnd }
                guard line.signedBy != principal else { throw Refusal.lineSameSigner }
            }
            try await store.note(note, sealed, person, of: id, by: principal, at: now)
            if finding.outcome == .unreached, line.signedBy == nil {
                try await store.sign(person, of: id, by: principal, at: now)
                return
            }
            try await CampaignProgress(sql: work.sql).end(
                [
                    CampaignProgress.Sign(
                        person: person, outcome: finding.outcome,
                        evidence: finding.outcome == .unreached ? .signatures : .staff, evidenceID: note, by: principal)
                ], in: id, at: now)
        }
    }
}

extension CampaignAct {
    /// Whether a campaign in a state may be there because of this act.
    fileprivate func leads(to state: CampaignState) -> Bool {
        CampaignState.allCases.contains { self.after($0) == state }
    }
}
