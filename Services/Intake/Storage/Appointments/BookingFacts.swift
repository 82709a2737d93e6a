import CardProgramme
import FoundationEssentials
import PostgreSQL

/// What is known of somebody who wants an appointment.
struct BookingFacts: Sendable {
    let file: PersonFile
    /// Of the submission under way, or of the one that ended with a card; nil when there is none.
    let stage: SubmissionStage?
    /// Purposes for which there is a live appointment.
    let live: [UUID: AppointmentPurpose]
}

extension PersonRepository {
    /// The facts of many people in one question; whoever is not on the roster is missing in the answer.
    func bookingFacts(_ people: [UUID]) async throws -> [UUID: BookingFacts] {
        let rows = try await self.pool.query(
            """
            SELECT \(Self.columns),
                   (SELECT s.stage FROM submission s WHERE s.person = p.id ORDER BY s.submitted_at DESC LIMIT 1) AS stage,
                   ARRAY(SELECT a.id::text || ' ' || a.purpose FROM appointment a WHERE a.person = p.id
                         AND a.state = ANY(\(AppointmentRepository.live)::text[])) AS live
            FROM person p WHERE p.id = ANY(\(people)::uuid[])
            """
        ).rows
        var facts: [UUID: BookingFacts] = [:]
        for row in rows {
            let file = try self.file(row)
            var live: [UUID: AppointmentPurpose] = [:]
            for text in try row.decode([String].self, column: "live") {
                let parts = text.split(separator: " ")
                guard parts.count == 2, let id = UUID(uuidString: String(parts[0])) else { continue }
                live[id] = AppointmentPurpose(rawValue: String(parts[1]))
            }
            facts[file.id] = BookingFacts(
                file: file, stage: try row.decode(SubmissionStage?.self, column: "stage"), live: live)
        }
        return facts
    }
}
