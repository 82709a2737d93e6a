import CardProgramme
import Configuration
import FoundationEssentials
import ServiceRuntime
import ShortMessages

/// What notification reads from its configuration.
struct NotificationConfiguration: Sendable {
    let programme: Programme
    let voice: VoiceConfiguration

    /// - Throws: `ConfigurationError` naming the key that is missing or wrong.
    init(_ context: RuntimeContext) throws {
        self.programme = try Self.programme(context.configuration)
        self.voice = try VoiceConfiguration(context.configuration)
    }

    private static func programme(_ configuration: ConfigReader) throws(ConfigurationError) -> Programme {
        let file = try configuration.required(.programmeFile)
        guard let data = try? Data(contentsOf: URL(filePath: file)), let text = String(validating: data, as: UTF8.self)
        else {
            throw ConfigurationError(
                key: .programmeFile,
                problem: "names \(file), which cannot be read as UTF-8 text: check the path and its permissions.")
        }
        do throws(ProgrammeMistakes) {
            return try Programme.parse(yaml: text, file: file)
        } catch {
            throw ConfigurationError(key: .programmeFile, problem: "names a programme with mistakes: \(error)")
        }
    }
}

/// What sending takes. Without a provider nothing is sent: what is due waits, and what must be known becomes a call.
struct VoiceConfiguration: Sendable {
    let signature: String
    let telephone: String
    let kannel: KannelConfiguration?

    private static let signatureKey = ConfigurationKey(
        "notification.signature", standard: "【退役军人服务】",
        "What every short message begins with, in 【】, as it is registered with the carriers.")
    private static let telephoneKey = ConfigurationKey(
        "notification.telephone", standard: "0558-0000000",
        "The office's number that messages name; somebody answers there.")
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
    static let keys: [ConfigurationKey] = [
        Self.signatureKey, Self.telephoneKey, Self.kannelURL, Self.kannelUser, Self.kannelPassword, Self.kannelSender,
        Self.kannelSecret, Self.kannelCallback,
    ]

    init(_ configuration: ConfigReader) throws(ConfigurationError) {
        self.signature = try configuration.required(Self.signatureKey)
        guard self.signature.first == "【", self.signature.last == "】", (3...14).contains(self.signature.count) else {
            throw ConfigurationError(key: Self.signatureKey, problem: "must stand in 【】 and have 1 to 12 characters.")
        }
        self.telephone = try configuration.required(Self.telephoneKey)
        guard let text = configuration.value(Self.kannelURL) else {
            self.kannel = nil
            return
        }
        guard let url = URL(string: text), url.scheme == "http", let host = url.host(), let port = url.port else {
            throw ConfigurationError(key: Self.kannelURL, problem: "must be http://HOST:PORT.")
        }
        guard let secret = PathSecret(try configuration.required(Self.kannelSecret)) else {
            throw ConfigurationError(key: Self.kannelSecret, problem: "must be 16 to 128 letters, digits, - and _.")
        }
        var kannel = KannelConfiguration(
            host: host, port: port, username: try configuration.required(Self.kannelUser),
            password: try configuration.required(Self.kannelPassword),
            sender: try configuration.required(Self.kannelSender),
            callbackBase: try configuration.required(Self.kannelCallback) + "/providers/kannel", secret: secret)
        kannel.connections = DispatchMessages.inFlight
        self.kannel = kannel
    }
}
