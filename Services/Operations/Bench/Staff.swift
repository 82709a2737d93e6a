import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// Everybody who decides: a clerk at each station, verifiers at the centre, reviewers at the bureau, and one desk each that
/// records what city, province and bank decided. All of them work their lists over the interface, as staff would, and pass
/// everything they see: a measurement has one route.
///
/// Nobody opens the photo before deciding; a real reviewer would, which costs intake one more answer of its size.
struct Staff: Sendable {
    /// How many work at once. A desk whose list is empty looks again after a while, and after a longer while the next time.
    struct Numbers: Sendable {
        /// Decisions a station's clerk has under way at once.
        var stationHands = 2
        var verifiers = 24
        var reviewers = 24
        /// Cases taken at once by a claim.
        var claim = 25
        /// How long an office lets its list grow after it has worked off less than a full page.
        var pause = Duration.milliseconds(250)
        var longestPause = Duration.seconds(1)
    }

    let desk: Desk
    let stations: [String]
    let log: WorkLog
    /// The bank checks what was filed (N23).
    let bankChecks: Bool
    /// The programme's present moment: when city, province and bank decided.
    let now: Date
    var numbers = Numbers()

    /// Works until the task is cancelled.
    func work() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for station in self.stations {
                group.addTask { try await self.attend(page: 100) { try await self.checkList(of: station) } }
            }
            for _ in 0..<self.numbers.verifiers {
                group.addTask {
                    try await self.attend(page: self.numbers.claim) {
                        try await self.decideClaimed(.verification, .centre, claim: .centreClaim, decide: .verify)
                    }
                }
            }
            for _ in 0..<self.numbers.reviewers {
                group.addTask {
                    try await self.attend(page: self.numbers.claim) {
                        try await self.decideClaimed(.review, .bureau, claim: .bureauClaim, decide: .review)
                    }
                }
            }
            group.addTask { try await self.attend(page: 500) { try await self.record(.city, .awaitingAudit, .audit) } }
            group.addTask {
                try await self.attend(page: 500) { try await self.record(.province, .awaitingFiling, .file) }
            }
            if self.bankChecks {
                group.addTask {
                    try await self.attend(page: 500) { try await self.record(.bank, .awaitingBankCheck, .bankCheck) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Looks at a list again and again: at once after a full page, later after less, much later after nothing.
    private func attend(page: Int, _ look: () async throws -> Int) async throws {
        // Offices do not open their lists in step.
        var pause = self.numbers.pause
        try? await Task.sleep(for: pause * Double.random(in: 0..<1))
        while !Task.isCancelled {
            do {
                let found = try await look()
                if found >= page {
                    pause = self.numbers.pause
                    continue
                }
                pause = found > 0 ? self.numbers.pause : min(pause * 2, self.numbers.longestPause)
            } catch is CancellationError {
                return
            } catch {
                // A call that cancellation cut off in the middle.
                if Task.isCancelled { return }
                throw error
            }
            try? await Task.sleep(for: pause)
        }
    }

    // MARK: - Stations

    /// Only what a decision needs of a row.
    private struct SubmissionRow: Decodable {
        struct Material: Decodable {}
        let id: UUID
        let round: Int
        let materials: [Material]
    }

    private struct SubmissionRows: Decodable {
        let submissions: [SubmissionRow]
    }

    private func checkList(of station: String) async throws -> Int {
        let rows = try await self.log.record(.stationList) {
            try await self.desk.call(
                .intake, "GET", "/api/submissions?stage=awaitingStationCheck&limit=100", as: .station, station: station,
                answer: SubmissionRows.self)
        }
        // The photo may still be on its way: the applicant stands at the counter.
        let ready = rows.submissions.filter { !$0.materials.isEmpty }
        try await Self.each(ready, hands: self.numbers.stationHands) { row in
            let body = try ContractCoding.encode(
                IntakeAPI.StationDecision(Decision(outcome: .pass, round: row.round)))
            _ = try await self.log.record(.check, bytes: body.count, submissions: 1) {
                try await self.desk.send(
                    .intake, "POST", "/api/submissions/\(row.id)/check", as: .station, station: station, body: body)
            }
        }
        return ready.count
    }

    // MARK: - Centre and bureau

    private struct CaseRow: Decodable {
        let submissionID: UUID
        let round: Int
    }

    private struct CaseRows: Decodable {
        let cases: [CaseRow]
    }

    private func decideClaimed(
        _ service: ServiceName, _ role: Role, claim: WorkLog.Act, decide: WorkLog.Act
    ) async throws -> Int {
        let wanted = try ContractCoding.encode(CaseAPI.Claim(limit: self.numbers.claim))
        let rows = try await self.log.record(claim, bytes: wanted.count) {
            try await self.desk.call(service, "POST", "/api/claims", as: role, body: wanted, answer: CaseRows.self)
        }
        for row in rows.cases {
            let body = try ContractCoding.encode(
                IntakeAPI.StationDecision(Decision(outcome: .pass, round: row.round)))
            _ = try await self.log.record(decide, bytes: body.count, submissions: 1) {
                try await self.desk.send(
                    service, "POST", "/api/cases/\(row.submissionID)/decision", as: role, body: body)
            }
        }
        return rows.cases.count
    }

    // MARK: - City, province and bank

    private struct OutcomeRows: Decodable {
        struct Row: Decodable {
            let submissionID: UUID
            let result: String
            let english: String?
        }
        let outcomes: [Row]
    }

    private func record(_ level: Level, _ stage: SubmissionStage, _ act: WorkLog.Act) async throws -> Int {
        let rows = try await self.log.record(.superiorList) {
            try await self.desk.call(
                .review, "GET", "/api/cases?stage=\(stage.rawValue)&limit=500", as: .superior, answer: CaseRows.self)
        }
        guard !rows.cases.isEmpty else { return 0 }
        let items = rows.cases.map {
            CaseAPI.SuperiorDecisions.Item(
                submissionID: $0.submissionID, level: level, decision: Decision(outcome: .pass, round: $0.round),
                decidedAt: self.now)
        }
        let body = try ContractCoding.encode(CaseAPI.SuperiorDecisions(decisions: items))
        let answer = try await self.log.record(act, bytes: body.count, submissions: items.count) {
            try await self.desk.call(
                .review, "POST", "/api/decisions", as: .superior, body: body, answer: OutcomeRows.self)
        }
        if let refused = answer.outcomes.first(where: { $0.result != "recorded" }) {
            throw OperationsError(
                "Review answered “\(refused.result)” to \(level.rawValue)'s decision about \(refused.submissionID): \(refused.english ?? "")"
            )
        }
        return items.count
    }

    private static func each<Item: Sendable>(
        _ items: [Item], hands: Int, _ body: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = items[...]
            for item in rest.prefix(hands) { group.addTask { try await body(item) } }
            rest = rest.dropFirst(hands)
            while try await group.next() != nil {
                if let item = rest.popFirst() { group.addTask { try await body(item) } }
            }
        }
    }
}
