import CardProgramme
import Messaging
import ServiceLifecycle
import ServiceRuntime
import ShortMessages

/// The channel to WeChat this installation has, if any: a part of the composition root, for its length alone.
struct WeChatAssembly {
    let subscribe: SubscribeWeChat
    let services: [any Service]

    init(
        _ configuration: NotificationConfiguration, _ context: RuntimeContext, endpoint: MessageEndpoint,
        wording: Wording, seal: ContactSeal
    ) throws {
        var channel: WeChatChannel?
        if let wechat = configuration.wechat {
            channel = WeChatChannel(
                client: WeChatClient(
                    endpoint: try ProviderAssembly.endpoint(wechat.endpoint), application: wechat.application,
                    secret: wechat.secret, connections: SendWeChatCopies.together, now: ProviderAssembly.stopwatch()),
                templates: wechat.templates)
        }
        self.subscribe = SubscribeWeChat(endpoint: endpoint, channel: channel, seal: seal, clock: context.clock)
        guard let channel else {
            self.services = []
            return
        }
        let metrics = context.metrics
        self.services = [
            SendWeChatCopies(
                endpoint: endpoint, channel: channel, wording: wording, seal: seal, calendar: .china,
                clock: context.clock, logger: context.logger,
                counted: { outcome in
                    metrics.counter(
                        "notification_wechat_total", help: "Copies handed to WeChat, by what came of it.",
                        labels: ["outcome": outcome.label]
                    ).increment()
                }, pause: .seconds(1))
        ]
    }
}
