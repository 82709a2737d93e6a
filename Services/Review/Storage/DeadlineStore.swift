import Access
import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Limits kept and missed, and limits that a newer calendar moves.
struct DeadlineStore {
    let sql: PostgresTransaction

    /// Duties ended by a decision of the period, and those still open past their day.
    func figures(
        _ days: ClosedRange<CalendarDay>, today: CalendarDay, for principal: Principal
    ) async throws -> [Duty: DutyFigures] {
        var figures = Dictionary(uniqueKeysWithValues: Duty.allCases.map { ($0, DutyFigures()) })
        let settled = try await self.sql.query(
            """
            SELECT duty, count(*) FILTER (WHERE kept), count(*) FILTER (WHERE NOT kept) FROM review_decision
            WHERE decided_on BETWEEN \(days.lowerBound)::date AND \(days.upperBound)::date AND duty IS NOT NULL
                AND \(CaseStore.within(principal))
            GROUP BY duty
            """)
        for row in settled.rows {
            let (duty, kept, missed) = try row.decode(Duty.self, Int.self, Int.self)
            figures[duty]?.kept = kept
            figures[duty]?.missed = missed
        }
        for duty in Duty.allCases {
            let open = try await self.sql.query(
                """
                SELECT count(*) FROM review_case
                WHERE \(CaseStore.condition(duty.stages)) AND due_on < \(today)::date AND \(CaseStore.within(principal))
                """)
            figures[duty]?.openOverdue = try open.first?.decode(Int.self) ?? 0
        }
        return figures
    }

    /// Open limits that another calendar computed; what another instance is recomputing at this moment is left to it.
    func computedOtherwise(than calendar: String, limit: Int) async throws -> [(UUID, DueDate)] {
        let found = try await self.sql.query(
            """
            SELECT submission_id, due_event, due_working_days, due_on, due_provisional, due_calendar FROM review_case
            WHERE \(CaseStore.condition(ReviewCase.bureauStages + ReviewCase.superiorStages)) AND due_calendar <> \(calendar)
            LIMIT \(limit) FOR UPDATE SKIP LOCKED
            """)
        return try found.rows.map { row in
            let (submission, event, workingDays, day, isProvisional, version) = try row.decode(
                UUID.self, CalendarDay.self, Int.self, CalendarDay.self, Bool.self, String.self)
            return (
                submission,
                DueDate(
                    event: event, workingDays: workingDays, day: day, isProvisional: isProvisional,
                    calendarVersion: version)
            )
        }
    }

    /// Writes limits computed again, and a record of each that moved.
    func replace(_ dues: [(submission: UUID, before: DueDate, after: DueDate)]) async throws {
        guard !dues.isEmpty else { return }
        try await self.sql.execute(
            """
            WITH m AS (
                SELECT submission_id, due_on::date, provisional, calendar FROM unnest(
                    \(dues.map(\.submission))::uuid[], \(dues.map(\.after.day))::text[],
                    \(dues.map(\.after.isProvisional))::boolean[], \(dues.map(\.after.calendarVersion))::text[])
                    AS n(submission_id, due_on, provisional, calendar)
            ), replaced AS (
                UPDATE review_case AS known
                SET due_on = m.due_on, due_provisional = m.provisional, due_calendar = m.calendar, revision = revision + 1
                FROM m WHERE known.submission_id = m.submission_id
            )
            INSERT INTO review_due_change (submission_id, calendar, earlier_calendar, earlier_due_on, due_on)
            SELECT m.submission_id, m.calendar, e.calendar, e.due_on::date, m.due_on
            FROM m JOIN unnest(
                \(dues.map(\.submission))::uuid[], \(dues.map(\.before.day))::text[],
                \(dues.map(\.before.calendarVersion))::text[]) AS e(submission_id, due_on, calendar) USING (submission_id)
            WHERE m.due_on <> e.due_on::date
            """)
    }
}
