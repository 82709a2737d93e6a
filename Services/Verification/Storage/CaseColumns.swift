import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension SubmissionStage: PostgresEncodable, PostgresDecodable {}
extension SubmissionStep: PostgresEncodable {}
extension ReturnReason: PostgresEncodable, PostgresDecodable {}
extension CardKind: PostgresDecodable {}
extension Lane: PostgresDecodable {}

extension VerificationCase {
    /// What ``init(_:)`` reads, in its order. A lease that has run out reads as none, by the database's clock.
    static let columns: SQL = """
        submission_id, person_id, round, pass, division, station, card_kind, batch, lane, stage, applicant_key,
        applicant_box, materials, forms_signed, waiting_since, last_reason, last_note, decided_by,
        checked_by, passed_by, passed_above,
        CASE WHEN claimed_until > now() THEN claimed_by END, claimed_until, revision
        """

    /// - Throws: ``PostgresError`` or `DecodingError` when the row is not what this service wrote.
    init(_ row: PostgresRow) throws {
        let (
            submissionID, personID, round, pass, division, station, cardKind, batch, lane, stage, key, box, materials,
            formsSigned, waitingSince, lastReason, lastNote, decidedBy, checkedBy, passedBy, passedAbove, claimedBy,
            claimedUntil, revision
        ) = try row.decode(
            UUID.self, UUID.self, Int.self, Int.self, String.self, String.self, CardKind.self, Int.self, Lane.self,
            SubmissionStage.self, String.self, String.self, String.self, Bool.self, Date.self, ReturnReason?.self,
            String?.self, [String].self, [String].self, [String].self, [String].self, String?.self, Date?.self,
            Int.self)
        var claim: Claim?
        if let claimedBy, let claimedUntil { claim = Claim(by: claimedBy, until: claimedUntil) }
        self.init(
            submissionID: submissionID, personID: personID, round: round, pass: pass, division: division,
            station: station, cardKind: cardKind, batch: batch, lane: lane, stage: stage,
            applicant: Sealed(keyID: key, box: box),
            materials: try ContractCoding.decode([MaterialReference].self, from: Array(materials.utf8)),
            formsSigned: formsSigned, waitingSince: waitingSince, lastReason: lastReason, lastNote: lastNote,
            decidedBy: decidedBy, checkedBy: checkedBy, passedBy: passedBy, passedAbove: passedAbove,
            claim: claim, revision: revision)
    }
}
