import CardProgramme
import FoundationEssentials

/// A moment of a programme day at which one kind of work is done.
struct Hour: Hashable, Comparable, Sendable {
    /// Since the day began, in Asia/Shanghai.
    let minute: Int

    /// Accounts that could not be made the evening before: after its last slot a day is over, and a day that was closed had
    /// none.
    static let morning = Hour(minute: 480)
    /// Who comes today is known; nothing is asked of a service.
    static let doors = Hour(minute: 505)
    static let counter = Hour(minute: 540)
    /// After the further day of the horizon has opened.
    static let booking = Hour(minute: 545)
    /// Later than what others gave up at ``booking`` can be taken again (``ReleaseDelay``).
    static let announcement = Hour(minute: 585)
    /// When the other stations have served their first visitors; late enough for calls again five hours later.
    static let callsInTheMorning = Hour(minute: 610)
    /// The time people are promised to be called at again.
    static let promised = Hour(minute: 605)
    static let centre = Hour(minute: 660)
    static let bureau = Hour(minute: 840)
    static let ruling = Hour(minute: 860)
    static let city = Hour(minute: 870)
    static let province = Hour(minute: 900)
    /// After unconfirmed appointments have become calls (``AppointmentNotices/callTime``).
    static let callsInTheAfternoon = Hour(minute: 910)
    static let bank = Hour(minute: 915)
    static let production = Hour(minute: 930)
    static let cardMaker = Hour(minute: 945)
    static let centreReceipt = Hour(minute: 960)
    static let handOver = Hour(minute: 970)
    static let stationReceipt = Hour(minute: 980)
    static let delivery = Hour(minute: 990)
    static let campaign = Hour(minute: 1000)
    static let approval = Hour(minute: 1005)
    static let givingUp = Hour(minute: 1010)
    static let stationCheck = Hour(minute: 1055)
    static let closing = Hour(minute: 1060)
    static let comparison = Hour(minute: 1065)

    /// When stations serve people: what happens from one of these to the next is called for at its beginning, many at once.
    /// When each person really comes and is served, to the minute, is worked out apart from it (``DeskQueue``).
    static let rounds = [510, 600, 690, 870, 960].map(Hour.init(minute:))

    /// The round in which a minute lies.
    static func round(of minute: Int) -> Hour {
        Self.rounds.last { $0.minute <= minute } ?? Self.rounds[0]
    }

    /// The half hour in which a minute lies.
    static func halfHour(of minute: Int) -> Hour { Hour(minute: minute / 30 * 30) }

    static func < (left: Hour, right: Hour) -> Bool { left.minute < right.minute }

    /// The instant on that day in Asia/Shanghai.
    func instant(on day: CalendarDay) -> Date { day.startOfDay.addingTimeInterval(Double(self.minute) * 60) }
}

/// What somebody will do at a moment.
struct Engagement: Sendable {
    enum Work: Sendable {
        case register, check
        /// What a visit is about is in the person's file; the number tells it from earlier ones.
        case book(Int)
        case move(Int)
        case cancel(Int)
        case come(Int)
        case arrive, serve, arriveAndServe
        case announce(Int)
        case close(String, CalendarDay)
        /// Whether the count of free seats agrees with the database.
        case compareSeats
        case verify, review
        case recordAudit, recordFiling, recordBankCheck
        case produce
        case ship([Int])
        case receiveParcel(String, [Int])
        case handOver([Int])
        case receiveHandover(UUID, String, [Int])
        case deliver
        case reportUpward(String, [Int])
        case remake(String, [Int])
        case sendBack, sendFurther
        case replaceLost
        case rule
        /// What the stations have to tell by telephone.
        case callPeople
        case makeCampaign, beginCampaign, leadCampaign
    }

    let work: Work

    /// Whether only the stations are concerned: then nothing of it waits for a message between services.
    var isStationWork: Bool {
        switch self.work {
        case .book, .move, .cancel, .come, .arrive, .serve, .arriveAndServe, .announce, .close, .compareSeats: true
        default: false
        }
    }

    /// Whether it is a call or concerns the campaign, which go on as long as anything else does.
    var isVoice: Bool {
        switch self.work {
        case .callPeople, .makeCampaign, .beginCampaign, .leadCampaign: true
        default: false
        }
    }

    /// Index of the person, or -1 for work on many cards.
    let person: Int
}

/// Everything that is still to be done, by programme time.
struct Agenda: Sendable {
    struct Moment: Hashable, Comparable, Sendable {
        let day: CalendarDay
        let hour: Hour

        static func < (left: Moment, right: Moment) -> Bool { (left.day, left.hour) < (right.day, right.hour) }
    }

    private var engagements: [Moment: [Engagement]] = [:]
    private var moments: [Moment] = []

    var isEmpty: Bool { self.moments.isEmpty }

    var hasMoreThanVoice: Bool { self.engagements.values.contains { !$0.allSatisfy(\.isVoice) } }

    mutating func add(_ engagement: Engagement, on day: CalendarDay, at hour: Hour) {
        let moment = Moment(day: day, hour: hour)
        if self.engagements[moment] == nil {
            let place = self.moments.firstIndex { $0 < moment } ?? self.moments.endIndex
            // Kept in falling order, so that the next moment is the last element.
            self.moments.insert(moment, at: place)
        }
        self.engagements[moment, default: []].append(engagement)
    }

    mutating func next() -> (moment: Moment, engagements: [Engagement])? {
        guard let moment = self.moments.popLast() else { return nil }
        let due = self.engagements.removeValue(forKey: moment) ?? []
        return (moment, due.sorted { $0.person < $1.person })
    }
}
