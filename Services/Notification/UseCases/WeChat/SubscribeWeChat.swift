import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import ShortMessages

/// Takes down what somebody has tapped for in the mini-program, and that they want nothing more there.
///
/// Their own account alone: the mini-program's code says who they are there, their token who they are here.
struct SubscribeWeChat: Sendable {
    let endpoint: MessageEndpoint
    /// Nil where this office has no mini-program.
    let channel: WeChatChannel?
    let seal: ContactSeal
    let clock: ProgrammeClock

    /// - Throws: ``Refusal``: no mini-program, a purpose without a template, a code that is no good.
    func callAsFunction(
        _ taps: NotificationAPI.WeChatTaps, of person: UUID
    ) async throws -> NotificationAPI.WeChatStanding {
        guard let channel = self.channel else {
            throw Refusal.conflict(
                "wechat.off", zh: "本地未开通微信提醒，通知以短信和电话为准。",
                en: "This office sends nothing through WeChat; you are told by message and telephone.")
        }
        let purposes = Set(taps.purposes)
        let known = channel.templates.purposes
        guard !purposes.isEmpty, purposes.isSubset(of: known) else {
            throw Refusal.invalid(
                "wechat.purpose",
                zh: "微信可以提醒的有：\(known.map(\.chinese).joined(separator: "、"))。请从中选择。",
                en: "Through WeChat there are: \(known.map(\.rawValue).joined(separator: ", ")). Choose among them.")
        }
        guard (1...256).contains(taps.code.utf8.count), taps.code.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw Self.badCode
        }
        let user: String
        do throws(WeChatClient.LoginError) {
            user = try await channel.client.user(loggedInWith: taps.code)
        } catch {
            guard case .unavailable = error else { throw Self.badCode }
            throw Refusal.conflict(
                "wechat.away", zh: "微信暂时没有应答，未登记。请稍后再点一次；短信和电话照常通知。",
                en:
                    "WeChat does not answer now and nothing was recorded: tap again later. Messages and calls come as usual."
            )
        }
        let box = try self.seal.seal(user, id: person)
        let digest = self.seal.keyRing.blindIndex(user, purpose: "wechat")
        let now = self.clock.now()
        return try await self.endpoint.transaction { work in
            let store = WeChatStore(sql: work.sql)
            try await store.subscribe(
                person, digest: digest, user: box, purposes: purposes.sorted { $0.rawValue < $1.rawValue },
                isLasting: taps.isLasting, at: now)
            return NotificationAPI.WeChatStanding(
                offered: known, subscriptions: try await store.subscriptions(of: person))
        }
    }

    func stop(_ person: UUID) async throws {
        try await self.endpoint.transaction { work in try await WeChatStore(sql: work.sql).stop(person) }
    }

    func standing(of person: UUID) async throws -> NotificationAPI.WeChatStanding {
        try await self.endpoint.transaction { work in
            NotificationAPI.WeChatStanding(
                offered: self.channel?.templates.purposes ?? [],
                subscriptions: try await WeChatStore(sql: work.sql).subscriptions(of: person))
        }
    }

    private static var badCode: Refusal {
        .invalid(
            "wechat.code", zh: "微信登录已失效，请返回小程序重新点“订阅提醒”。",
            en: "The login at WeChat is no longer valid: go back to the mini-program and tap again.")
    }
}

/// The office's mini-program.
struct WeChatChannel: Sendable {
    let client: WeChatClient
    let templates: WeChatTemplates
}
