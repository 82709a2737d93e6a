import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension SubmissionRepository {
    /// A page of what is left over with applicants and stations, by id.
    ///
    /// - Parameter station: nil for all stations of the district.
    func leftOvers(
        today: CalendarDay, station: String?, after: UUID?, limit: Int
    ) async throws -> [RecheckAPI.LeftOver] {
        var which: SQL = """
            s.desk IS NOT NULL AND (s.desk IN ('returnedToApplicant', 'returnedToStation') OR s.due_on < \(today)::date)
            """
        if let station { which += " AND s.station = \(station)" }
        if let after { which += " AND s.id > \(after)" }
        let rows = try await self.pool.query(
            """
            SELECT s.id, s.division, s.station, s.stage, s.round, s.stage_since, s.due_on, s.last_reason
            FROM submission s WHERE \(which) ORDER BY s.id LIMIT \(limit)
            """
        ).rows
        return try rows.map { row in
            let (id, division, station, stage, round, since, dueOn, reason) = try row.decode(
                UUID.self, String.self, String.self, SubmissionStage.self, Int.self, Date.self, CalendarDay?.self,
                ReturnReason?.self)
            return RecheckAPI.LeftOver(
                submissionID: id, division: division, station: station, stage: stage, owner: stage.holder,
                problem: stage.isReturned ? .returned : .overdue, round: round, since: since, dueOn: dueOn,
                lastReason: reason)
        }
    }
}
