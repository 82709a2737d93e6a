import Access
import CardProgramme
import FoundationEssentials
import PostgreSQL

extension CaseStore {
    /// A page of what is left over, by id. A station sees its own people only.
    func leftOvers(
        waitingSinceBefore instant: Date, after: UUID?, limit: Int, for principal: Principal
    ) async throws -> [VerificationCase] {
        var which: SQL = """
            \(Self.waiting) AND (stage = 'returnedToCentre' OR waiting_since < \(instant)) AND \(Self.within(principal))
            """
        if let station = principal.station { which += " AND station = \(station)" }
        if let after { which += " AND submission_id > \(after)" }
        let found = try await self.sql.query(
            """
            SELECT \(VerificationCase.columns) FROM verification_case WHERE \(which)
            ORDER BY submission_id LIMIT \(limit)
            """)
        return try found.rows.map { try VerificationCase($0) }
    }
}
