import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// Where is it, whose turn, by when at the latest.
struct ReportProgress: Sendable {
    let dueDays: DueDays
    let clock: ProgrammeClock
    let submissions: SubmissionRepository
    let keyRing: KeyRing

    func run(_ id: UUID, by principal: Principal) async throws -> (person: UUID, progress: IntakeAPI.Progress) {
        guard let (submission, history) = try await self.submissions.findWithHistory(id) else {
            throw IntakeRefusal.submissionUnknown
        }
        try AccessPolicy.decide(principal, .readProgress, on: submission.resource)
        let isLimit = submission.dueOn != nil && self.dueDays.isLimit(submission.stage)
        let sentence = ProgressSentence(
            stage: submission.stage, dueOn: submission.dueOn, dueIsLimit: isLimit, today: self.clock.today,
            guidance: Guidance(submission, note: nil, programme: self.dueDays.programme))
        var progress = IntakeAPI.Progress(
            submissionID: submission.id, stage: submission.stage, chinese: sentence.chinese, english: sentence.english,
            dueOn: submission.dueOn, dueIsLimit: isLimit, round: submission.round,
            reason: submission.stage.isReturned ? submission.lastReason : nil, history: history.map(Self.event))
        // Whoever may see the papers may read what was written about them.
        if submission.stage.isReturned, AccessPolicy.allows(principal, .readMaterial, on: submission.resource) {
            progress.note = self.keyRing.openNote(stored: submission.lastNote, of: id)
        }
        return (submission.person, progress)
    }

    private static func event(_ event: SubmissionEvent) -> IntakeAPI.Progress.Event {
        var chinese = event.step?.chinese ?? event.stage.chinese
        var english = event.step?.english ?? event.stage.english
        if let reason = event.reason {
            chinese += "（\(reason.chinese)）"
            english += " (\(reason.english))"
        }
        return IntakeAPI.Progress.Event(stage: event.stage, chinese: chinese, english: english, at: event.at)
    }
}
