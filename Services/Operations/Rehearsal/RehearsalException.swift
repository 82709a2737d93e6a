/// What does not go straight in a rehearsal, and how often: each a rate from 0 to 1, changed with `--rate NAME=RATE`.
///
/// The documents give no rates; these are plausible ones, so that every route is walked.
enum RehearsalException: String, Sendable, CaseIterable, Comparable {
    /// A number mistyped at registration, refused and mended at the counter.
    case mistypedNumber
    /// A file that lacks something at registration; the first try to submit is refused (R21).
    case incompleteFile
    case stationReturn, centreReturn, bureauReturn, cityReturn
    /// The bank cannot open the account, and another one is chosen (N24).
    case bankReturn
    /// The bureau finds a ground that must be refused (N20).
    case groundRefusal
    /// A ground the province judges: suspended, sent upward, cleared, and on (N21).
    case suspension
    /// The city refuses for good.
    case refusal
    /// A parcel that arrives torn: refused, photographed, reported upward, its cards made again (R92, R93).
    case tornParcel
    /// Somebody else takes the card, with relation and proof (R95).
    case proxy
    /// Nobody is reached for three months: the card goes back up (N25).
    case unreachable
    /// Lost after delivery: reported, replaced, delivered once more (N26, N28).
    case loss

    static func < (left: Self, right: Self) -> Bool { left.place < right.place }
    private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    var standardRate: Double {
        switch self {
        case .mistypedNumber: 0.02
        case .incompleteFile: 0.05
        case .stationReturn: 0.06
        case .centreReturn: 0.04
        case .bureauReturn: 0.03
        case .cityReturn: 0.02
        case .bankReturn: 0.015
        case .groundRefusal: 0.004
        case .suspension: 0.006
        case .refusal: 0.004
        case .tornParcel: 0.05
        case .proxy: 0.08
        case .unreachable: 0.01
        case .loss: 0.01
        }
    }

    var title: String {
        switch self {
        case .mistypedNumber: "号码填错 mistyped number"
        case .incompleteFile: "档案不全 incomplete file (R21)"
        case .stationReturn: "检查退回 returned by the station (R63)"
        case .centreReturn: "核实退回 returned by the centre (R81)"
        case .bureauReturn: "初审退回 returned by the bureau (R84)"
        case .cityReturn: "审核退回 returned by the city"
        case .bankReturn: "银行校验未过 the bank's check failed (N24)"
        case .groundRefusal: "应当不予办理 refused by the bureau (N20)"
        case .suspension: "暂缓上报 suspended, ruled by the province (N21)"
        case .refusal: "不予通过 refused by the city"
        case .tornParcel: "包裹破损 torn parcel, per parcel (R92)"
        case .proxy: "他人代领 taken by somebody else (R95)"
        case .unreachable: "联系不上 nobody reached (N25)"
        case .loss: "遗失补办 lost and replaced (N26)"
        }
    }
}

/// How often each exception happens, and each habit of phones.
struct RehearsalRates: Sendable {
    private var rates: [RehearsalException: Double] = [:]
    private var habits: [PhoneHabit: Double] = [:]

    /// The standard ones.
    init() {}

    subscript(exception: RehearsalException) -> Double { self.rates[exception] ?? exception.standardRate }

    subscript(habit: PhoneHabit) -> Double { self.habits[habit] ?? habit.standardRate }

    /// - Parameter changes: `tornParcel=0.2`; `all=0` sets every rate.
    /// - Throws: ``OperationsError`` naming what there is.
    init(_ changes: [String]) throws(OperationsError) {
        for change in changes {
            let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let rate = Double(parts[1]), (0...1).contains(rate) else {
                throw OperationsError("--rate 应写成 名称=0至1的数 · is NAME=RATE with a rate from 0 to 1, not “\(change)”.")
            }
            if parts[0] == "all" {
                for exception in RehearsalException.allCases { self.rates[exception] = rate }
                for habit in PhoneHabit.allCases { self.habits[habit] = rate }
                continue
            }
            if let habit = PhoneHabit(rawValue: parts[0]) {
                self.habits[habit] = rate
                continue
            }
            guard let exception = RehearsalException(rawValue: parts[0]) else {
                let known = (RehearsalException.allCases.map(\.rawValue) + PhoneHabit.allCases.map(\.rawValue))
                    .joined(separator: ", ")
                throw OperationsError("没有例外“\(parts[0])”· there is no exception \(parts[0]); there are: \(known), all.")
            }
            self.rates[exception] = rate
        }
    }
}
