import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import Storage

/// Takes back what a level did not pass (R81), and has the person told why.
struct SubmissionReturnedConsumer: Sendable {
    let submissions: SubmissionRepository
    let dueDays: DueDays

    var handler: MessageHandler { .on(SubmissionReturned.self, self.apply) }

    func apply(_ batch: [Received<SubmissionReturned>], _ work: UnitOfWork) async throws -> [Postponed] {
        var entries: [Entry] = []
        var postponed: [Postponed] = []
        for received in batch {
            let message = received.message
            guard let (step, stage) = ProgressView.step(returnedBy: message.from) else {
                postponed.append(
                    Postponed(received.envelope.id, reason: "\(message.from.rawValue) returns nothing to this service"))
                continue
            }
            let told = SubmissionRepository.Told(
                submission: message.submissionID, round: message.round, step: step, at: message.returnedAt)
            entries.append(Entry(received: received, told: told, stage: stage))
        }
        let known = try await self.submissions.lock(entries.map(\.told), in: work.sql)
        var notes: [SubmissionRepository.Note] = []
        var reasons: [(told: SubmissionRepository.Told, reason: ReturnReason)] = []
        for entry in entries {
            let (received, told) = (entry.received, entry.told)
            guard let known = known[told.submission] else {
                postponed.append(Postponed(received.envelope.id, reason: "the submission is not on record here"))
                continue
            }
            let message = received.message
            let change = known.view.change(
                by: told.step, to: entry.stage, round: message.round, alreadyRecorded: known.isRecorded)
            switch change {
            case .advance(let stage):
                let note = self.note(told, stage, moves: true, message)
                notes.append(note)
                try Self.tell(known, note, received, in: work)
            case .noteOnly:
                notes.append(self.note(told, entry.stage, moves: false, message))
            case .nothing where !known.isExplained:
                // The step came first by a progress message, which carries no reason.
                reasons.append((told, message.reason))
                try Self.tell(known, self.note(told, known.view.stage, moves: false, message), received, in: work)
            case .nothing:
                break
            case .notYet(let reason):
                postponed.append(Postponed(received.envelope.id, reason: reason))
            }
        }
        try await self.submissions.record(notes, in: work.sql)
        try await self.submissions.explain(reasons, in: work.sql)
        return postponed
    }

    private struct Entry {
        let received: Received<SubmissionReturned>
        let told: SubmissionRepository.Told
        /// Where the return leads.
        let stage: SubmissionStage
    }

    private func note(
        _ told: SubmissionRepository.Told, _ stage: SubmissionStage, moves: Bool, _ message: SubmissionReturned
    ) -> SubmissionRepository.Note {
        SubmissionRepository.Note(
            told: told, stage: stage, moves: moves, reason: message.reason,
            dueOn: self.dueDays.day(of: stage, since: message.returnedAt), by: message.returnedBy,
            note: message.note.map(ReturnNote.stored), passedBy: message.passedBy)
    }

    /// Only what has come back to station and applicant is theirs to mend; between the levels it is not.
    private static func tell(
        _ known: SubmissionRepository.Known, _ note: SubmissionRepository.Note,
        _ received: Received<SubmissionReturned>,
        in work: UnitOfWork
    ) throws {
        guard received.message.to == .station else { return }
        try work.emit(
            NoticeRequested(
                noticeID: UUIDv7.generate(), personID: known.person, submissionID: note.told.submission,
                purpose: .correctionNeeded, reason: received.message.reason, requestedAt: received.message.returnedAt,
                tellBy: note.dueOn),
            subject: note.told.submission, to: .notification, lane: known.lane, because: received.envelope)
    }
}
