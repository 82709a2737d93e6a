import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Carries out the centre's decision about one submission (R80–R82): two round trips, whatever the decision.
struct DecideCase: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: ApplicantSeal
    let dueDays: DueDays

    /// - Throws: ``CaseRefusal``, or ``AccessError`` when the case is outside the caller's reach. Nothing is changed then.
    func callAsFunction(
        _ submission: UUID, _ decision: Decision, by principal: Principal
    ) async throws -> CaseAPI.Outcome {
        // Also checked with the case at hand; here it spares the database a decision that can never be one.
        _ = try VerificationCase.step(for: decision)
        let now = self.clock.now()
        return try await self.endpoint.transaction { unit in
            let store = CaseStore(sql: unit.sql)
            guard let found = try await store.find(submission) else { throw CaseRefusal.notFound }
            try AccessPolicy.decide(principal, .decideVerification, on: found.resource)
            let verdict = try found.verdict(on: decision, by: principal.subject, at: now, dueDays: self.dueDays)
            let note = try verdict.note.map {
                ReturnNote.stored(try self.seal.keyRing.sealNote($0, for: .verification, of: submission))
            }
            guard try await store.carryOut(verdict, on: found, note: note, by: principal.subject, at: now) else {
                throw CaseRefusal.overtaken
            }
            try self.announce(verdict, of: found, by: principal.subject, at: now, to: unit)
            return CaseAPI.Outcome(
                submissionID: found.submissionID, round: found.round, stage: verdict.stage, dueOn: verdict.dueOn)
        }
    }

    private func announce(
        _ verdict: VerificationVerdict, of found: VerificationCase, by subject: String, at now: Date,
        to unit: UnitOfWork
    ) throws {
        switch verdict.direction {
        case .passed(let dueOn):
            let verified = SubmissionVerified(
                submissionID: found.submissionID, personID: found.personID, round: found.round, pass: verdict.pass,
                division: found.division, station: found.station, cardKind: found.cardKind, batch: found.batch,
                lane: found.lane, applicant: try self.seal.forReview(found.applicant, of: found.submissionID),
                materials: found.materials, formsSigned: found.formsSigned, verifiedAt: now,
                decidedBy: found.checkedBy.adding(verdict.passedBy))
            try unit.emit(verified, subject: found.submissionID, to: .review, lane: found.lane)
            let progressed = SubmissionProgressed(
                submissionID: found.submissionID, round: found.round, step: verdict.step, stage: verdict.stage,
                dueOn: dueOn, at: now)
            try unit.emit(progressed, subject: found.submissionID, to: .intake, lane: found.lane)
        case .returned(let reason, let note):
            let returned = SubmissionReturned(
                submissionID: found.submissionID, round: found.round, from: .centre, to: .station, reason: reason,
                returnedAt: now, returnedBy: subject, passedBy: found.passedBy.adding(found.passedAbove),
                note: try note.map { try self.seal.keyRing.sealNote($0, for: .intake, of: found.submissionID) })
            try unit.emit(returned, subject: found.submissionID, to: .intake, lane: found.lane)
        }
    }
}
