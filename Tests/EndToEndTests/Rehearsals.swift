import FoundationEssentials
import TestSupport

/// What a rehearsal said at its end.
struct RehearsalSummary: Equatable {
    /// SHA-256 over what happened to everybody.
    let digest: String
    /// People, submitted, delivered, refused, returns by level.
    let totals: String
    let processStarts: Int
    /// Appointments in all: booked, done, missed and so on.
    let appointments: [String: Int]
    /// Slots whose count of free seats was compared with the database, and how many differed.
    let seats: (compared: Int, differing: Int)
    /// Messages, calls and the campaign in all; empty where the installation has no gateway.
    let messages: [String: Int]
    let calls: [String: Int]
    let campaign: [String: Int]
    let replies: Int?
    /// Messages whose receipt was waited for in vain.
    let givenUp: Int?

    static func == (left: Self, right: Self) -> Bool {
        // What was compared when does not concern what happened to people, and what was said to them changes none of it.
        left.digest == right.digest && left.totals == right.totals && left.processStarts == right.processStarts
            && left.appointments == right.appointments
    }

    init?(_ output: String) {
        func rest(_ mark: String, until end: Character) -> String? {
            output.firstRange(of: mark).map { String(output[$0.upperBound...].prefix { $0 != end }) }
        }
        guard let digest = rest("摘要 Digest of what happened to everybody: ", until: "\n"),
            let totals = rest("合计 Totals: ", until: "\n"),
            let starts = rest("process starts ", until: ";").flatMap({ Int($0) }),
            let appointments = rest("预约合计 Appointments in all: ", until: "\n"),
            let compared = rest("核对时段 compared ", until: " ").flatMap({ Int($0) }),
            let differing = rest("不一致 differing ", until: "\n").flatMap({ Int($0) })
        else { return nil }
        self.digest = digest
        self.totals = totals
        self.processStarts = starts
        func counts(_ text: String?) -> [String: Int] {
            Dictionary(
                (text ?? "").split(separator: ",").compactMap { part in
                    let words = part.split(separator: " ")
                    return words.last.flatMap { Int($0) }.map { (words.dropLast().joined(separator: " "), $0) }
                }, uniquingKeysWith: +)
        }
        self.appointments = counts(appointments)
        self.seats = (compared, differing)
        self.messages = counts(rest("短信合计 Messages in all: ", until: "\n"))
        self.calls = counts(rest("致电合计 Calls in all: ", until: "\n"))
        self.campaign = counts(rest("外出联系合计 Campaign in all: ", until: "\n"))
        self.replies = rest("回复合计 Replies in all: ", until: "\n").flatMap { Int($0) }
        self.givenUp = rest(" s, given up ", until: "\n").flatMap { Int($0.prefix { $0.isNumber }) }
    }
}

/// Rehearsals that several tests compare with; each is played once.
actor Rehearsals {
    static let shared = Rehearsals()
    static let people = 150

    private var played: [Int: RehearsalSummary] = [:]

    static func arguments(seed: Int) throws -> [String] {
        let programme = try Youdai().installation.programmeFile
        return ["rehearse", programme, "--people", "\(Self.people)", "--seed", "\(seed)"]
    }

    func undisturbed(seed: Int) async throws -> RehearsalSummary {
        if let summary = self.played[seed] { return summary }
        let summary = try await Self.play(seed: seed)
        self.played[seed] = summary
        return summary
    }

    static func play(seed: Int, _ words: String...) async throws -> RehearsalSummary {
        let outcome = try await Youdai().with(try Self.arguments(seed: seed) + words) { _ in }.outcome
        return try Self.summary(of: outcome)
    }

    /// An operations.env like that of the test installation, with some keys set to something else, or left out.
    static func configuration(_ changes: [String: String?], in directory: String) throws -> String {
        let text = String(decoding: try Data(contentsOf: URL(filePath: try Youdai().installation.file)), as: UTF8.self)
        let lines = text.split(separator: "\n").compactMap { line -> String? in
            guard let key = line.split(separator: "=").first, let change = changes[String(key)] else {
                return String(line)
            }
            return change.map { "\(key)=\($0)" }
        }
        let file = "\(directory)/operations.env"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
        return file
    }

    /// - Throws: ``ServiceStandError`` with all it said, when the rehearsal or its audit failed.
    static func summary(of outcome: Youdai.Outcome) throws -> RehearsalSummary {
        guard outcome.isSuccess, let summary = RehearsalSummary(outcome.output) else {
            throw ServiceStandError("\(outcome.ending)\n\(outcome.output)\n\(outcome.errors)")
        }
        return summary
    }
}
