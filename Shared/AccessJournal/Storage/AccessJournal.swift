import Access
import FoundationEssentials
import PostgreSQL
import ServiceRuntime
import Storage

extension Migration {
    /// Who looked at whose data. Lines are only ever added (R137).
    package static let looks = Migration(
        version: 150, name: "looks",
        sql: """
            CREATE TABLE look (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                person uuid NOT NULL,
                what text NOT NULL,
                purpose text NOT NULL,
                by text NOT NULL,
                role text NOT NULL,
                station text,
                at timestamptz NOT NULL
            );
            CREATE INDEX look_person ON look (person, id);
            """)
}

/// Keeps who looked at whose data, with what purpose, before anything is shown.
///
/// A look is in the database when ``note(_:of:by:purpose:)`` returns, so nothing is seen that is not on record, and a service
/// that cannot write shows nothing. Looks that come while others are being written go together in the next statement: a busy
/// counter pays one commit for many.
package actor AccessJournal {
    private let pool: PostgresPool
    private let clock: ProgrammeClock

    private enum Turn: Sendable {
        case written
        case failed(any Error)
        /// Whoever gets this writes for all who wait.
        case write
    }

    private struct Waiting {
        let looks: [Look]
        let turn: CheckedContinuation<Turn, Never>
    }

    private var waiting: [Waiting] = []
    private var isWriting = false

    package init(pool: PostgresPool, clock: ProgrammeClock) {
        self.pool = pool
        self.clock = clock
    }

    /// Records that somebody is about to see something of these people.
    ///
    /// - Throws: `PostgresError` when it cannot be recorded; then nothing may be shown.
    package func note(
        _ what: LookedAt, of people: [UUID], by principal: Principal, purpose: LookPurpose? = nil
    ) async throws {
        guard !people.isEmpty else { return }
        let now = self.clock.now()
        let looks = Set(people).map {
            Look(
                person: $0, what: what, purpose: purpose ?? .standard(for: principal.role), by: principal.subject,
                role: principal.role, station: principal.station, at: now)
        }
        if self.isWriting {
            let turn = await withCheckedContinuation { self.waiting.append(Waiting(looks: looks, turn: $0)) }
            switch turn {
            case .written: return
            case .failed(let error): throw error
            case .write: break
            }
        }
        self.isWriting = true
        let others = self.waiting
        self.waiting = []
        defer { self.handOver() }
        do {
            try await self.write(looks + others.flatMap(\.looks))
            for other in others { other.turn.resume(returning: .written) }
        } catch {
            if Task.isCancelled {
                // Only this caller has gone away; the others' looks are written by the next of them.
                self.waiting = others + self.waiting
            } else {
                for other in others { other.turn.resume(returning: .failed(error)) }
            }
            throw error
        }
    }

    /// The first of those who came meanwhile writes next.
    private func handOver() {
        guard !self.waiting.isEmpty else {
            self.isWriting = false
            return
        }
        self.waiting.removeFirst().turn.resume(returning: .write)
    }

    private func write(_ looks: [Look]) async throws {
        try await self.pool.execute(
            """
            INSERT INTO look (person, what, purpose, by, role, station, at)
            SELECT * FROM unnest(
                \(looks.map(\.person))::uuid[], \(looks.map(\.what.rawValue))::text[],
                \(looks.map(\.purpose.rawValue))::text[], \(looks.map(\.by))::text[],
                \(looks.map(\.role.rawValue))::text[], \(looks.map(\.station))::text[], \(looks.map(\.at))::timestamptz[])
            """)
    }

    /// The looks at one person's data, newest first.
    package func looks(at person: UUID, limit: Int, offset: Int) async throws -> [Look] {
        try await self.pool.query(
            """
            SELECT what, purpose, by, role, station, at FROM look WHERE person = \(person)
            ORDER BY id DESC LIMIT \(limit) OFFSET \(offset)
            """
        ).rows.compactMap { row in
            let (what, purpose, by, role, station, at) = try row.decode(
                String.self, String.self, String.self, String.self, String?.self, Date.self)
            // A line of a newer version is kept and not shown here.
            guard let what = LookedAt(rawValue: what), let purpose = LookPurpose(rawValue: purpose),
                let role = Role(rawValue: role)
            else { return nil }
            return Look(person: person, what: what, purpose: purpose, by: by, role: role, station: station, at: at)
        }
    }
}
