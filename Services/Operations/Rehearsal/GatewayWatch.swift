import FoundationEssentials
import NIOConcurrencyHelpers
import PostgreSQL

/// Tells when nothing is in flight at the gateway: every message that is due has been handed over and has its receipt, and
/// campaigns have been led on as far as this moment lets them.
///
/// What will never have a receipt is not waited for, and what has had no news for ``patience`` is given up, once, and counted.
final class GatewayWatch: Sendable {
    /// What is under way now.
    struct Flight: Sendable, Equatable {
        /// Planned, and their time has come.
        var due = 0
        /// Handed over, without an end.
        var submitted = 0
        /// Lines of campaigns that are to be looked at, and campaigns whose people are being drawn.
        var lines = 0

        var isQuiet: Bool { self.due == 0 && self.submitted == 0 && self.lines == 0 }

        var text: String { "\(self.due) 待发 due, \(self.submitted) 待回执 without a receipt" }
    }

    /// What waiting has come to.
    struct Waited: Sendable {
        var moments = 0
        var time = Duration.zero
        var givenUp = 0
        var last: Flight?
    }

    private struct State {
        var waited = Waited()
        var silent: Set<UUID> = []
        var ignored: Set<UUID> = []
    }

    private let pool: PostgresPool
    private let state = NIOLockedValueBox(State())
    /// Real time without news; more than the ten seconds after which Kannel brings again what nobody took.
    private let patience: Duration

    /// - Parameter pool: on the run's database of notification.
    init(pool: PostgresPool, patience: Duration = .seconds(15)) {
        self.pool = pool
        self.patience = patience
    }

    var waited: Waited { self.state.withLockedValue { $0.waited } }

    /// No receipt ever comes for what is said to this person.
    func expectSilence(of person: UUID) { self.state.withLockedValue { _ = $0.silent.insert(person) } }

    /// - Parameter now: programme time, which stands still meanwhile.
    /// - Throws: ``OperationsError`` when a campaign is not led on.
    func wait(at now: Date) async throws {
        let began = ContinuousClock.now
        var (last, since) = (Flight(), began)
        var pause = Duration.milliseconds(3)
        var hadToWait = false
        defer {
            if hadToWait {
                self.state.withLockedValue { state in
                    state.waited.moments += 1
                    state.waited.time += ContinuousClock.now - began
                }
            }
        }
        while true {
            try Task.checkCancellation()
            do {
                let flight = try await self.look(at: now)
                if flight.isQuiet { return }
                hadToWait = true
                if flight != last { (last, since) = (flight, ContinuousClock.now) }
                if ContinuousClock.now - since >= self.patience {
                    guard flight.lines == 0 else {
                        throw OperationsError(
                            "外出联系没有推进 · \(flight.lines) lines of a campaign have not been led on for \(self.patience); see notification's log."
                        )
                    }
                    try await self.giveUp(flight, at: now)
                    return
                }
            } catch is PostgresError {
                pause = .milliseconds(200)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
    }

    private func look(at now: Date) async throws -> Flight {
        let (silent, ignored) = self.state.withLockedValue { (Array($0.silent), Array($0.ignored)) }
        let (due, urgent, submitted, lines, drawing) = try await self.pool.query(
            """
            SELECT (SELECT count(*) FROM message WHERE state = 'planned' AND NOT is_urgent AND due_at <= \(now)
                    AND id <> ALL(\(ignored)::uuid[])),
                (SELECT count(*) FROM message WHERE state = 'planned' AND is_urgent AND due_at <= \(now)
                    AND id <> ALL(\(ignored)::uuid[])),
                (SELECT count(*) FROM message WHERE state IN ('submitting', 'unknown', 'accepted', 'buffered')
                    AND person_id <> ALL(\(silent)::uuid[]) AND id <> ALL(\(ignored)::uuid[])),
                (SELECT count(*) FROM campaign_person p JOIN campaign k ON k.id = p.campaign_id
                    WHERE k.state = 'running' AND p.state = 'open' AND p.due_at <= \(now)),
                (SELECT count(*) FROM campaign WHERE state = 'drawing')
            """
        ).rows[0].decode(Int.self, Int.self, Int.self, Int.self, Int.self)
        return Flight(due: due + urgent, submitted: submitted, lines: lines + drawing)
    }

    private func giveUp(_ flight: Flight, at now: Date) async throws {
        let silent = self.state.withLockedValue { Array($0.silent) }
        let rows = try await self.pool.query(
            """
            SELECT id FROM message WHERE (state = 'planned' AND due_at <= \(now))
                OR (state IN ('submitting', 'unknown', 'accepted', 'buffered') AND person_id <> ALL(\(silent)::uuid[]))
            """
        ).rows
        let ids = try rows.map { try $0.decode(UUID.self) }
        self.state.withLockedValue { state in
            state.waited.givenUp += ids.count { state.ignored.insert($0).inserted }
            state.waited.last = flight
        }
    }
}
