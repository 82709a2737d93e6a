import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// The centre's campaign to those living elsewhere (R25, R105): made by one, approved by the bureau, led to its end.
extension Actors {
    private var campaignID: UUID { self.script.chance.uuid(person: 0, "campaign") }

    func makeCampaign() async throws -> Outcome {
        do {
            let made = try await self.desk.post(
                .notification, "/api/campaigns",
                CampaignAPI.New(
                    id: self.campaignID, title: "外出对象联系（演练）", rule: OutreachRule(), ladder: Script.ladder,
                    messagesPerHour: 10_000, callsPerDay: 5_000, partPrice: 50),
                as: .centre, answer: CampaignAPI.Campaign.self)
            return .outreach(.made(made.id))
        } catch let refusal as Desk.Refusal where refusal.code == "campaign.empty" {
            return .outreach(.nobody)
        }
    }

    func beginCampaign() async throws -> Outcome {
        try await self.act(.approve, as: .bureau)
        try await self.act(.start, as: .centre)
        return .outreach(.running)
    }

    private func act(_ act: CampaignAct, as role: Role) async throws {
        let seen = try await self.campaign()
        try await self.unlessDone {
            _ = try await self.desk.post(
                .notification, "/api/campaigns/\(self.campaignID)/acts",
                CampaignAPI.Act(act: act, version: seen.version), as: role, answer: CampaignAPI.Campaign.self)
        }
    }

    private func campaign() async throws -> CampaignAPI.Campaign {
        try await self.desk.call(
            .notification, "GET", "/api/campaigns/\(self.campaignID)", as: .centre, answer: CampaignAPI.Campaign.self)
    }

    private func figures() async throws -> CampaignAPI.Figures {
        guard let figures = try await self.campaign().figures else {
            throw OperationsError("The campaign's people are still being drawn.")
        }
        return figures
    }

    /// The centre's day: what came back of letters, new ones, answers from where people live, signatures for those nobody
    /// has found; and its end when nobody is left.
    func leadCampaign(_ ledger: RehearsalLedger, on day: CalendarDay) async throws -> Outcome {
        var work = OutreachDay(figures: try await self.figures())
        for letter in ledger.voice.posted {
            let result = self.script.letterResult(try Self.person(letter.person, ledger))
            try await self.unlessDone {
                try await self.desk.send(
                    .notification, "POST", "/api/letters/\(letter.number)/result", as: .centre,
                    body: try ContractCoding.encode(CampaignAPI.LetterNews(result: result)))
            }
            work.results.append(result)
        }
        work.posted = try await self.post(on: day)
        let open = try await self.desk.call(
            .notification, "GET", "/api/inquiries?limit=1000", as: .centre, answer: CampaignAPI.Inquiries.self
        ).inquiries
        for inquiry in open {
            let found = self.script.found(try Self.person(inquiry.person, ledger))
            try await self.unlessDone {
                try await self.desk.send(
                    .notification, "POST", "/api/inquiries/\(inquiry.id)/answer", as: .station,
                    station: inquiry.station,
                    body: try ContractCoding.encode(
                        CampaignAPI.InquiryAnswer(outcome: found, evidence: found == nil ? "居住地查无此人" : "居住地服务站答复")))
            }
            work.inquiries += 1
        }
        work.signed = try await self.sign()
        work.figures = try await self.figures()
        guard work.figures.open == 0 else { return .outreach(.led(work)) }
        try await self.act(.close, as: .centre)
        work.figures = try await self.figures()
        return .outreach(.closed(work))
    }

    private static func person(_ id: UUID, _ ledger: RehearsalLedger) throws -> RehearsalPerson {
        guard let index = ledger.byPerson[id] else {
            throw OperationsError("The campaign has \(id), whom this rehearsal does not know.")
        }
        return ledger.people[index]
    }

    /// What is due is printed and goes to the post office the same day.
    private func post(on day: CalendarDay) async throws -> [OutreachDay.Posted] {
        var posted: [OutreachDay.Posted] = []
        for number in 0..<100 {
            let batch: CampaignAPI.LetterBatch
            do {
                batch = try await self.desk.post(
                    .notification, "/api/letter-batches",
                    CampaignAPI.NewLetterBatch(
                        id: self.script.chance.uuid(person: number, "letters.\(day)"), campaign: self.campaignID,
                        most: 100), as: .centre, answer: CampaignAPI.LetterBatch.self)
            } catch let refusal as Desk.Refusal where refusal.code == "letter.none" {
                break
            }
            for letter in batch.letters {
                try await self.unlessDone {
                    try await self.desk.send(
                        .notification, "POST", "/api/letters/\(letter.number)/posted", as: .centre,
                        body: try ContractCoding.encode(
                            CampaignAPI.Posting(trackingNumber: "XA\(letter.number.suffix(7))CN")))
                }
                posted.append(OutreachDay.Posted(number: letter.number, person: letter.person))
            }
        }
        return posted
    }

    /// Two members of staff for each person at the end of the ladder.
    private func sign() async throws -> Int {
        let lines = try await self.desk.call(
            .notification, "GET", "/api/campaigns/\(self.campaignID)/people?which=end&limit=1000", as: .centre,
            answer: CampaignAPI.Lines.self
        ).people
        let finding = try ContractCoding.encode(
            CampaignAPI.Finding(outcome: .unreached, evidence: "全部步骤均无结果"))
        for line in lines {
            for clerk in ["centre-first", "centre-second"] where line.signedBy != clerk {
                try await self.unlessDone {
                    try await self.desk.send(
                        .notification, "POST", "/api/campaigns/\(self.campaignID)/people/\(line.person)/outcome",
                        as: .centre, by: clerk, body: finding)
                }
            }
        }
        return lines.count
    }
}
