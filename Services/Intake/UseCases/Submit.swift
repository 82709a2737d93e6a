import Access
import CardProgramme
import Contracts
import Crypto
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// 受理: hands in a submission through the hard gate (R21, R62, A1), once per `Idempotency-Key`.
struct Submit: Sendable {
    let programme: Programme
    let places: PlaceRule
    let dueDays: DueDays
    let clock: ProgrammeClock
    let submissions: SubmissionRepository
    let endpoint: MessageEndpoint

    /// - Parameter sender: whose key it is, when not the caller's: what several clerks send for one team is one sender's.
    /// - Returns: the JSON of ``IntakeAPI/Submission``, byte for byte the same for a repeated request.
    func run(
        _ form: IntakeAPI.NewSubmission, key: String, by principal: Principal, sender: String? = nil
    ) async throws -> [UInt8] {
        let caller = sender ?? principal.subject
        guard (8...128).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw IntakeRefusal.idempotencyKeyMissing
        }
        let bank = PlainText.trimmed(form.bank)
        let requestHash = Array(SHA256.hash(data: try ContractCoding.encode(form)))
        // Lost races end here again and then find what the winner wrote.
        for _ in 0..<3 {
            let record = try await self.submissions.admission(
                person: form.personID, caller: caller, key: key)
            guard let file = record.file else { throw IntakeRefusal.personUnknown }
            try AccessPolicy.decide(principal, .submit, on: file.resource)
            if let earlier = record.earlier {
                guard earlier.requestHash == requestHash else { throw IntakeRefusal.idempotencyKeyReused }
                return earlier.answer
            }
            if file.duplicateOf != nil { throw IntakeRefusal.isDouble }
            if let stage = record.liveStage {
                throw stage == .delivered ? IntakeRefusal.alreadyDelivered : IntakeRefusal.alreadySubmitted
            }
            let submission = try self.admit(form, bank: bank, file, by: principal.role)
            let answer = try ContractCoding.encode(IntakeAPI.Submission(submission))
            let entry = SubmissionRepository.Entry(
                submission: submission, personRevision: file.revision,
                caller: caller, by: principal.subject, key: key, requestHash: requestHash, answer: answer)
            do {
                try await self.endpoint.transaction { work in
                    guard try await self.submissions.insert(entry, in: work.sql) else { throw LostRace() }
                    try work.emit(
                        NoticeRequested(
                            noticeID: UUIDv7.generate(), personID: submission.person, submissionID: submission.id,
                            purpose: .submissionReceived, requestedAt: submission.submittedAt),
                        subject: submission.id, to: .notification, lane: submission.lane)
                }
                return answer
            } catch is LostRace {
                continue
            }
        }
        throw IntakeRefusal.busy
    }

    private func admit(
        _ form: IntakeAPI.NewSubmission, bank: String, _ file: PersonFile, by role: Role
    ) throws(IntakeRefusal) -> SubmissionRecord {
        guard PlainText.isPrintable(bank, length: 1...40) else { throw .bankMissing }
        let now = self.clock.now()
        let admission = try SubmissionGate.admit(
            file.facts, at: file.station,
            wish: SubmissionGate.Wish(cardKind: form.cardKind, bank: bank, channel: form.channel),
            programme: self.programme, today: CalendarDay(now))
        var submission = SubmissionRecord(
            id: UUIDv7.generate(), person: file.id, division: file.division, station: file.station,
            batch: admission.batch, lane: admission.lane, cardKind: form.cardKind, stage: .awaitingStationCheck,
            round: 1,
            revision: 1, submittedAt: now, applicationFormSigned: form.applicationFormSigned,
            bankConfirmationSigned: form.bankConfirmationSigned, bank: bank, lastReason: nil, lastNote: nil,
            passedAbove: [], dueOn: self.dueDays.day(of: .awaitingStationCheck, since: now), materials: [],
            channel: form.channel)
        // An applicant online has nobody to show an original to.
        if role != .applicant { submission.originals = MaterialKind.allCases.filter((form.originals ?? []).contains) }
        (submission.place, submission.issuer) = try SubmissionGate.place(
            of: file.facts, district: file.division, issuer: form.issuer, rule: self.places)
        submission.recordSignatures(file.facts)
        return submission
    }
}

/// Somebody else was faster; the transaction rolls back and everything is decided again.
struct LostRace: Error {}
