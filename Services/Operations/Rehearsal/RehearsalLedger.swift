import CardProgramme
import Contracts
import FoundationEssentials

/// What an engagement came to.
enum Outcome: Sendable {
    case registered(Int, UUID, [RehearsalException])
    /// A submission's new stage; the id is given with the first.
    case stage(Int, SubmissionStage, Note)
    case produced([Int])
    case shipped(String, [Int])
    case parcelReceived([Int])
    /// A torn parcel and its cards; its report answered; its cards to be made again.
    case parcelRefused(String, [Int])
    case reportAnswered(String, [Int])
    case remade([Int])
    case handedOver(UUID, String, [Int])
    case stationReceived([Int])
    case visit(Int, VisitStep)
    case closure(String, CapacityException)
    case dayClosed(AppointmentAPI.DayAccount)
    case seatsCompared(AppointmentAPI.Reconciled)
    /// Calls made at an hour.
    case called([CallDone], Hour)
    case outreach(OutreachNews)

    struct Note: Sendable {
        var submission: UUID?
        var step: SubmissionStep
        var round: Int
        /// The day the step had to be taken by, if a rule gives one.
        var dueOn: CalendarDay?
        var exceptions: [RehearsalException] = []
    }

    /// Calls and the campaign go on a little after the last thing that happened to a submission.
    var isVoice: Bool {
        switch self {
        case .called, .outreach: true
        default: false
        }
    }

    /// Order in which outcomes of one moment are applied.
    var order: Int {
        switch self {
        case .registered(let index, _, _), .stage(let index, _, _), .visit(let index, _): index
        case .closure, .dayClosed, .seatsCompared, .called, .outreach: 1_000_000_000
        case .produced(let cards), .shipped(_, let cards), .parcelReceived(let cards), .handedOver(_, _, let cards),
            .stationReceived(let cards), .parcelRefused(_, let cards), .reportAnswered(_, let cards),
            .remade(let cards):
            1_000_000_000 + (cards.first ?? 0)
        }
    }
}

/// What the conductor knows of each person, and what the final tables are made of.
struct RehearsalLedger: Sendable {
    struct File: Sendable {
        var personID: UUID?
        var submission: UUID?
        var stage: SubmissionStage?
        var round = 1
        var dueOn: CalendarDay?
        var looks: [SubmissionStep: Int] = [:]
        var returns: [Level: Int] = [:]
        var submittedOn: CalendarDay?
        var deliveredOn: CalendarDay?
        /// What did not go straight, once each.
        var exceptions: Set<RehearsalException> = []
        /// The turn they want or have at the station.
        var visit: Visit?
        var visits = 0
        /// What became of each turn, for the digest.
        var story = ""
        /// Whether the first visit for the application was the only one needed; nil before it.
        var firstVisitSufficed: Bool?
        /// The bank's check has failed and no other bank was chosen yet.
        var bankFailed = false
    }

    struct Deadlines: Sendable, Equatable {
        var kept = 0
        var missed = 0
    }

    let people: [RehearsalPerson]
    var files: [File]
    private(set) var bySubmission: [UUID: Int] = [:]
    private(set) var byPerson: [UUID: Int] = [:]
    private(set) var voice = VoiceLedger()
    private(set) var stages: [SubmissionStage: Int] = [:]
    private(set) var initialReview = [Int: Deadlines]()
    private(set) var delivery = [Int: Deadlines]()
    /// Submissions by station and day: the counters of R148.
    private(set) var daily: [String: [CalendarDay: Int]] = [:]
    private(set) var lastDay = CalendarDay.earliest
    var productionDays: Set<CalendarDay> = []
    /// By station.
    var seats: [String: StationSeats] = [:]
    var tallies: [String: StationTally] = [:]
    /// Slots whose count of free seats was compared with the database, and those that differed and were mended.
    private(set) var seatsCompared = 0
    private(set) var seatsDiffering = 0
    /// What each station's account of a day must say.
    var expected: [String: AppointmentAPI.DayAccount] = [:]

    init(people: [RehearsalPerson]) {
        self.people = people
        self.files = Array(repeating: File(), count: people.count)
    }

    var registered: Int { self.files.count { $0.personID != nil } }

