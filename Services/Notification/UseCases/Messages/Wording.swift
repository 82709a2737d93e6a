import CardProgramme
import Contracts
import FoundationEssentials
import ShortMessages

/// Puts a recipient's facts into the words of a template.
struct Wording: Sendable {
    let programme: Programme
    /// `【…】`, registered with the carriers.
    let signature: String
    /// The office's number, on which somebody answers.
    let telephone: String

    func text(
        _ template: MessageTemplate, for message: DueMessage, names: [String]
    ) -> String {
        template.text(signature: self.signature, self.values(for: message, names: names))
    }

    /// What stands in place of each variable for a recipient.
    func values(for message: DueMessage, names: [String]) -> [MessageVariable: String] {
        var values: [MessageVariable: String] = [
            .name: names.joined(separator: "、"), .telephone: self.telephone,
        ]
        // The short name: with the full one most messages would take two parts.
        if let station = message.appointment?.station ?? message.contact?.station {
            values[.station] = (self.programme.station(station)?.name ?? "") + "服务站"
        }
        if let startsAt = message.appointment?.startsAt ?? message.appointment?.beforeStartsAt {
            values[.date] = Self.day(CalendarDay(startsAt))
            values[.time] = Self.time(DayTime(startsAt))
        }
        if let reason = message.reason.flatMap(ReturnReason.init(rawValue:)) { values[.reason] = reason.chinese }
        if let day = message.lastDay { values[.lastDay] = Self.day(day) }
        return values
    }

    /// The same days and times in full, where a form takes nothing else: `2022年3月14日`, `09:30`.
    static func written(_ message: DueMessage) -> [MessageVariable: String] {
        func day(_ day: CalendarDay) -> String { "\(day.year)年\(Self.day(day))" }
        var values: [MessageVariable: String] = [:]
        if let startsAt = message.appointment?.startsAt ?? message.appointment?.beforeStartsAt {
            let (hour, minute) = DayTime(startsAt).minute.quotientAndRemainder(dividingBy: 60)
            values[.date] = day(CalendarDay(startsAt))
            values[.time] = "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
        }
        if let last = message.lastDay { values[.lastDay] = day(last) }
        return values
    }

    /// 3月14日
    static func day(_ day: CalendarDay) -> String {
        let (_, month, date) = day.components
        return "\(month)月\(date)日"
    }

    /// 上午9:30
    static func time(_ time: DayTime) -> String {
        let (hour, minute) = time.minute.quotientAndRemainder(dividingBy: 60)
        let minutes = minute < 10 ? "0\(minute)" : "\(minute)"
        return hour < 12 ? "上午\(hour):\(minutes)" : "下午\(hour == 12 ? 12 : hour - 12):\(minutes)"
    }
}
