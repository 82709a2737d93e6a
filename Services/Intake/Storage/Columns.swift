import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

// The codes of these enumerations are what the columns hold; they are never renamed.
extension SubmissionStage: PostgresEncodable, PostgresDecodable {}
extension SubmissionStep: PostgresEncodable, PostgresDecodable {}
extension ReturnReason: PostgresEncodable, PostgresDecodable {}
extension Lane: PostgresEncodable, PostgresDecodable {}
extension CardKind: PostgresEncodable, PostgresDecodable {}
extension MaterialKind: PostgresEncodable, PostgresDecodable {}
extension IntakeAPI.Channel: PostgresEncodable, PostgresDecodable {}
extension PlaceOfSubmission: PostgresEncodable, PostgresDecodable {}
extension Comparison: PostgresEncodable, PostgresDecodable {}
extension MaterialContent.MediaType: PostgresEncodable, PostgresDecodable {}

/// `date`, as its text.
extension CalendarDay: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 0 }
    package static var postgresArrayType: UInt32 { 1009 }
    package var postgresBytes: [UInt8]? { Array(self.description.utf8) }

    package static func decode(_ value: PostgresValue) throws(PostgresError) -> CalendarDay {
        guard let day = CalendarDay(try String.decode(value)) else { throw value.mismatch("CalendarDay") }
        return day
    }
}

extension SubmissionRecord {
    /// What ``init(row:)`` reads; the table is `submission s`.
    static let columns: SQL = """
        s.id, s.person, s.division, s.station, s.batch, s.lane, s.card_kind, s.stage, s.round, s.revision, s.submitted_at,
        s.application_form_signed, s.bank_confirmation_signed, s.last_reason, s.due_on, s.bank, s.last_note,
        s.passed_above,
        ARRAY(SELECT m.id::text || ' ' || m.kind || ' ' || m.sha256
              FROM material m WHERE m.submission = s.id ORDER BY m.kind) AS materials,
        s.channel, s.originals, s.reasons, s.missing, s.application_form_digest, s.bank_confirmation_digest,
        s.comparison, s.place, s.issuer
        """

    /// Reads the columns from the left; a statement may select more after them.
    init(row: PostgresRow) throws(PostgresError) {
        let (
            id, person, division, station, batch, lane, kind, stage, round, revision, submittedAt, form, confirmation,
            reason, due, bank, note, passedAbove, materials, channel, originals, reasons, missing, formDigest,
            bankDigest, comparison, place, issuer
        ) =
            try row.decode(
                UUID.self, UUID.self, String.self, String.self, Int.self, Lane.self, CardKind.self,
                SubmissionStage.self,
                Int.self, Int.self, Date.self, Bool.self, Bool.self, ReturnReason?.self, CalendarDay?.self,
                String.self, String?.self, [String].self, [String].self, IntakeAPI.Channel.self, [String].self,
                [String].self, [String].self, [UInt8]?.self, [UInt8]?.self, Comparison?.self, PlaceOfSubmission.self,
                PlaceOfSubmission.self)
        self.init(
            id: id, person: person, division: division, station: station, batch: batch, lane: lane, cardKind: kind,
            stage: stage, round: round, revision: revision, submittedAt: submittedAt, applicationFormSigned: form,
            bankConfirmationSigned: confirmation, bank: bank, lastReason: reason, lastNote: note,
            passedAbove: passedAbove, dueOn: due, materials: materials.compactMap(Self.material), channel: channel,
            place: place, issuer: issuer, originals: originals.compactMap(MaterialKind.init(rawValue:)),
            reasons: reasons.compactMap(ReturnReason.init(rawValue:)),
            missing: missing.compactMap(MaterialKind.init(rawValue:)), applicationFormDigest: formDigest,
            bankConfirmationDigest: bankDigest, comparison: comparison)
    }

    private static func material(_ text: String) -> MaterialReference? {
        let parts = text.split(separator: " ")
        guard parts.count == 3, let id = UUID(uuidString: String(parts[0])),
            let kind = MaterialKind(rawValue: String(parts[1]))
        else { return nil }
        return MaterialReference(id: id, kind: kind, sha256: String(parts[2]))
    }
}
