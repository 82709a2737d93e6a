import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/campaigns`: outreach to people living elsewhere until every single one is accounted for (R25, R26, R105).
struct CampaignRoutes: Sendable {
    /// Code of the district this installation works for.
    let division: String
    let reader: CampaignReader
    let manage: ManageCampaigns

    func add(to api: RouterGroup<APIContext>) {
        api.post("campaigns") { request, context in try await self.make(request, context) }
        api.get("campaigns") { request, context in try await self.list(request, context) }
        api.get("campaigns/{id}") { _, context in try await self.one(context) }
        api.post("campaigns/{id}/acts") { request, context in try await self.act(request, context) }
        api.get("campaigns/{id}/people") { request, context in try await self.people(request, context) }
        api.post("campaigns/{id}/people") { request, context in try await self.addPerson(request, context) }
        api.post("campaigns/{id}/people/{person}/outcome") { request, context in
            try await self.outcome(request, context)
        }
    }

    private var district: Resource { Resource(division: self.division) }

    private func make(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(.planCampaign, on: self.district)
        let new = try await request.decodeJSON(CampaignAPI.New.self)
        return try APIReply.json(try await self.manage.make(new, by: principal.subject).shown(nil))
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.readCampaign, on: self.district)
        let limit = try request.query("limit", standard: 50, in: 1...200)
        return try APIReply.json(
            CampaignAPI.List(campaigns: try await self.reader.campaigns(limit: limit).map { $0.shown(nil) }))
    }

    private func one(_ context: APIContext) async throws -> Response {
        try context.require(.readCampaign, on: self.district)
        let campaign = try await self.campaign(context)
        return try APIReply.json(campaign.shown(try await self.reader.figures(campaign.id)))
    }

    private func act(_ request: Request, _ context: APIContext) async throws -> Response {
        let act = try await request.decodeJSON(CampaignAPI.Act.self)
        let principal = try context.require(
            act.act == .approve ? .approveCampaign : .planCampaign, on: self.district)
        let campaign = try await self.manage.act(act, on: try context.uuid("id"), by: principal.subject)
        return try APIReply.json(campaign.shown(try await self.reader.figures(campaign.id)))
    }

    private func people(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.readCampaign, on: self.district)
        let campaign = try await self.campaign(context)
        let text = request.query("which") ?? CampaignReader.Which.open.rawValue
        guard let which = CampaignReader.Which(rawValue: text) else {
            throw APIProblem.badRequest(
                "query.which", zh: "参数 which 应为 open、ended、end 或 all。",
                en: "The parameter “which” must be open, ended, end or all.")
        }
        var after: UUID?
        if let text = request.query("after"), !text.isEmpty {
            guard let id = UUID(uuidString: text) else {
                throw APIProblem.badRequest(
                    "query.after", zh: "参数 after 应为人员编号。", en: "The parameter “after” must be the id of a person.")
            }
            after = id
        }
        let limit = try request.query("limit", standard: 100, in: 1...1_000)
        return try APIReply.json(try await self.reader.lines(campaign, which, after: after, limit: limit))
    }

    private func addPerson(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(.planCampaign, on: self.district)
        let addition = try await request.decodeJSON(CampaignAPI.Addition.self)
        let id = try context.uuid("id")
        try await self.manage.add(addition, to: id, by: principal.subject)
        return try await self.one(context)
    }

    private func outcome(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(.accountForPerson, on: self.district)
        let finding = try await request.decodeJSON(CampaignAPI.Finding.self)
        try await self.manage.find(
            finding, of: try context.uuid("person"), in: try context.uuid("id"), by: principal.subject)
        let campaign = try await self.campaign(context)
        return try APIReply.json(campaign.shown(try await self.reader.figures(campaign.id)))
    }

    private func campaign(_ context: APIContext) async throws -> CampaignRecord {
        guard let campaign = try await self.reader.campaign(try context.uuid("id")) else {
            throw Refusal.campaignUnknown
        }
        return campaign
    }
}
