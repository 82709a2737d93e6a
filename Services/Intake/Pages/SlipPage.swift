import CardProgramme
import QRCode

/// What stands on a slip. There is no name on it: whoever finds a lost slip learns nothing about anybody.
struct SlipContent: Sendable {
    /// Eight digits; they are printed in two groups whatever groups they come in.
    let reference: String
    /// The four digits that are read aloud at the desk.
    let code: String
    let kind: AppointmentKind
    let purpose: AppointmentPurpose
    /// The station by its name.
    let station: String
    let day: CalendarDay
    let time: DayTime
    let minutes: Int
    /// What to bring, a line each, so that nobody comes twice (R27).
    let bring: [String]
    /// What the code at the desk is asked to read.
    let qr: String
}

/// 预约单: an appointment on a slip of A6, for the screen of a telephone and for paper (R115, R116).
///
/// Its letters are large, because most of those who carry it are old; when and where stand first. Whoever has neither slip nor
/// telephone says the code or the name (R150), and the slip says so.
enum SlipPage {
    static func html(_ slip: SlipContent) -> String {
        """
        <!DOCTYPE html>
        <html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>预约单 \(Self.grouped(slip.reference))</title><style>
        \(Self.style)
        </style></head><body><main>
        <header><h1>预约单 <small lang="en">Appointment</small></h1>
        <p class="kind"><b>\(slip.kind.chinese) · \(slip.purpose.chinese)</b><small lang="en">\(slip.kind.english), \(slip.purpose.english)</small></p></header>
        <section class="when"><p class="day">\(Self.date(slip.day))</p>
        <p class="time">\(Self.time(slip))</p>
        <p lang="en">\(Self.english(slip))</p></section>
        <p class="where">\(Self.place(slip))</p>
        \(Self.numbers(slip))\(Self.bring(slip))<footer>\(Self.notes(slip))</footer>
        </main></body></html>

        """
    }

    private static func numbers(_ slip: SlipContent) -> String {
        // A call has no desk to show anything at.
        let symbol = slip.kind == .call ? nil : QRCode.svg(slip.qr)
        return """
            <section class="numbers"><dl>
            <dt>签到码 <small lang="en">Code</small></dt><dd class="code">\(HTMLText.escaped(slip.code))</dd>
            <dt>预约号 <small lang="en">Reference</small></dt><dd>\(Self.grouped(slip.reference))</dd>
            </dl>\(symbol.map { "<figure>\($0)<figcaption>\(Self.scan(slip.kind))</figcaption></figure>" } ?? "")</section>

            """
    }

    private static func scan(_ kind: AppointmentKind) -> String {
        kind == .homeVisit
            ? #"上门时扫码<small lang="en">for the team</small>"# : #"扫码签到<small lang="en">Scan to check in</small>"#
    }

    private static func bring(_ slip: SlipContent) -> String {
        guard !slip.bring.isEmpty else { return "" }
        let what = slip.kind == .homeVisit || slip.kind == .call ? ("请准备好", "Have ready") : ("请携带", "Bring")
        let lines = slip.bring.map { "<li>\(HTMLText.escaped($0))</li>" }.joined()
        return """
            <section class="bring"><h2>\(what.0) <small lang="en">\(what.1)</small></h2><ul>\(lines)</ul></section>

            """
    }

    private static func place(_ slip: SlipContent) -> String {
        let station = HTMLText.escaped(slip.station)
        return switch slip.kind {
        case .counter, .collective: station
        case .homeVisit: "\(station)<span>上门办理</span><small lang=\"en\">The team comes to your home</small>"
        case .call: "\(station)<span>来电办理</span><small lang=\"en\">The station calls you</small>"
        }
    }

    private static func notes(_ slip: SlipContent) -> String {
        let first =
            switch slip.kind {
            case .counter, .collective:
                ("请按预约时段到站，不必提前排队。", "Come at your time; there is no need to queue before it.")
            case .homeVisit: ("请在这段时间内留在家中，不必到站。", "Please stay at home in these hours; do not come to the station.")
            case .call: ("请在这段时间内保持电话畅通，不必到站。", "Please keep your telephone free; do not come to the station.")
            }
        let second = ("不能赴约，请尽早取消或改约。", "If you cannot keep it, cancel or move it early.")
        let third = ("未带此单，报签到码或姓名同样办理。", "Without this slip your code or your name will do.")
        // Who calls has the name; nobody has to show anything.
        return (slip.kind == .call ? [first, second] : [first, second, third]).map {
            "<p>\($0.0)<small lang=\"en\">\($0.1)</small></p>"
        }.joined()
    }

