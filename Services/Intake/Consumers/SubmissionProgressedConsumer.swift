import CardProgramme
import Contracts
import FoundationEssentials
import Messaging

/// Keeps the applicant's view: every step another service took is a line of the history and may move the submission.
struct SubmissionProgressedConsumer: Sendable {
    let submissions: SubmissionRepository
    let dueDays: DueDays

    var handler: MessageHandler { .on(SubmissionProgressed.self, self.apply) }

    func apply(_ batch: [Received<SubmissionProgressed>], _ work: UnitOfWork) async throws -> [Postponed] {
        let told = batch.map { received in
            let message = received.message
            return SubmissionRepository.Told(
                submission: message.submissionID, round: message.round, step: message.step, at: message.at)
        }
        let known = try await self.submissions.lock(told, in: work.sql)
        var notes: [SubmissionRepository.Note] = []
        var postponed: [Postponed] = []
        for (received, told) in zip(batch, told) {
            let message = received.message
            guard let known = known[message.submissionID] else {
                postponed.append(Postponed(received.envelope.id, reason: "the submission is not on record here"))
                continue
            }
            let change = known.view.change(
                by: message.step, to: message.stage, round: message.round, alreadyRecorded: known.isRecorded)
            switch change {
            case .advance(let stage):
                notes.append(self.note(told, stage, moves: true, message, received.envelope))
            case .noteOnly:
                notes.append(self.note(told, message.stage, moves: false, message, received.envelope))
            case .nothing:
                break
            case .notYet(let reason):
                postponed.append(Postponed(received.envelope.id, reason: reason))
            }
        }
        try await self.submissions.record(notes, in: work.sql)
        return postponed
    }

    private func note(
        _ told: SubmissionRepository.Told, _ stage: SubmissionStage, moves: Bool, _ message: SubmissionProgressed,
        _ envelope: Envelope
    ) -> SubmissionRepository.Note {
        // A limit's day is known to whoever started its clock, a target's follows from the stage alone (A8).
        let target = self.dueDays.isLimit(stage) ? nil : self.dueDays.day(of: stage, since: message.at)
        return SubmissionRepository.Note(
            told: told, stage: stage, moves: moves, reason: nil, dueOn: message.dueOn ?? target,
            by: envelope.producer.rawValue)
    }
}
