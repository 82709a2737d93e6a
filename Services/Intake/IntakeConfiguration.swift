import CardProgramme
import FoundationEssentials
import Redis
import ServiceRuntime

/// What intake needs to know besides what every service does.
struct IntakeConfiguration: Sendable {
    /// The district's plan: batches, stations, windows, periods.
    let programme: Programme
    /// The text it was read from.
    let programmeText: String
    /// Real days for which a repeated request gets its first answer.
    let answersKeptDays: Int
    /// How many people of the waiting room may book at once.
    let roomWindow: Int
    /// Where Redis counts seats; nil where the database answers alone.
    let redis: RedisConfiguration?

    private static let answersKept = ConfigurationKey(
        "intake.answers.kept.days", standard: "30",
        "Days (real time) for which a repeated Idempotency-Key is answered as the first time.")
    private static let room = ConfigurationKey(
        "intake.room.window", standard: "200",
        "People let in from the waiting room at once: who books or has been inside for ten minutes makes room.")
    private static let counted = ConfigurationKey(
        "intake.seats.counted", standard: "yes",
        "Whether Redis counts free seats in front of the database (yes), or the database answers alone (no).")
    static let keys: [ConfigurationKey] = [Self.answersKept, Self.room, Self.counted] + ClientLimits.keys

    init(_ context: RuntimeContext) throws {
        switch try context.configuration.required(Self.counted) {
        case "yes": self.redis = try context.redisConfiguration()
        case "no": self.redis = nil
        default: throw ConfigurationError(key: Self.counted, problem: "must be yes or no.")
        }
        self.roomWindow = try context.configuration.integer(Self.room, in: 1...100_000)
        self.answersKeptDays = try context.configuration.integer(Self.answersKept, in: 1...3650)
        let file = try context.configuration.required(.programmeFile)
        guard let data = try? Data(contentsOf: URL(filePath: file)), let yaml = String(validating: data, as: UTF8.self)
        else {
            throw ConfigurationError(
                key: .programmeFile,
                problem: "names \(file), which cannot be read as UTF-8 text: check the path and its permissions.")
        }
        self.programmeText = yaml
        do throws(ProgrammeMistakes) {
            self.programme = try Programme.parse(yaml: yaml, file: file)
        } catch {
            throw ConfigurationError(
                key: .programmeFile,
                problem:
                    "names a programme with mistakes; “youdai programme check \(file)” lists them. The first: \(error.mistakes.first.map { "\($0)" } ?? "unknown")"
            )
        }
    }
}