    // MARK: - Times in words

    private static let weekdays = ["一", "二", "三", "四", "五", "六", "日"]
    private static let englishWeekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    private static func date(_ day: CalendarDay) -> String {
        let (year, month, number) = day.components
        return """
            <span class="year">\(year)年</span>\(month)月\(number)日 <span class="week">星期\(Self.weekdays[day.weekday.rawValue - 1])</span>
            """
    }

    private static func time(_ slip: SlipContent) -> String {
        let end = slip.time.adding(minutes: slip.minutes)
        let half = Self.half(slip.time)
        let endHalf = end == .noon || Self.half(end) == half ? "" : Self.half(end)
        return "<b>\(half)</b> \(Self.clock(slip.time))–\(endHalf)\(Self.clock(end))"
    }

    /// As people say it: 上午, from noon to one 中午, 下午.
    private static func half(_ time: DayTime) -> String {
        time < .noon ? "上午" : time.minute < 13 * 60 ? "中午" : "下午"
    }

    private static func clock(_ time: DayTime) -> String {
        let hour = time.minute / 60
        let minute = time.minute % 60
        return "\(hour > 12 ? hour - 12 : hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    private static func english(_ slip: SlipContent) -> String {
        let end = slip.time.adding(minutes: slip.minutes)
        return "\(Self.englishWeekdays[slip.day.weekday.rawValue - 1]) \(slip.day), \(slip.time)–\(end)"
    }

    private static func grouped(_ reference: String) -> String {
        let digits = reference.filter { !$0.isWhitespace }
        return HTMLText.escaped("\(digits.prefix(4)) \(digits.dropFirst(4))")
    }

    // MARK: - Look

    /// A screen of 360 points and a sheet of A6 are about the same shape: sizes are relative to the slip's width.
    private static let style = """
        @page { size: A6; margin: 5mm 6mm; }
        * { box-sizing: border-box; margin: 0; padding: 0; }
        html { font: 18px/1.4 "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", SimHei, sans-serif; color: #000; background: #fff; }
        body { padding: 14px; }
        main { max-width: 30em; margin: 0 auto; }
        small, [lang=en] { font-size: .72rem; font-weight: 400; line-height: 1.3; color: #333; }
        header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: flex-end; gap: .8em; border-bottom: 2px solid #000; padding-bottom: .3em; }
        h1 { font-size: 1.35rem; line-height: 1.2; white-space: nowrap; }
        .kind { margin-left: auto; text-align: right; line-height: 1.25; }
        .kind b { white-space: nowrap; }
        .kind small, .where small, .where span, footer small, figcaption small { display: block; }
        .when { text-align: center; padding: .5em 0 .35em; }
        .day { font-size: 1.55rem; font-weight: 700; line-height: 1.25; white-space: nowrap; }
        .year { font-size: .95rem; font-weight: 400; }
        .week { font-size: 1.2rem; }
        .time { font-size: 1.95rem; font-weight: 700; line-height: 1.25; font-variant-numeric: tabular-nums; }
        .time b { font-size: 1.55rem; }
        .where { font-size: 1.25rem; font-weight: 700; text-align: center; padding: .3em 0; border-top: 1px solid #000; border-bottom: 1px solid #000; overflow-wrap: anywhere; }
        .numbers { display: flex; justify-content: space-between; align-items: center; gap: 1em; padding: .5em 0; }
        dt { line-height: 1.3; }
        dd { font-size: 1.45rem; font-weight: 700; line-height: 1.2; white-space: nowrap; font-variant-numeric: tabular-nums; }
        dd.code { font-size: 2.5rem; letter-spacing: .08em; margin-bottom: .12em; }
        figure { flex: 0 0 7.4em; text-align: center; line-height: 1.2; }
        figure svg { display: block; width: 100%; height: auto; }
        .bring { border-top: 1px solid #000; padding: .35em 0; break-inside: avoid; }
        h2 { font-size: 1.05rem; }
        ul { list-style: none; }
        li { font-size: 1.05rem; line-height: 1.35; padding-left: 1.4em; text-indent: -1.4em; overflow-wrap: anywhere; }
        li::before { content: "□"; display: inline-block; width: 1.4em; text-indent: 0; }
        footer { border-top: 1px solid #000; padding-top: .35em; }
        footer p { margin-bottom: .3em; line-height: 1.3; break-inside: avoid; }
        @media print { html { font-size: 9.8pt; } body { padding: 0; } main { width: 93mm; margin: 0; } figure { flex-basis: 28mm; } }
        """
}
