import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Reads the numbers of the person a call is for.
enum CallNumbers {
    /// - Returns: by place. The id of a number is good for one task only, and tells nothing of its digits.
    static func statement(task: UUID, person: UUID) -> SQL {
        """
        SELECT left(encode(sha256(n.digest || uuid_send(\(task)::uuid)), 'hex'), 16), n.digest, n.place, n.owner = 'own',
            n.is_mobile, n.status,
            ARRAY(SELECT s.scope FROM suppression s WHERE s.digest = n.digest ORDER BY s.scope),
            (SELECT count(DISTINCT o.person_id) FROM contact_number o
             WHERE o.digest = n.digest AND o.person_id <> n.person_id),
            ARRAY(SELECT a.outcome FROM call_attempt a WHERE a.task = \(task) AND a.digest = n.digest ORDER BY a.number)
        FROM contact_number n JOIN call_task t ON t.id = \(task)
        WHERE n.person_id = \(person) AND (t.whose = 'any' OR t.whose = n.owner) ORDER BY n.place
        """
    }

    static func number(_ row: PostgresRow) throws -> StoredNumber {
        let (id, digest, place, isOwn, isMobile, status, optedOut, shared, outcomes) = try row.decode(
            String.self, [UInt8].self, Int.self, Bool.self, Bool.self, String.self, [String].self, Int.self,
            [String].self)
        return StoredNumber(
            id: id, digest: digest, place: place, isOwn: isOwn, isMobile: isMobile, status: status, optedOut: optedOut,
            shared: shared, outcomes: try outcomes.map { try StoredText.value($0) })
    }
}
