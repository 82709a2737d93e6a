import FoundationEssentials
import TestSupport

/// What a rehearsal said at its end.
struct RehearsalSummary: Equatable {
    /// SHA-256 over what happened to everybody.
    let digest: String
    /// People, submitted, delivered, refused, returns by level.
    let totals: String
    let processStarts: Int

    init?(_ output: String) {
        func rest(_ mark: String, until end: Character) -> String? {
            output.firstRange(of: mark).map { String(output[$0.upperBound...].prefix { $0 != end }) }
        }
        guard let digest = rest("摘要 Digest of what happened to everybody: ", until: "\n"),
            let totals = rest("合计 Totals: ", until: "\n"),
            let starts = rest("process starts ", until: ";").flatMap({ Int($0) })
        else { return nil }
        self.digest = digest
        self.totals = totals
        self.processStarts = starts
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

    static func play(seed: Int) async throws -> RehearsalSummary {
        let outcome = try await Youdai().with(try Self.arguments(seed: seed)) { _ in }.outcome
        return try Self.summary(of: outcome)
    }

    /// - Throws: ``ServiceStandError`` with all it said, when the rehearsal or its audit failed.
    static func summary(of outcome: Youdai.Outcome) throws -> RehearsalSummary {
        guard outcome.isSuccess, let summary = RehearsalSummary(outcome.output) else {
            throw ServiceStandError("\(outcome.ending)\n\(outcome.output)\n\(outcome.errors)")
        }
        return summary
    }
}
