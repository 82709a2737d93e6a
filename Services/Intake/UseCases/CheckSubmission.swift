import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// The station's check: on to the centre, or back to the applicant with a reason (R61–R64, R67).
struct CheckSubmission: Sendable {
    let dueDays: DueDays
    let clock: ProgrammeClock
    let submissions: SubmissionRepository
    let endpoint: MessageEndpoint
    let keyRing: KeyRing
    let rules: MaterialRules

    func run(
        _ id: UUID, _ decision: IntakeAPI.StationDecision, by principal: Principal
    ) async throws -> IntakeAPI.Submission {
        for _ in 0..<3 {
            guard let (submission, file) = try await self.submissions.findWithFile(id) else {
                throw IntakeRefusal.submissionUnknown
            }
            try AccessPolicy.decide(principal, .checkSubmission, on: submission.resource)
            if decision.outcome == .pass, file.duplicateOf != nil { throw IntakeRefusal.isDouble }
            let outcome = try StationCheck.decide(
                decision, on: submission, facts: file.facts, programme: self.dueDays.programme, rules: self.rules,
                by: principal.subject)
            let now = self.clock.now()
            var after = submission
            after.stage = outcome.stage
            after.round = outcome.round
            after.lastReason = outcome.reasons.first ?? submission.lastReason
            if !outcome.reasons.isEmpty {
                after.lastNote = try outcome.note.map {
                    ReturnNote.stored(try self.keyRing.sealNote($0, for: .intake, of: id))
                }
            }
            after.reasons = outcome.reasons
            after.missing = outcome.missing
            after.originals = outcome.originals
            after.dueOn = self.dueDays.day(of: outcome.stage, since: now)
            let move = SubmissionRepository.Move(
                before: submission, after: after, step: outcome.step, reason: outcome.reasons.first, at: now,
                by: principal.subject)
            let applied = try await self.endpoint.transaction { work in
                guard try await self.submissions.apply(move, in: work.sql) else { return false }
                if let reason = outcome.reasons.first {
                    try self.tell(move.after, reason, at: now, in: work)
                } else {
                    try self.handOn(move.after, file.facts, at: now, by: principal.subject, in: work)
                }
                return true
            }
            if applied { return IntakeAPI.Submission(after) }
        }
        throw IntakeRefusal.busy
    }

    private func handOn(
        _ submission: SubmissionRecord, _ facts: PersonFacts, at now: Date, by checker: String, in work: UnitOfWork
    ) throws {
        let applicant = Applicant(
            name: facts.name, identityNumber: facts.identityNumber, categories: facts.categories,
            bank: submission.bank)
        try work.emit(
            SubmissionAccepted(
                submissionID: submission.id, personID: submission.person, round: submission.round,
                division: submission.division, station: submission.station, cardKind: submission.cardKind,
                batch: submission.batch, lane: submission.lane,
                applicant: try self.keyRing.seal(
                    applicant, for: ServiceName.verification.rawValue, type: SubmissionAccepted.type,
                    subject: submission.id, field: "applicant"),
                materials: submission.materials, formsSigned: submission.formsSigned, acceptedAt: now,
                checkedBy: checker),
            subject: submission.id, to: .verification, lane: submission.lane)
    }

    private func tell(
        _ submission: SubmissionRecord, _ reason: ReturnReason, at now: Date, in work: UnitOfWork
    ) throws {
        try work.emit(
            NoticeRequested(
                noticeID: UUIDv7.generate(), personID: submission.person, submissionID: submission.id,
                purpose: .correctionNeeded, reason: reason, requestedAt: now, tellBy: submission.dueOn),
            subject: submission.id, to: .notification, lane: submission.lane)
    }
}
