import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import ServiceRuntime

/// What the centre got back and has not settled, and what waits for it longer than it aims at (R99, A8).
struct ListLeftOvers: Sendable {
    let pool: PostgresPool
    let clock: ProgrammeClock
    let dueDays: DueDays

    static let limits = 1...500
    static let standardLimit = 200

    func callAsFunction(after: UUID?, limit: Int, for principal: Principal) async throws -> RecheckAPI.LeftOvers {
        let overdue = self.dueDays.overdueBefore(self.clock.today).startOfDay
        let found = try await self.pool.withTransaction { sql in
            try await CaseStore(sql: sql).leftOvers(
                waitingSinceBefore: overdue, after: after, limit: limit, for: principal)
        }
        let items = found.map { item in
            RecheckAPI.LeftOver(
                submissionID: item.submissionID, division: item.division, station: item.station, stage: item.stage,
                owner: item.stage.holder, problem: item.stage.isReturned ? .returned : .overdue, round: item.round,
                since: item.waitingSince, dueOn: self.dueDays.day(of: item.stage, since: item.waitingSince)?.day,
                lastReason: item.lastReason)
        }
        return RecheckAPI.LeftOvers(items: items, next: items.count == limit ? items.last?.submissionID : nil)
    }
}
