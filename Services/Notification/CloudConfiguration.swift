import Configuration
import FoundationEssentials
import ServiceRuntime
import ShortMessages

/// The providers in the cloud. One without keys is not there.
struct CloudConfiguration: Sendable {
    /// Where a cloud is reached.
    struct Address: Sendable {
        let host: String
        let port: Int
        /// Without only to a relay on this machine.
        let isSecure: Bool
    }

    /// What both have.
    struct Account: Sendable {
        let key: CloudKey
        let address: Address
        let secret: PathSecret
        /// Nil where it is the office's usual one.
        let signature: String?
        let templates: ProviderTemplates
        let share: ProviderShare
    }

    struct Tencent: Sendable {
        let account: Account
        let application: String
        let region: String
    }

    let aliyun: Account?
    let tencent: Tencent?

    private static let aliyunID = ConfigurationKey(
        "aliyun.key.id", standard: "", "AccessKey ID at Aliyun; without it nothing goes through Aliyun.")
    private static let aliyunKey = ConfigurationKey("aliyun.key.secret", standard: "", isSecret: true, "Its secret.")
    private static let aliyunURL = ConfigurationKey(
        "aliyun.url", standard: "https://dysmsapi.aliyuncs.com",
        "Where Aliyun is: https://HOST, or http://127.0.0.1:PORT of a relay on this machine.")
    private static let aliyunSecret = ConfigurationKey(
        "aliyun.receipt.secret", standard: "", isSecret: true,
        "The part of the path by which Aliyun is known: it pushes to …/providers/aliyun/SECRET/receipts and …/inbound.")
    private static let aliyunSign = ConfigurationKey(
        "aliyun.sign", standard: "", "Signature approved by Aliyun, in 【】. Empty: NOTIFICATION_SIGNATURE.")
    private static let aliyunTemplates = ConfigurationKey(
        "aliyun.templates", standard: "",
        "Approved templates, as appointmentReminder=SMS_1:name,date,time,station,telephone;cardArrived@2=SMS_2:name,station. A purpose, or a version of its words (@), that is not here does not go through Aliyun."
    )
    private static let aliyunWeight = ConfigurationKey(
        "aliyun.weight", standard: "50", "Aliyun's share of messages; 0: only when no other is up.")
    private static let aliyunRate = ConfigurationKey(
        "aliyun.rate", standard: "100", "Messages a second all instances together hand to Aliyun.")
    private static let aliyunBurst = ConfigurationKey(
        "aliyun.burst", standard: "100", "Messages handed to Aliyun at once after a quiet time.")
    private static let tencentID = ConfigurationKey(
        "tencent.key.id", standard: "", "SecretId at Tencent Cloud; without it nothing goes through Tencent.")
    private static let tencentKey = ConfigurationKey(
        "tencent.key.secret", standard: "", isSecret: true, "Its SecretKey.")
    private static let tencentURL = ConfigurationKey(
        "tencent.url", standard: "https://sms.tencentcloudapi.com",
        "Where Tencent is: https://HOST, or http://127.0.0.1:PORT of a relay on this machine.")
    private static let tencentApplication = ConfigurationKey(
        "tencent.application", standard: "", "SmsSdkAppId, as 1400006666.")
    private static let tencentRegion = ConfigurationKey(
        "tencent.region", standard: "ap-guangzhou", "Where calls are served.")
    private static let tencentSecret = ConfigurationKey(
        "tencent.receipt.secret", standard: "", isSecret: true,
        "The part of the path by which Tencent is known: it pushes to …/providers/tencent/SECRET/receipts and …/inbound."
    )
    private static let tencentSign = ConfigurationKey(
        "tencent.sign", standard: "", "Signature approved by Tencent, in 【】. Empty: NOTIFICATION_SIGNATURE.")
    private static let tencentTemplates = ConfigurationKey(
        "tencent.templates", standard: "",
        "Approved templates, as for Aliyun, variables in the order of {1}, {2} …; what has more than 12 characters goes another way."
    )
    private static let tencentWeight = ConfigurationKey(
        "tencent.weight", standard: "50", "Tencent's share of messages; 0: only when no other is up.")
    private static let tencentRate = ConfigurationKey(
        "tencent.rate", standard: "100", "Messages a second all instances together hand to Tencent.")
    private static let tencentBurst = ConfigurationKey(
        "tencent.burst", standard: "100", "Messages handed to Tencent at once after a quiet time.")
    static let keys: [ConfigurationKey] = [
        Self.aliyunID, Self.aliyunKey, Self.aliyunURL, Self.aliyunSecret, Self.aliyunSign, Self.aliyunTemplates,
        Self.aliyunWeight, Self.aliyunRate, Self.aliyunBurst, Self.tencentID, Self.tencentKey, Self.tencentURL,
        Self.tencentApplication, Self.tencentRegion, Self.tencentSecret, Self.tencentSign, Self.tencentTemplates,
        Self.tencentWeight, Self.tencentRate, Self.tencentBurst,
    ]

