import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension CaseStore {
    /// A page of what is left over at the bureau and above, by id: sent back, past its day, contradictory or put off.
    func leftOvers(
        today: CalendarDay, after: UUID?, limit: Int, for principal: Principal
    ) async throws -> [RecheckAPI.LeftOver] {
        let open = Self.condition(ReviewCase.bureauStages + ReviewCase.stagesAbove)
        let unsettled: SQL = """
            EXISTS (SELECT FROM review_contradiction x
                    WHERE x.submission_id = review_case.submission_id AND x.settled_as IS NULL)
            """
        // What is ordered is settled, unless two lists say different things about it.
        var which: SQL = """
            (\(open) AND (stage IN ('returnedToBureau', 'awaitingRuling') OR due_on < \(today)::date) OR \(unsettled))
            AND \(Self.within(principal))
            """
        if let station = principal.station { which += " AND station = \(station)" }
        if let after { which += " AND submission_id > \(after)" }
        let found = try await self.sql.query(
            """
            SELECT submission_id, division, station, stage, round, waiting_since, due_on, last_reason, \(unsettled)
            FROM review_case WHERE \(which) ORDER BY submission_id LIMIT \(limit)
            """)
        return try found.rows.map { row in
            let (submission, division, station, stage, round, since, dueOn, reason, isContradictory) = try row.decode(
                UUID.self, String.self, String.self, SubmissionStage.self, Int.self, Date.self, CalendarDay?.self,
                ReturnReason?.self, Bool.self)
            let problem: RecheckAPI.Problem =
                if isContradictory {
                    .contradictory
                } else if stage == .awaitingRuling {
                    .suspended
                } else {
                    stage.isReturned ? .returned : .overdue
                }
            return RecheckAPI.LeftOver(
                submissionID: submission, division: division, station: station, stage: stage,
                // A contradiction is the bureau's to settle, whoever has the case.
                owner: isContradictory ? .bureau : stage.holder, problem: problem, round: round, since: since,
                dueOn: dueOn, lastReason: reason)
        }
    }
}
