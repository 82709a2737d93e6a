import CardProgramme
import FoundationEssentials

/// Reminders in the office's mini-program, for whoever has tapped for them (小程序订阅消息).
extension NotificationAPI {
    /// `POST /api/wechat`: what somebody has just tapped for.
    package struct WeChatTaps: Codable, Sendable {
        /// What `wx.login` has given the mini-program; says who they are there, once.
        package var code: String
        /// The purposes whose templates they accepted in `wx.requestSubscribeMessage`.
        package var purposes: [MessagePurpose]
        /// Until they say no (长期订阅), not for one message each (一次性订阅).
        package var isLasting: Bool

        package init(code: String, purposes: [MessagePurpose], isLasting: Bool) {
            self.code = code
            self.purposes = purposes
            self.isLasting = isLasting
        }
    }

    /// What somebody is told of through WeChat too.
    package struct WeChatSubscription: Codable, Sendable, Equatable {
        package var purpose: MessagePurpose
        package var purposeInChinese: String
        /// Messages their taps still allow; nil where they allowed all until they say no.
        package var remaining: Int?

        package init(purpose: MessagePurpose, remaining: Int?) {
            self.purpose = purpose
            self.purposeInChinese = purpose.chinese
            self.remaining = remaining
        }
    }

    /// `GET /api/wechat`, and the answer to `POST`.
    package struct WeChatStanding: Codable, Sendable, Equatable {
        /// What can be subscribed to; empty where the office has no mini-program.
        package var offered: [MessagePurpose]
        package var subscriptions: [WeChatSubscription]

        package init(offered: [MessagePurpose], subscriptions: [WeChatSubscription]) {
            self.offered = offered
            self.subscriptions = subscriptions
        }
    }
}
