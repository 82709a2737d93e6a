import CardProgramme
import FoundationEssentials

/// A moment of a programme day at which one kind of work is done; the raw value orders them.
enum Hour: Int, Sendable, CaseIterable, Comparable {
    case counter = 540
    case stationCheck = 600
    case centre = 660
    case bureau = 840
    case ruling = 860
    case city = 870
    case province = 900
    case bank = 915
    case production = 930
    case cardMaker = 945
    case centreReceipt = 960
    case handOver = 970
    case stationReceipt = 980
    case delivery = 990

    static func < (left: Hour, right: Hour) -> Bool { left.rawValue < right.rawValue }

    /// The instant on that day in Asia/Shanghai.
    func instant(on day: CalendarDay) -> Date { day.startOfDay.addingTimeInterval(Double(self.rawValue) * 60) }
}

/// What somebody will do at a moment.
struct Engagement: Sendable {
    enum Work: Sendable {
        case register, submit, check, correct
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
    }

    let work: Work
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
