import Access
import CardProgramme
import PostgreSQL
import ServiceRuntime

/// Limits kept and missed in a period, and those open past their day (R47, N18).
struct ReadDeadlines: Sendable {
    let pool: PostgresPool
    let clock: ProgrammeClock

    /// - Parameter days: The days on which the decisions fell, both included.
    func callAsFunction(_ days: ClosedRange<CalendarDay>, for principal: Principal) async throws -> [Duty: DutyFigures]
    {
        let today = self.clock.today
        return try await self.pool.withTransaction { sql in
            try await DeadlineStore(sql: sql).figures(days, today: today, for: principal)
        }
    }
}
