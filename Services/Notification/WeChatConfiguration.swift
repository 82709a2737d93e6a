import Configuration
import ServiceRuntime
import ShortMessages

/// The office's mini-program. Without it nothing goes through WeChat.
struct WeChatConfiguration: Sendable {
    let application: String
    let secret: String
    let endpoint: CloudConfiguration.Address
    let templates: WeChatTemplates

    private static let application = ConfigurationKey(
        "wechat.application", standard: "",
        "AppID of the office's mini-program; without it nothing goes through WeChat."
    )
    private static let secret = ConfigurationKey(
        "wechat.secret", standard: "", isSecret: true, "Its AppSecret.")
    private static let url = ConfigurationKey(
        "wechat.url", standard: "https://api.weixin.qq.com",
        "Where WeChat is: https://HOST, or http://127.0.0.1:PORT of a relay on this machine.")
    private static let templates = ConfigurationKey(
        "wechat.templates", standard: "",
        "Approved templates and their fields, as appointmentReminder=TEMPLATE:thing1.station,date2.date,time3.time;cardArrived=TEMPLATE:thing1.station."
    )
    static let keys: [ConfigurationKey] = [Self.application, Self.secret, Self.url, Self.templates]

    /// - Returns: nil where there is no mini-program.
    /// - Throws: `ConfigurationError` naming the key that is missing or wrong.
    init?(_ configuration: ConfigReader) throws(ConfigurationError) {
        guard let application = configuration.value(Self.application) else {
            for other in [Self.secret, Self.templates] where configuration.value(other) != nil {
                throw ConfigurationError(
                    key: Self.application,
                    problem: "is not set, but \(other.environmentName) is: set both to send through WeChat, or neither."
                )
            }
            return nil
        }
        guard (8...32).contains(application.utf8.count), application.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw ConfigurationError(key: Self.application, problem: "must be the AppID, as wx0123456789abcdef.")
        }
        self.application = application
        self.secret = try configuration.required(Self.secret)
        self.endpoint = try CloudConfiguration.address(configuration, Self.url)
        do throws(ProviderTemplates.Mistake) {
            self.templates = try WeChatTemplates(configuration.value(Self.templates) ?? "")
        } catch {
            throw ConfigurationError(key: Self.templates, problem: error.description)
        }
        guard !self.templates.isEmpty else {
            throw ConfigurationError(
                key: Self.templates, problem: "is not set: WeChat sends nothing but approved templates, so enter one.")
        }
    }
}
