import CardProgramme
import Contracts
import FoundationEssentials

/// Where one person of a campaign stands when their line is looked at.
struct CampaignStanding: Sendable {
    let person: UUID
    let step: Int
    let stage: Stage
    /// When a call was given a place.
    let callAt: Date?
    /// The station that keeps the file.
    let station: String
    let residentDivision: String?
    let reach: OutreachReach
    /// What the present step has under way, or had.
    var underWay: UnderWay?

    /// Raw values are codes that the database holds.
    enum Stage: String, Sendable {
        case ready, waiting, end
    }

    enum UnderWay: Sendable, Equatable {
        case message(MessageState, finalAt: Date?)
        case call(CallTask.State, notAfter: Date, isHeld: Bool)
        case letter(CampaignAPI.LetterState, postedAt: Date?)
        case inquiry(isOpen: Bool, dueAt: Date)
    }

    /// What is done with the line now.
    enum Move: Sendable, Equatable {
        case wait(until: Date)
        /// The step has led to nothing: on to the next, with what became of it.
        case goOn(result: String)
    }

    /// Between two looks at what should have been heard of, in seconds.
    static let pause: TimeInterval = 86_400

    /// What becomes of a step that is under way.
    func move(_ ladder: OutreachLadder, at now: Date) -> Move {
        guard ladder.steps.indices.contains(self.step), let underWay else { return .goOn(result: "lost") }
        let patience = Double(ladder.steps[self.step].waitDays) * Self.pause
        switch underWay {
        case .message(.delivered, let finalAt):
            let until = (finalAt ?? now).addingTimeInterval(patience)
            return until > now ? .wait(until: until) : .goOn(result: MessageState.delivered.rawValue)
        // Nobody will say more about it; who has read it all the same is found by the next step at worst.
        case .message(.noReceipt, _): return .goOn(result: MessageState.noReceipt.rawValue)
        case .message(let state, _):
            return state.isAwaited ? .wait(until: now.addingTimeInterval(Self.pause)) : .goOn(result: state.rawValue)
        case .call(.open, let notAfter, let isHeld):
            // Somebody may be on the phone with them this minute.
            if isHeld { return .wait(until: now.addingTimeInterval(CallRules.lease)) }
            return now < notAfter ? .wait(until: notAfter) : .goOn(result: CallTask.State.expired.rawValue)
        case .call(let state, _, _): return .goOn(result: state.rawValue)
        case .letter(.planned, _), .letter(.printed, _): return .wait(until: now.addingTimeInterval(Self.pause))
        case .letter(.posted, let postedAt):
            let until = (postedAt ?? now).addingTimeInterval(patience)
            return until > now ? .wait(until: until) : .goOn(result: "unanswered")
        case .letter(let state, _): return .goOn(result: state.rawValue)
        case .inquiry(true, let dueAt): return now < dueAt ? .wait(until: dueAt) : .goOn(result: "unanswered")
        case .inquiry(false, _): return .goOn(result: "answered")
        }
    }
}
