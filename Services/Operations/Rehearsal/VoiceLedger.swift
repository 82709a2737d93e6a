import CardProgramme
import Contracts
import FoundationEssentials

/// A call that was made.
struct CallDone: Sendable {
    let reason: CallReason
    let outcome: CallOutcome
}

/// What has happened in the campaign.
enum OutreachNews: Sendable {
    /// Nobody lives elsewhere and has not applied.
    case nobody
    case made(UUID)
    case running
    case led(OutreachDay)
    case closed(OutreachDay)
}

/// One day's work on the campaign.
struct OutreachDay: Sendable {
    struct Posted: Sendable {
        let number: String
        let person: UUID
    }

    /// Letters posted today; what becomes of them is known tomorrow.
    var posted: [Posted] = []
    var results: [CampaignAPI.LetterResult] = []
    var inquiries = 0
    var signed = 0
    var figures: CampaignAPI.Figures
}

/// Calls and the campaign of a rehearsal, as staff know them.
struct VoiceLedger: Sendable {
    private(set) var calls: [CallReason: [CallOutcome: Int]] = [:]
    private(set) var campaign: UUID?
    private(set) var posted: [OutreachDay.Posted] = []
    private(set) var letters: [CampaignAPI.LetterResult: Int] = [:]
    private(set) var lettersPosted = 0
    private(set) var inquiries = 0
    private(set) var signed = 0
    private(set) var figures: CampaignAPI.Figures?
    /// Nothing is left to do about it: it is closed, or there was nobody to make one for.
    private(set) var isOver = false
    /// Days on which a campaign could not be made.
    private(set) var tries = 0

    var callCount: Int { self.calls.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

    mutating func record(_ calls: [CallDone]) {
        for call in calls { self.calls[call.reason, default: [:]][call.outcome, default: 0] += 1 }
    }

    mutating func record(_ news: OutreachNews, mostTries: Int) {
        switch news {
        case .nobody:
            self.tries += 1
            self.isOver = self.tries >= mostTries
        case .made(let id): self.campaign = id
        case .running: break
        case .led(let day): self.record(day)
        case .closed(let day):
            self.record(day)
            self.isOver = true
        }
    }

    private mutating func record(_ day: OutreachDay) {
        self.posted = day.posted
        self.lettersPosted += day.posted.count
        for result in day.results { self.letters[result, default: 0] += 1 }
        self.inquiries += day.inquiries
        self.signed += day.signed
        self.figures = day.figures
    }

    /// Why the campaign has not come to its end with everybody accounted for; nil when it has.
    var problem: String? {
        guard self.campaign != nil else { return self.isOver ? nil : "外出联系未能开始 · no campaign was made" }
        guard self.isOver, let figures else { return "外出联系未办结 · the campaign was not closed" }
        let accounted = figures.outcomes.values.reduce(0, +)
        guard figures.open == 0, accounted == figures.drawn + figures.added else {
            return
                "外出联系有人下落不明 · \(figures.drawn + figures.added) people, \(accounted) accounted for, \(figures.open) open"
        }
        return nil
    }
}