    mutating func record(_ outcome: Outcome, on day: CalendarDay) {
        if !outcome.isVoice { self.lastDay = max(self.lastDay, day) }
        switch outcome {
        case .registered(let index, let id, let exceptions):
            self.files[index].personID = id
            self.byPerson[id] = index
            self.files[index].exceptions.formUnion(exceptions)
        case .stage(let index, let stage, let note):
            self.take(index, stage, note, on: day)
        case .visit(let index, let step): self.take(index, step, on: day)
        case .closure(let station, let exception): self.seats[station]?.exceptions.append(exception)
        case .dayClosed: break
        case .called(let calls, _): self.voice.record(calls)
        case .outreach(let news): self.voice.record(news, mostTries: Rehearsal.mostTries)
        case .seatsCompared(let seen):
            self.seatsCompared += seen.compared
            self.seatsDiffering += seen.differing.count
        case .produced(let indices): self.move(indices, to: .inProduction)
        case .shipped(_, let indices): self.move(indices, to: .inTransit)
        case .parcelReceived(let indices): self.move(indices, to: .atCentre)
        case .parcelRefused(_, let indices):
            self.move(indices, to: .parcelRefused)
            for index in indices { self.files[index].exceptions.insert(.tornParcel) }
        case .reportAnswered: break
        case .remade(let indices): self.move(indices, to: .reordered)
        case .handedOver(_, _, let indices): self.move(indices, to: .onWayToStation)
        case .stationReceived(let indices): self.move(indices, to: .atStation)
        }
    }

    private mutating func take(_ index: Int, _ stage: SubmissionStage, _ note: Outcome.Note, on day: CalendarDay) {
        if let submission = note.submission {
            self.files[index].submission = submission
            self.bySubmission[submission] = index
            if self.files[index].submittedOn == nil {
                self.daily[self.people[index].station, default: [:]][day, default: 0] += 1
            }
            self.files[index].submittedOn = self.files[index].submittedOn ?? day
        }
        let batch = self.people[index].batch
        switch note.step {
        case .initialReviewPassed, .initialReviewReturned:
            self.note(day, note.dueOn, &self.initialReview[batch, default: Deadlines()])
        case .delivered:
            self.note(day, note.dueOn, &self.delivery[batch, default: Deadlines()])
            self.files[index].deliveredOn = day
        default: break
        }
        if note.step == .bankCheckReturned { self.files[index].bankFailed = true }
        if note.step == .corrected { self.files[index].bankFailed = false }
        if note.step.isReturn, let from = Self.returning(note.step) { self.files[index].returns[from, default: 0] += 1 }
        self.files[index].looks[note.step, default: 0] += 1
        self.files[index].round = note.round
        self.files[index].exceptions.formUnion(note.exceptions)
        if let exception = Self.exception(of: note.step) { self.files[index].exceptions.insert(exception) }
        self.move([index], to: stage)
    }

    private func note(_ day: CalendarDay, _ dueOn: CalendarDay?, _ deadlines: inout Deadlines) {
        guard let dueOn else { return }
        if day <= dueOn { deadlines.kept += 1 } else { deadlines.missed += 1 }
    }

    private mutating func move(_ indices: [Int], to stage: SubmissionStage) {
        for index in indices {
            if let old = self.files[index].stage { self.stages[old, default: 0] -= 1 }
            self.files[index].stage = stage
            self.stages[stage, default: 0] += 1
        }
    }

    mutating func setDue(_ index: Int, _ day: CalendarDay?) { self.files[index].dueOn = day }

    /// Steps that are an exception by themselves.
    private static func exception(of step: SubmissionStep) -> RehearsalException? {
        switch step {
        case .checkReturned: .stationReturn
        case .verificationReturned: .centreReturn
        case .initialReviewReturned: .bureauReturn
        case .auditReturned: .cityReturn
        case .bankCheckReturned: .bankReturn
        case .initialReviewRefused: .groundRefusal
        case .rulingRequested: .suspension
        case .auditRefused: .refusal
        case .returnedToCentre: .unreachable
        default: nil
        }
    }

    static func returning(_ step: SubmissionStep) -> Level? {
        switch step {
        case .checkReturned: .station
        case .verificationReturned: .centre
        case .initialReviewReturned: .bureau
        case .auditReturned: .city
        case .bankCheckReturned: .bank
        default: nil
        }
    }
}
