import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime
import ShortMessages

/// `/api/messages`, `/api/templates`, `/api/opt-outs`, `/api/replies`: what is said to people, in which words, and what they say.
struct MessageRoutes: Sendable {
    /// Code of the district this installation works for.
    let division: String
    let messages: MessageReader
    let templates: TemplateStore
    let print: PrintLetters
    let seal: ContactSeal
    let journal: AccessJournal
    let clock: ProgrammeClock

    func add(to api: RouterGroup<APIContext>) {
        api.get("messages") { request, context in try await self.list(request, context) }
        api.get("templates") { request, context in try await self.words(context) }
        api.put("templates/{purpose}") { request, context in try await self.save(request, context) }
        api.post("opt-outs") { request, context in try await self.optOut(request, context) }
        api.get("replies") { request, context in try await self.replies(request, context) }
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(
            .readNotices,
            on: Resource(division: self.division, station: context.principal.station, person: context.principal.person))
        var filter = MessageReader.Filter(station: principal.station)
        filter.person = try principal.person ?? Self.id(request, "person")
        filter.subject = try Self.id(request, "subject")
        let limit = try request.query("limit", standard: 100, in: 1...1_000)
        return try APIReply.json(
            NotificationAPI.MessageList(messages: try await self.messages.page(filter, limit: limit)))
    }

    private func words(_ context: APIContext) async throws -> Response {
        try context.require(.readTemplates, on: Resource(division: self.division, station: context.principal.station))
        return try APIReply.json(NotificationAPI.TemplateList(templates: try await self.templates.list()))
    }

    private func save(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(.saveTemplate, on: Resource(division: self.division))
        guard let purpose = context.parameters.get("purpose").flatMap(MessagePurpose.init(rawValue:)) else {
            throw Refusal.unknown(
                "template.purpose", zh: "没有这种通知，请核对用途代码。", en: "There is no notice of this kind: check its code.")
        }
        let change = try await request.decodeJSON(NotificationAPI.TemplateChange.self)
        let template: MessageTemplate
        do throws(MessageTemplate.Mistakes) {
            template = try MessageTemplate(purpose: purpose, channel: change.channel ?? .message, body: change.body)
        } catch {
            throw Refusal.invalid(
                "template.mistakes", zh: error.list.map(\.zh).joined(), en: error.list.map(\.en).joined(separator: " "))
        }
        if template.channel == .letter { try await self.print.check(template, on: self.clock.now()) }
        guard (0...1_000_000).contains(change.version),
            let version = try await self.templates.save(
                template, after: change.version, by: principal.subject, at: self.clock.now())
        else {
            throw Refusal.conflict(
                "template.changed", zh: "该模板已被他人修改，请重新载入后再改。",
                en: "Somebody else has changed it meanwhile: load it again.")
        }
        return try APIReply.json(
            NotificationAPI.Template(
                purpose: purpose, channel: template.channel, version: version, body: change.body))
    }

    private func optOut(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(
            .recordOptOut, on: Resource(division: self.division, station: context.principal.station))
        let wish = try await request.decodeJSON(NotificationAPI.OptOut.self)
        let phone: PhoneNumber
        do throws(PhoneNumberError) {
            phone = try PhoneNumber(wish.phone)
        } catch {
            let (zh, en) = BothLanguages.split("\(error)")
            throw Refusal.invalid("phone.\(error)", zh: zh, en: en)
        }
        let reason = PlainText.trimmed(wish.reason)
        guard PlainText.isPrintable(reason, length: 1...100) else {
            throw Refusal.invalid(
                "opt_out.reason", zh: "请写明原因，1至100个字，例如“本人来电”。",
                en: "Say why in 1 to 100 characters, for example “they called”.")
        }
        let refuses = try await self.messages.setOptOut(
            self.seal.digest(phone), wish.scope, refuses: wish.refuses, reason: reason, by: principal.subject,
            at: self.clock.now())
        return try APIReply.json(NotificationAPI.OptOutState(maskedPhone: "\(phone)", refuses: refuses))
    }

    private func replies(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.require(.readReplies, on: Resource(division: self.division))
        let limit = try request.query("limit", standard: 50, in: 1...200)
        let stored = try await self.messages.replies(limit: limit)
        let people = Array(Set(stored.flatMap(\.people)))
        if !people.isEmpty {
            try await self.journal.note(.contact, of: people, by: principal, purpose: try request.lookPurpose())
        }
        let shown = try stored.map { reply in
            let parts = try self.seal.openText(reply.content, id: reply.id).split(
                separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return NotificationAPI.Reply(
                id: reply.id, receivedAt: reply.receivedAt, maskedPhone: PhoneMask.mask(String(parts[0])),
                text: parts.count > 1 ? String(parts[1]) : "", meaning: reply.meaning, outcome: reply.outcome,
                people: reply.people)
        }
        return try APIReply.json(NotificationAPI.ReplyList(replies: shown))
    }

    private static func id(_ request: Request, _ name: String) throws -> UUID? {
        guard let text = request.query(name), !text.isEmpty else { return nil }
        guard let id = UUID(uuidString: text) else {
            throw APIProblem.badRequest(
                "query.\(name)", zh: "参数 \(name) 应为编号。", en: "The parameter “\(name)” must be an id.")
        }
        return id
    }
}
