import Configuration
import ServiceRuntime

/// How the centre behaves where no fate says otherwise.
struct CentreSettings: Sendable {
    /// What clients must bind with, at most 15 and 8 characters.
    let systemID: String
    let password: String
    /// Milliseconds from a submit to its receipt.
    let receiptDelay: Int
    /// Whether the last four digits of a number decide where no script does.
    let decidesByNumber: Bool
    /// Octets the accepted messages may take.
    let memory: Int
}

/// What the message centre reads from its configuration.
struct MessageCentreConfiguration: Sendable {
    /// A choice of two.
    enum Answer: String, CaseIterable {
        case yes, no
    }

    static let keys: [ConfigurationKey] = [.smppPort, .smppName, .smppPassword, .secret, .delay, .fates, .memory]

    let port: Int
    /// What callers of the HTTP interface must show.
    let secret: String
    let settings: CentreSettings

    /// - Throws: `ConfigurationError` naming the key that is missing or wrong.
    init(_ configuration: ConfigReader) throws(ConfigurationError) {
        self.port = try configuration.integer(.smppPort, in: 1...65_535)
        self.secret = try Self.text(.secret, configuration, lengths: 16...200)
        self.settings = CentreSettings(
            systemID: try Self.text(.smppName, configuration, lengths: 1...15),
            password: try Self.text(.smppPassword, configuration, lengths: 1...8),
            receiptDelay: try configuration.integer(.delay, in: 0...86_400_000),
            decidesByNumber: try configuration.choice(.fates, Answer.self) == .yes,
            memory: try configuration.integer(.memory, in: 1...4096) << 20)
    }

    private static func text(
        _ key: ConfigurationKey, _ configuration: ConfigReader, lengths: ClosedRange<Int>
    ) throws(ConfigurationError) -> String {
        let text = try configuration.required(key)
        guard lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw ConfigurationError(
                key: key,
                problem:
                    "must have \(lengths.lowerBound) to \(lengths.upperBound) printable ASCII characters without blanks."
            )
        }
        return text
    }
}

extension ConfigurationKey {
    static let smppPort = ConfigurationKey("smpp.port", "Port of the SMPP interface, on 127.0.0.1.")
    static let smppName = ConfigurationKey(
        "smpp.system.id", standard: "youdai", "Name clients bind with, at most 15 characters.")
    static let smppPassword = ConfigurationKey(
        "smpp.password", isSecret: true, "Password clients bind with, at most 8 characters.")
    static let secret = ConfigurationKey(
        "message.centre.secret", isSecret: true,
        "What callers of the HTTP interface show as their bearer token, 16 characters or more.")
    static let delay = ConfigurationKey(
        "receipt.milliseconds", standard: "200", "Milliseconds from a submit to its receipt.")
    static let fates = ConfigurationKey(
        "fates.by.number", standard: "yes", "yes: the last four digits decide where no script does; no: all delivered.")
    static let memory = ConfigurationKey(
        "memory.megabytes", standard: "256",
        "Megabytes the accepted messages may take; the oldest are forgotten beyond.")
}
