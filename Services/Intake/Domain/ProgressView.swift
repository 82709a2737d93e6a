import CardProgramme

/// Where intake believes a submission to be, and what a message about it does to that belief.
///
/// Messages of one producer arrive in its order, those of different producers do not: review's word may overtake
/// verification's. The state machine decides which of two came first, never the time of arrival.
struct ProgressView: Sendable, Equatable {
    let stage: SubmissionStage
    let round: Int

    enum Change: Sendable, Equatable {
        /// The submission moves, and the step enters its history.
        case advance(to: SubmissionStage)
        /// The step enters the history and moves nothing: it belongs to a round that is over.
        case noteOnly
        /// Already in the history.
        case nothing
        /// Another producer's message must come first. The text is for staff.
        case notYet(String)
    }

    /// - Parameters:
    ///   - stage: where the producer says the step led.
    ///   - alreadyRecorded: the history has this very step of this round.
    func change(
        by step: SubmissionStep, to stage: SubmissionStage, round: Int, alreadyRecorded: Bool
    ) -> Change {
        // A later card of the same submission goes the same way again, in the same round: where the step is possible
        // now, it is not the one on record.
        let again = step.isCardStep && SubmissionStateMachine.stage(after: step, from: self.stage) == stage
        if alreadyRecorded, !again { return .nothing }
        if round < self.round { return .noteOnly }
        if round > self.round {
            return .notYet("round \(round) has not begun here, the submission is in round \(self.round)")
        }
        guard !Self.ownSteps.contains(step) else {
            return .notYet("\(step.rawValue) is decided here and by nobody else")
        }
        guard let next = SubmissionStateMachine.stage(after: step, from: self.stage) else {
            return .notYet("\(step.rawValue) is not possible from \(self.stage.rawValue)")
        }
        guard stage == next else {
            return .notYet("\(step.rawValue) leads to \(next.rawValue), the message says \(stage.rawValue)")
        }
        return .advance(to: next)
    }

    /// Steps only this service takes.
    private static let ownSteps: Set<SubmissionStep> = [.checkPassed, .checkReturned, .corrected]

    /// The step a return stands for, and where it leads (R81, R84); nil for a level whose returns do not come here.
    static func step(returnedBy level: Level) -> (step: SubmissionStep, stage: SubmissionStage)? {
        switch level {
        case .centre: (.verificationReturned, .returnedToStation)
        case .bureau: (.initialReviewReturned, .returnedToCentre)
        case .city: (.auditReturned, .returnedToBureau)
        case .bank: (.bankCheckReturned, .returnedToBureau)
        case .station, .province: nil
        }
    }
}
