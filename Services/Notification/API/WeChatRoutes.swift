import Access
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/wechat`: what somebody wants to hear of in the mini-program too. Each for themselves alone.
struct WeChatRoutes: Sendable {
    /// Code of the district this installation works for.
    let division: String
    let subscribe: SubscribeWeChat

    func add(to api: RouterGroup<APIContext>) {
        api.get("wechat") { _, context in
            try APIReply.json(try await self.subscribe.standing(of: try self.person(context)))
        }
        api.post("wechat") { request, context in
            let person = try self.person(context)
            let taps = try await request.decodeJSON(NotificationAPI.WeChatTaps.self)
            return try APIReply.json(try await self.subscribe(taps, of: person))
        }
        api.delete("wechat") { request, context in
            let person = try self.person(context)
            // Means nothing here; one that is too large is refused all the same.
            _ = try await request.bytes()
            try await self.subscribe.stop(person)
            return APIReply.done()
        }
    }

    private func person(_ context: APIContext) throws -> UUID {
        let principal = try context.require(
            .subscribeWeChat, on: Resource(division: self.division, person: context.principal.person))
        // The policy lets in nobody else.
        guard let person = principal.person else {
            throw Refusal.invalid(
                "wechat.person", zh: "微信提醒只能由本人登录后订阅。", en: "Only the person themselves can subscribe, logged in.")
        }
        return person
    }
}
