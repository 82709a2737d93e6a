import Access
import CardProgramme
import FoundationEssentials
import PostgreSQL
import ServiceRuntime

/// Gives a clerk the most urgent call whose time has come, for a quarter of an hour of the programme's time.
struct ClaimNextCall: Sendable {
    let pool: PostgresPool
    let reader: CallReader
    let calendar: WorkingDayCalendar
    let clock: ProgrammeClock

    /// - Returns: The call, or when the next one's time comes; neither when nothing waits.
    /// - Throws: ``CallRefusal`` at night, and for a clerk who holds ``CallRules/mostHeld`` already.
    func callAsFunction(
        _ scope: CallScope, by principal: Principal
    ) async throws -> (task: CallTask?, nextDueAt: Date?) {
        let now = self.clock.now()
        guard let band = CallBand(now, calendar: self.calendar) else { throw CallRefusal.outsideHours }
        let task = try await self.pool.withTransaction { sql in
            let store = CallStore(sql: sql)
            try await store.expire(scope, at: now)
            guard try await store.held(by: principal.subject, at: now) < CallRules.mostHeld else {
                throw CallRefusal.heldEnough(CallRules.mostHeld)
            }
            return try await store.claimNext(scope, by: principal.subject, band: band, at: now)
        }
        if let task { return (task, nil) }
        return (nil, try await self.reader.nextDue(scope, after: now))
    }
}
