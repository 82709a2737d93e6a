import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension SubmissionStage: PostgresEncodable, PostgresDecodable {}
extension ReturnReason: PostgresEncodable, PostgresDecodable {}
extension Level: PostgresEncodable, PostgresDecodable {}
extension RecordedOutcome: PostgresEncodable, PostgresDecodable {}
extension ReviewCase.Hold: PostgresEncodable, PostgresDecodable {}
extension CardKind: PostgresDecodable {}
extension Lane: PostgresDecodable {}
extension Duty: PostgresEncodable, PostgresDecodable {}

/// `date`, in the form the day itself is written.
extension CalendarDay: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    package static var postgresType: UInt32 { 0 }
    package static var postgresArrayType: UInt32 { 1009 }
    package var postgresBytes: [UInt8]? { Array(self.description.utf8) }

    package static func decode(_ value: PostgresValue) throws(PostgresError) -> CalendarDay {
        guard let day = CalendarDay(try String.decode(value)) else { throw value.mismatch("CalendarDay") }
        return day
    }
}

extension ReviewCase {
    /// What ``init(_:)`` reads, in its order. A lease that has run out reads as none, by the database's clock.
    static let columns: SQL = """
        submission_id, person_id, round, pass, division, station, card_kind, batch, lane, stage, applicant_key,
        applicant_box, materials, forms_signed, waiting_since, due_on, due_event, due_working_days, due_provisional,
        due_calendar, last_reason, last_note, decided_by, passed_below, passed_by, recorded_by, suspended_from, hold,
        hold_since, reapplies, ruled_against, CASE WHEN claimed_until > now() THEN claimed_by END, claimed_until,
        revision
        """

    /// - Throws: ``PostgresError`` or `DecodingError` when the row is not what this service wrote.
    init(_ row: PostgresRow) throws {
        let (
            submissionID, personID, round, pass, division, station, cardKind, batch, lane, stage, key, box, materials,
            formsSigned, waitingSince, dueOn, dueEvent, dueWorkingDays, dueProvisional, dueCalendar, lastReason,
            lastNote, decidedBy, passedBelow, passedBy, recordedBy, suspendedFrom, hold, holdSince, reapplies,
            ruledAgainst, claimedBy, claimedUntil, revision
        ) = try row.decode(
            UUID.self, UUID.self, Int.self, Int.self, String.self, String.self, CardKind.self, Int.self, Lane.self,
            SubmissionStage.self, String.self, String.self, String.self, Bool.self, Date.self, CalendarDay?.self,
            CalendarDay?.self, Int?.self, Bool?.self, String?.self, ReturnReason?.self, String?.self, [String].self,
            [String].self, [String].self, [String].self, SubmissionStage?.self, Hold?.self, Date?.self, Bool.self,
            Bool.self, String?.self, Date?.self, Int.self)
        var claim: Claim?
        if let claimedBy, let claimedUntil { claim = Claim(by: claimedBy, until: claimedUntil) }
        var due: DueDate?
        if let dueOn, let dueEvent, let dueWorkingDays, let dueProvisional, let dueCalendar {
            due = DueDate(
                event: dueEvent, workingDays: dueWorkingDays, day: dueOn, isProvisional: dueProvisional,
                calendarVersion: dueCalendar)
        }
        self.init(
            submissionID: submissionID, personID: personID, round: round, pass: pass, division: division,
            station: station, cardKind: cardKind, batch: batch, lane: lane, stage: stage,
            applicant: Sealed(keyID: key, box: box),
            materials: try ContractCoding.decode([MaterialReference].self, from: Array(materials.utf8)),
            formsSigned: formsSigned, waitingSince: waitingSince, due: due, lastReason: lastReason,
            lastNote: lastNote, decidedBy: decidedBy, passedBelow: passedBelow, passedBy: passedBy,
            recordedBy: recordedBy, suspendedFrom: suspendedFrom, hold: hold, holdSince: holdSince,
            reapplies: reapplies, ruledAgainst: ruledAgainst, claim: claim, revision: revision)
    }
}
