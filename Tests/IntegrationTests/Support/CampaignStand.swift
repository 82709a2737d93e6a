import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

/// Outreach by a voice of its own: makes campaigns, leads the clock on and works the calls as staff do.
struct CampaignStand: Sendable {
    let voice: VoiceStand
    /// Who lives elsewhere lives here.
    static let away = "310115"
    static let author = Staff.centre("author")
    static let approver = Staff.bureau("approver")

    init(_ name: String, changing changes: [String: String?] = [:]) async throws {
        self.voice = try await VoiceStand("campaign_\(name)", changing: changes)
    }

    var clock: ServiceStandClock { self.voice.desk.clock }

    static func new(
        id: UUID = UUID(), title: String = "外出对象联系", rule: OutreachRule = OutreachRule(),
        ladder: OutreachLadder? = nil, messagesPerHour: Int = 10_000, callsPerDay: Int = 5_000, partPrice: Int? = 50
    ) throws -> JSON {
        let new = CampaignAPI.New(
            id: id, title: title, rule: rule, ladder: ladder, messagesPerHour: messagesPerHour,
            callsPerDay: callsPerDay, partPrice: partPrice)
        return .raw(String(decoding: try ContractCoding.encode(new), as: UTF8.self))
    }

    /// Makes one and waits until its people are frozen.
    func drawn(_ new: JSON) async throws -> CampaignAPI.Campaign {
        let made = try await self.ask("POST", "/api/campaigns", new, for: CampaignAPI.Campaign.self)
        return try await ServiceStand.eventually("the people are drawn", within: .seconds(60)) {
            let campaign = try await self.campaign(made.id)
            return campaign.state == .drawing ? nil : campaign
        }
    }

    func act(
        _ act: CampaignAct, _ id: UUID, as principal: Principal = Self.author
    ) async throws -> HTTPReply {
        let version = try await self.campaign(id).version
        return try await self.voice.call(
            "POST", "/api/campaigns/\(id)/acts", ["act": .string(act.rawValue), "version": .number(version)],
            as: principal)
    }

    /// Approved by somebody else and under way.
    func running(_ new: JSON) async throws -> CampaignAPI.Campaign {
        let campaign = try await self.drawn(new)
        for (act, principal) in [(CampaignAct.approve, Self.approver), (.start, Self.author)] {
            let reply = try await self.act(act, campaign.id, as: principal)
            try #require(reply.status == 200, "\(reply.text)")
        }
        return try await self.campaign(campaign.id)
    }

    func campaign(_ id: UUID) async throws -> CampaignAPI.Campaign {
        try await self.ask("GET", "/api/campaigns/\(id)", nil, for: CampaignAPI.Campaign.self)
    }

    func figures(_ id: UUID) async throws -> CampaignAPI.Figures {
        try #require(try await self.campaign(id).figures)
    }

    func lines(_ id: UUID, _ which: String = "all") async throws -> [CampaignAPI.Line] {
        var lines: [CampaignAPI.Line] = []
        var after = ""
        while true {
            let page = try await self.ask(
                "GET", "/api/campaigns/\(id)/people?which=\(which)&limit=400\(after)", nil, for: CampaignAPI.Lines.self)
            lines += page.people
            guard let next = page.next else { return lines }
            after = "&after=\(next)"
        }
    }

    func line(of person: UUID, in id: UUID) async throws -> CampaignAPI.Line {
        try #require(try await self.lines(id).first { $0.person == person })
    }

    /// Waits until somebody's line stands where a test wants it.
    @discardableResult
    func line(
        of person: UUID, in id: UUID, _ what: String, where condition: (CampaignAPI.Line) -> Bool
    ) async throws -> CampaignAPI.Line {
        try await ServiceStand.eventually(what, within: .seconds(30)) {
            let line = try await self.line(of: person, in: id)
            return condition(line) ? line : nil
        }
    }

    func ask<Answer: Decodable>(
        _ method: String, _ path: String, _ body: JSON?, as principal: Principal = Self.author, for type: Answer.Type,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let reply = try await self.voice.call(method, path, body, as: principal)
        try #require((200...299).contains(reply.status), "\(method) \(path): \(reply.text)", sourceLocation: location)
        return try reply.decoded(Answer.self)
    }

    /// The next call that is due, with one number called and this outcome.
    ///
    /// - Returns: whom it was about; nil when no call is due.
    @discardableResult
    func call(_ clerk: Principal, _ outcome: (CallAPI.Call) -> CallOutcome) async throws -> UUID? {
        guard let call = try await self.ask("POST", "/api/calls/next", nil, as: clerk, for: CallAPI.Next.self).call
        else { return nil }
        let outcome = outcome(call)
        let number = call.numbers.first { $0.isNext }
        let reply = try await self.voice.call(
            "POST", "/api/calls/\(call.id)/attempts", CallStand.attempt(call, outcome, number: number?.id), as: clerk)
        try #require(reply.status == 200, "\(reply.text)")
        return call.personID
    }
}