    init(_ configuration: ConfigReader) throws(ConfigurationError) {
        self.aliyun = try Self.account(
            configuration, id: Self.aliyunID, key: Self.aliyunKey, url: Self.aliyunURL, secret: Self.aliyunSecret,
            sign: Self.aliyunSign, templates: Self.aliyunTemplates,
            share: try ProviderShare(
                configuration, weight: Self.aliyunWeight, rate: Self.aliyunRate, burst: Self.aliyunBurst))
        let tencent = try Self.account(
            configuration, id: Self.tencentID, key: Self.tencentKey, url: Self.tencentURL, secret: Self.tencentSecret,
            sign: Self.tencentSign, templates: Self.tencentTemplates,
            share: try ProviderShare(
                configuration, weight: Self.tencentWeight, rate: Self.tencentRate, burst: Self.tencentBurst))
        guard let tencent else {
            self.tencent = nil
            return
        }
        let application = try configuration.required(Self.tencentApplication)
        guard (6...20).contains(application.count), application.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw ConfigurationError(
                key: Self.tencentApplication, problem: "must be the digits of SmsSdkAppId, as 1400006666.")
        }
        self.tencent = Tencent(
            account: tencent, application: application, region: try configuration.required(Self.tencentRegion))
    }

    private static func account(
        _ configuration: ConfigReader, id: ConfigurationKey, key: ConfigurationKey, url: ConfigurationKey,
        secret: ConfigurationKey, sign: ConfigurationKey, templates: ConfigurationKey, share: ProviderShare
    ) throws(ConfigurationError) -> Account? {
        guard let name = configuration.value(id) else {
            for other in [key, secret, templates] where configuration.value(other) != nil {
                throw ConfigurationError(
                    key: id,
                    problem:
                        "is not set, but \(other.environmentName) is: set both to send through this provider, or neither."
                )
            }
            return nil
        }
        let address = try Self.address(configuration, url)
        let approved: ProviderTemplates
        do throws(ProviderTemplates.Mistake) {
            approved = try ProviderTemplates(configuration.value(templates) ?? "")
        } catch {
            throw ConfigurationError(key: templates, problem: error.description)
        }
        guard !approved.isEmpty else {
            throw ConfigurationError(
                key: templates, problem: "is not set: this provider sends nothing but approved templates, so enter one."
            )
        }
        return Account(
            key: CloudKey(id: name, secret: try configuration.required(key)), address: address,
            secret: try configuration.pathSecret(secret),
            signature: try configuration.signature(sign), templates: approved, share: share)
    }

    /// - Throws: where it is anything but https, or a relay on this machine.
    static func address(
        _ configuration: ConfigReader, _ key: ConfigurationKey
    ) throws(ConfigurationError) -> Address {
        let url = URL(string: try configuration.required(key))
        switch (url?.scheme, url?.host(), url?.port) {
        case ("https", let host?, let port) where !host.isEmpty && host.contains(where: \.isLetter):
            return Address(host: host, port: port ?? 443, isSecure: true)
        case ("http", "127.0.0.1", let port?): return Address(host: "127.0.0.1", port: port, isSecure: false)
        default:
            throw ConfigurationError(
                key: key,
                problem:
                    "must be https://HOST, or http://127.0.0.1:PORT of a relay on this machine: keys never leave it in the clear."
            )
        }
    }
}
