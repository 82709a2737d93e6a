import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import Logging
import PostgreSQL
import Storage

/// A campaign for everybody: drawn, approved, started, and every line given its message, over the interface as staff do.
struct CampaignFlow: Sendable {
    let session: RunSession
    let programme: Programme
    let people: Int

    /// An evening first, so that nothing is due while the rest is measured.
    private static let ladder = OutreachLadder(steps: [
        .init(.message, waitDays: 3, band: .evening, notFromAge: 80), .init(.message, waitDays: 3, band: .morning),
        .init(.call, waitDays: 14), .init(.letter, waitDays: 20), .init(.inquiry, waitDays: 20),
    ])
    /// How long nothing may move before the run is given up.
    private static let patience = Duration.seconds(120)
    private static let look = Duration.milliseconds(100)

    func measure() async throws -> NoticesResult.Campaign {
        guard let pool = self.session.pools[.notification],
            let process = self.session.fleet.processes.first(where: { $0.key.service == .notification })?.value
        else { throw OperationsError("The run has no notification.") }
        let desk = try Desk(run: self.session.run, division: self.programme.divisionCode, connections: 2)
        do {
            let result = try await self.measure(pool, desk, process)
            await desk.shutdown()
            return result
        } catch {
            await desk.shutdown()
            throw error
        }
    }

    private func measure(
        _ pool: PostgresPool, _ desk: Desk, _ process: pid_t
    ) async throws -> NoticesResult.Campaign {
        var result = NoticesResult.Campaign()
        func resident() -> Int { ProcessMeter.memory(of: process).resident }
        result.before = resident()
        PipelineBench.say("campaign: drawing")
        let new = CampaignAPI.New(
            id: UUIDv7.generate(), title: "测速", rule: OutreachRule(), ladder: Self.ladder,
            // Ten working days of two evening hours each.
            messagesPerHour: self.people / 20 + 1, callsPerDay: 1_000)
        var start = ContinuousClock.now
        var campaign = try await desk.post(
            .notification, "/api/campaigns", new, as: .centre, answer: CampaignAPI.Campaign.self)
        let path = "/api/campaigns/\(new.id.uuidString.lowercased())"
        while campaign.state == .drawing {
            guard ContinuousClock.now - start < .seconds(1800) else {
                throw OperationsError("The campaign's people were not drawn in half an hour.")
            }
            try await Task.sleep(for: Self.look)
            result.drawingPeak = max(result.drawingPeak, resident())
            let state = try await pool.query("SELECT state FROM campaign WHERE id = \(new.id)").rows[0].decode(
                String.self)
            guard state != CampaignState.drawing.rawValue else { continue }
            result.drawn.seconds = (ContinuousClock.now - start).asSeconds
            campaign = try await desk.call(
                .notification, "GET", path, as: .centre, answer: CampaignAPI.Campaign.self)
        }
        result.drawn.done = campaign.figures?.drawn ?? 0
        guard result.drawn.done == self.people else {
            throw OperationsError("\(result.drawn.done) of \(self.people) people were drawn.")
        }
        for (act, role) in [(CampaignAct.approve, Role.bureau), (.start, .centre)] {
            // Starting makes every line due in one statement; its time belongs to the planning.
            start = ContinuousClock.now
            campaign = try await desk.post(
                .notification, path + "/acts", CampaignAPI.Act(act: act, version: campaign.version), as: role,
                answer: CampaignAPI.Campaign.self)
        }
        PipelineBench.say("campaign: giving every line its message")
        result.quarters = [0, 0, 0, 0]
        var (moved, last) = (ContinuousClock.now, 0)
        while last < self.people {
            try await Task.sleep(for: Self.look)
            let planned = try await pool.query(
                "SELECT COALESCE(sum(taken), 0)::bigint FROM campaign_slot WHERE campaign_id = \(new.id)"
            ).rows[0].decode(Int.self)
            let quarter = min(3, last * 4 / self.people)
            result.quarters[quarter] = max(result.quarters[quarter], resident())
            if planned > last { (moved, last) = (ContinuousClock.now, planned) }
            guard ContinuousClock.now - moved < Self.patience else {
                throw OperationsError("The campaign stands still at \(last) of \(self.people) lines.")
            }
        }
        result.planned = NoticesResult.Phase(done: last, seconds: (moved - start).asSeconds)
        result.peak = ProcessMeter.memory(of: process).peak
        let written = try await pool.query(
            "SELECT count(*) FROM message WHERE subject = \(new.id) AND state = 'planned'"
        ).rows[0].decode(Int.self)
        guard written == self.people else {
            throw OperationsError("\(written) messages were planned for \(self.people) people.")
        }
        return result
    }
}

/// The campaign's rows again, each kind by one statement of PostgreSQL's own: what no planner can be faster than.
struct PlanningCeiling: Sendable {
    struct Figures: Sendable {
        /// A row of `campaign_person` for everybody.
        var drawn = NoticesResult.Phase()
        /// A message and a step for everybody, and their line changed.
        var planned = NoticesResult.Phase()
    }

    let run: Run

    func measure() async throws -> Figures {
        var configuration = self.run.installation.administration(database: self.run.databases[.notification] ?? "")
        configuration.statementTimeout = .seconds(1800)
        let connection = try await PostgresConnection.connect(configuration)
        do {
            let figures = try await Self.measure(connection)
            await connection.close()
            return figures
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func measure(_ connection: PostgresConnection) async throws -> Figures {
        // With all their indexes, into which nothing was written before: a young table is the faster one.
        for table in ["message", "campaign_person", "campaign_step"] {
            _ = try await connection.query(
                "CREATE TABLE \(identifier: "bench_\(table)") (LIKE \(identifier: table) INCLUDING ALL)")
        }
        _ = try await connection.query("CHECKPOINT")
        var figures = Figures()
        figures.drawn = try await Self.timed(
            connection,
            [
                """
                INSERT INTO bench_campaign_person (campaign_id, person_id, due_at)
                SELECT campaign_id, person_id, now() FROM campaign_person
                """
            ])
        _ = try await connection.query("VACUUM ANALYZE bench_campaign_person")
        _ = try await connection.query("CHECKPOINT")
        figures.planned = try await Self.timed(
            connection,
            [
                "INSERT INTO bench_message SELECT * FROM message WHERE purpose = 'outreach'",
                "INSERT INTO bench_campaign_step SELECT * FROM campaign_step",
                "UPDATE bench_campaign_person SET stage = 'waiting', due_at = due_at + interval '10 days'",
            ])
        return figures
    }

    private static func timed(
        _ connection: PostgresConnection, _ statements: [SQL]
    ) async throws -> NoticesResult.Phase {
        let start = ContinuousClock.now
        var phase = NoticesResult.Phase()
        for statement in statements {
            let rows = try await connection.query(statement).affected
            phase.done = phase.done == 0 ? rows : min(phase.done, rows)
        }
        phase.seconds = (ContinuousClock.now - start).asSeconds
        return phase
    }
}
