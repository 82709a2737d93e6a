import Contracts
import Crypto
import FoundationEssentials
import Messaging
import PostgreSQL

/// What became of every message and every person, counted by ids and rows and by nothing that merely counts.
struct FaultTally: Sendable {
    /// Ids of messages that were emitted.
    var emitted = 0
    /// Of those, how many their receiver has applied.
    var applied = 0
    /// Neither applied, nor waiting, nor still with the producer; and submissions that were accepted and are not there.
    var lost: [String] = []
    /// Applied more than once, or with more than one effect.
    var doubled: [String] = []
    var parked = 0
    var held = 0
    /// SHA-256 over what is on record about everybody.
    var digest = ""

    static func count(
        _ pools: [ServiceName: PostgresPool], submissions: [UUID?]
    ) async throws -> FaultTally {
        var tally = FaultTally()
        var emitted: [ServiceName: Set<UUID>] = [:]
        var outbox: Set<UUID> = []
        for pool in pools.values {
            let rows = try await pool.query(
                "SELECT e.id, e.destination, o.id IS NOT NULL FROM emitted e LEFT JOIN outbox o ON o.id = e.id"
            ).rows
            for row in rows {
                let (id, destination, isWaiting) = try row.decode(UUID.self, String.self, Bool.self)
                guard let receiver = ServiceName(rawValue: destination) else { continue }
                emitted[receiver, default: []].insert(id)
                if isWaiting { outbox.insert(id) }
            }
        }
        for (service, pool) in pools {
            let ids = emitted[service] ?? []
            tally.emitted += ids.count
            var applied: Set<UUID> = []
            for row in try await pool.query("SELECT message_id FROM inbox").rows {
                let id = try row.decode(UUID.self)
                // The key holds the day as well, so the same id could stand there twice.
                if !applied.insert(id).inserted { tally.doubled.append("message \(id) at \(service.rawValue)") }
            }
            tally.applied += applied.intersection(ids).count
            var waiting: Set<UUID> = []
            for row in try await pool.query("SELECT id, state FROM waiting").rows {
                let (id, state) = try row.decode(UUID.self, String.self)
                waiting.insert(id)
                if state == "parked" { tally.parked += 1 }
                if state == "held" { tally.held += 1 }
            }
            let discarded = Set(
                try await pool.query("SELECT message_id FROM parked_action WHERE action = 'discard'").rows.map {
                    try $0.decode(UUID.self)
                })
            for id in ids.subtracting(applied).subtracting(waiting).subtracting(outbox).subtracting(discarded) {
                tally.lost.append("message \(id) to \(service.rawValue)")
            }
        }
        try await tally.countRows(pools, submissions)
        return tally
    }

    /// Rows that an effect leaves once: the same row twice is an effect twice.
    private static let onlyOnce: [(ServiceName, String, SQL)] = [
        (
            .intake, "submission of person",
            "SELECT person::text FROM submission WHERE stage <> 'refused' GROUP BY person HAVING count(*) > 1"
        ),
        (
            .intake, "line of history of",
            """
            SELECT submission::text FROM submission_event GROUP BY submission, round, step, stage, at, by
            HAVING count(*) > 1
            """
        ),
        (
            .verification, "decision about",
            "SELECT submission_id::text FROM verification_decision GROUP BY submission_id, decided_at HAVING count(*) > 1"
        ),
        (
            .review, "decision about",
            """
            SELECT submission_id::text FROM review_decision GROUP BY submission_id, level, decided_at, outcome
            HAVING count(*) > 1
            """
        ),
        (
            .notification, "notice about",
            """
            SELECT submission_id::text FROM notice GROUP BY submission_id, purpose, reason, requested_at
            HAVING count(*) > 1
            """
        ),
    ]

    private mutating func countRows(_ pools: [ServiceName: PostgresPool], _ submissions: [UUID?]) async throws {
        for (service, what, sql) in Self.onlyOnce {
            guard let pool = pools[service] else { continue }
            for row in try await pool.query(sql).rows {
                self.doubled.append("\(what) \(try row.decode(String.self)) at \(service.rawValue)")
            }
        }
        var lines: [[String]] = Array(repeating: [], count: submissions.count)
        var index: [UUID: Int] = [:]
        for (person, id) in submissions.enumerated() {
            if let id { index[id] = person }
        }
        for (service, sql) in Self.facts {
            guard let pool = pools[service] else { continue }
            var found: Set<Int> = []
            for row in try await pool.query(sql).rows {
                let (id, fact) = try row.decode(UUID.self, String.self)
                guard let person = index[id] else { continue }
                found.insert(person)
                lines[person].append(fact)
            }
            if service == .intake {
                for (id, person) in index where !found.contains(person) { self.lost.append("submission \(id)") }
            }
        }
        var hasher = SHA256()
        for line in lines { hasher.update(data: Array((line.sorted().joined(separator: ";") + "\n").utf8)) }
        self.digest = Hexadecimal.encode(Array(hasher.finalize().prefix(8)))
    }

    /// What is on record about a submission, without ids and times of day, which no two runs share.
    private static let facts: [(ServiceName, SQL)] = [
        (
            .intake,
            """
            SELECT s.id, 'view ' || s.stage || ' ' || s.round || ' ' || s.station || ' ' || coalesce(s.due_on::text, '-') || ' '
                   || (SELECT count(*) FROM material m WHERE m.submission = s.id)
            FROM submission s
            UNION ALL
            SELECT submission, 'step ' || round || ' ' || coalesce(step, '-') || ' ' || stage || ' ' || coalesce(reason, '-')
            FROM submission_event
            """
        ),
        (
            .verification,
            """
            SELECT submission_id, 'verification ' || stage || ' ' || round || ' ' || pass FROM verification_case
            UNION ALL
            SELECT submission_id, 'verified ' || round || ' ' || pass || ' ' || step || ' ' || coalesce(reason, '-')
            FROM verification_decision
            """
        ),
        (
            .review,
            """
            SELECT submission_id, 'review ' || stage || ' ' || round || ' ' || pass || ' ' || coalesce(due_on::text, '-')
            FROM review_case
            UNION ALL
            SELECT submission_id, 'reviewed ' || level || ' ' || round || ' ' || pass || ' ' || outcome || ' '
                   || coalesce(reason, '-') || ' ' || coalesce(kept::text, '-')
            FROM review_decision
            """
        ),
        (
            .issuance,
            """
            SELECT submission_id, 'card ' || stage || ' ' || station || ' ' || card_kind || ' '
                   || coalesce(delivery_mode, '-') || ' ' || coalesce(delivered_on::text, '-') FROM card_order
            """
        ),
        (
            .notification,
            "SELECT submission_id, 'notice ' || purpose || ' ' || coalesce(reason, '-') || ' ' || state FROM notice"
        ),
    ]
}
