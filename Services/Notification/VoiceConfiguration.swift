import Configuration
import FoundationEssentials
import ServiceRuntime
import ShortMessages

/// What sending takes. Without a provider nothing is sent: what is due waits, and what must be known becomes a call.
struct VoiceConfiguration: Sendable {
    let signature: String
    let telephone: String
    /// What letters name as their sender, and where the slip goes back to.
    let office: String
    let address: String
    let kannel: KannelConfiguration?
    let kannelShare: ProviderShare
    /// Days the events of messages are kept.
    let eventDays: Int
    /// Real time between two looks for what is due.
    let look: Duration

    private static let signatureKey = ConfigurationKey(
        "notification.signature", standard: "【退役军人服务】",
        "What every short message begins with, in 【】, as it is registered with the carriers.")
    private static let telephoneKey = ConfigurationKey(
        "notification.telephone", standard: "0558-0000000",
        "The office's number that messages name; somebody answers there.")
    private static let officeKey = ConfigurationKey(
        "notification.office", standard: "退役军人事务局", "The office's name in full, as letters bear it.")
    private static let addressKey = ConfigurationKey(
        "notification.address", standard: "（地址待填）",
        "The office's address in one line; the reply slips of letters go back there.")
    private static let eventDaysKey = ConfigurationKey(
        "notification.events.days", standard: "400",
        "Days what was seen of a message is kept; the message itself stays. At least 150, the five months of the law.")
    private static let lookKey = ConfigurationKey(
        "notification.look.milliseconds", standard: "200",
        "Real time between two looks for messages that are due; less where programme time runs fast.")
    private static let kannelURL = ConfigurationKey(
        "kannel.url", standard: "",
        "Address of Kannel's smsbox, as http://127.0.0.1:13013; without it nothing goes through Kannel.")
    private static let kannelUser = ConfigurationKey("kannel.user", standard: "", "Kannel's sendsms-user.")
    private static let kannelPassword = ConfigurationKey(
        "kannel.password", standard: "", isSecret: true, "Its password.")
    private static let kannelSender = ConfigurationKey(
        "kannel.sender", standard: "10690000", "The number messages come from and replies go to.")
    private static let kannelSecret = ConfigurationKey(
        "kannel.receipt.secret", standard: "", isSecret: true,
        "The part of the path by which Kannel is known when it brings receipts and replies: 16 to 128 letters and digits."
    )
    private static let kannelCallback = ConfigurationKey(
        "kannel.notification.url", standard: "",
        "Address of this service as Kannel reaches it, as http://127.0.0.1:8104.")
    private static let kannelWeight = ConfigurationKey(
        "kannel.weight", standard: "50",
        "Kannel's share of messages, beside the other providers'; 0: only when no other is up.")
    private static let kannelRate = ConfigurationKey(
        "kannel.rate", standard: "200", "Messages a second all instances together hand to Kannel.")
    private static let kannelBurst = ConfigurationKey(
        "kannel.burst", standard: "200", "Messages handed to Kannel at once after a quiet time.")
    static let keys: [ConfigurationKey] = [
        Self.signatureKey, Self.telephoneKey, Self.officeKey, Self.addressKey, Self.eventDaysKey, Self.lookKey,
        Self.kannelURL,
        Self.kannelUser, Self.kannelPassword,
        Self.kannelSender, Self.kannelSecret, Self.kannelCallback, Self.kannelWeight, Self.kannelRate,
        Self.kannelBurst,
    ]

    init(_ configuration: ConfigReader) throws(ConfigurationError) {
        self.signature = try configuration.signature(Self.signatureKey) ?? ""
        self.telephone = try configuration.required(Self.telephoneKey)
        self.office = try configuration.required(Self.officeKey)
        self.address = try configuration.required(Self.addressKey)
        self.eventDays = try configuration.integer(Self.eventDaysKey, in: 150...3_650)
        self.look = .milliseconds(try configuration.integer(Self.lookKey, in: 5...5_000))
        self.kannelShare = try ProviderShare(
            configuration, weight: Self.kannelWeight, rate: Self.kannelRate, burst: Self.kannelBurst)
        guard let text = configuration.value(Self.kannelURL) else {
            self.kannel = nil
            return
        }
        guard let url = URL(string: text), url.scheme == "http", let host = url.host(), let port = url.port else {
            throw ConfigurationError(key: Self.kannelURL, problem: "must be http://HOST:PORT.")
        }
        var kannel = KannelConfiguration(
            host: host, port: port, username: try configuration.required(Self.kannelUser),
            password: try configuration.required(Self.kannelPassword),
            sender: try configuration.required(Self.kannelSender),
            callbackBase: try configuration.required(Self.kannelCallback) + "/providers/kannel",
            secret: try configuration.pathSecret(Self.kannelSecret))
        kannel.connections = DispatchMessages.inFlight
        self.kannel = kannel
    }
}

/// How much goes through one provider.
struct ProviderShare: Sendable {
    let weight: Int
    let figures: RateLimit.Figures

    init(
        _ configuration: ConfigReader, weight: ConfigurationKey, rate: ConfigurationKey, burst: ConfigurationKey
    ) throws(ConfigurationError) {
        self.weight = try configuration.integer(weight, in: 0...1_000)
        self.figures = RateLimit.Figures(
            rate: Double(try configuration.integer(rate, in: 1...5_000)),
            burst: try configuration.integer(burst, in: 1...5_000))
    }
}

extension ConfigReader {
    /// A signature in 【】; nil where there is none.
    func signature(_ key: ConfigurationKey) throws(ConfigurationError) -> String? {
        guard let text = self.value(key) else { return nil }
        guard text.first == "【", text.last == "】", (3...14).contains(text.count),
            text.dropFirst().dropLast().allSatisfy({ $0 != "【" && $0 != "】" })
        else {
            throw ConfigurationError(key: key, problem: "must stand in 【】 and have 1 to 12 characters.")
        }
        return text
    }

    /// The part of a path a provider is known by.
    func pathSecret(_ key: ConfigurationKey) throws(ConfigurationError) -> PathSecret {
        guard let secret = PathSecret(try self.required(key)) else {
            throw ConfigurationError(key: key, problem: "must be 16 to 128 letters, digits, - and _.")
        }
        return secret
    }
}
