/// What a clerk says, a line at a time, Chinese with English beside it. Who answers is identified before any detail: by name and
/// year of birth, which the clerk never says first.
package enum CallScript {
    package struct Line: Codable, Sendable, Hashable {
        package let zh: String
        package let en: String
    }

    /// - Parameters:
    ///   - name: As in the file.
    ///   - bornYear: Nil when it is not known here; then the file is asked.
    ///   - own: What the office itself says about the purpose; nil for the standard words.
    package static func lines(
        _ reason: CallReason, purpose: MessagePurpose, name: String, bornYear: Int?, own: String? = nil
    ) -> [Line] {
        guard reason != .death else { return Self.death(name) }
        let matter = own.map { Line(zh: $0, en: "(The office's own words.)") } ?? Self.matter(purpose)
        return Self.opening(name, bornYear) + [matter, Self.ask(reason), Self.warning]
    }

    private static func opening(_ name: String, _ bornYear: Int?) -> [Line] {
        let check =
            bornYear == nil
            ? Line(
                zh: "先核对身份：请对方说出姓名和出生年份，与档案一致后再往下说；不一致时只请其转告本人回电。",
                en:
                    "First: ask for name and year of birth and compare them with the file. If they differ, only ask for a call back."
            )
            : Line(
                zh: "先核对身份：请对方说出姓名和出生年份，与本页一致后再往下说，不要先报出生年份；不一致时只请其转告本人回电。",
                en:
                    "First: ask for name and year of birth, never say the year yourself. If they differ, only ask for a call back."
            )
        return [
            Line(
                zh: "您好，这里是退役军人服务站，请问是\(name)同志吗？",
                en: "Good day, this is the veterans' service station. Am I speaking to \(name)?"), check,
        ]
    }

    private static func death(_ name: String) -> [Line] {
        [
            Line(
                zh: "有人告知\(name)同志已去世。请先查阅档案，再致电家属，语气慎重；未核实前不要作为定论。",
                en:
                    "Somebody said that \(name) has died. Look at the file, then call the family with care; it is not established yet."
            ),
            Line(
                zh: "核实去世的，记“已去世”；本人接听的，记“本人已知晓”，系统即恢复联系。",
                en:
                    "If it is so, record “has died”; if the person answers, record “told in person”, and they are contacted again."
            ),
            Self.warning,
        ]
    }

    /// What a call is about, once it is clear who answers.
    package static func matter(_ purpose: MessagePurpose) -> Line {
        switch purpose {
        case .submissionReceived:
            Line(zh: "您的优待证申请已受理，请等候通知。", en: "Your application has been received; you will hear from us.")
        case .correctionNeeded:
            Line(
                zh: "您的申请材料需要补正，请说明需补正的内容和时限。",
                en: "Your papers need to be corrected: say which, and until when.")
        case .cardOrdered: Line(zh: "您的优待证正在制作。", en: "Your card is being made.")
        case .cardArrived:
            Line(
                zh: "您的优待证已到服务站，请本人带身份证领取；行动不便的可以送证上门。",
                en:
                    "Your card is at the station: please bring your identity card. It can be brought to who cannot come."
            )
        case .submissionRefused:
            Line(
                zh: "您的申请经审核不予发放，请说明可咨询和申诉的途径。",
                en: "Your application was refused: say where they can ask and appeal.")
        case .appointmentConfirmed, .appointmentReminder:
            Line(
                zh: "您预约了来站办理优待证，时间见本页，请问能按时来吗？请带身份证和退伍证件。",
                en:
                    "You have an appointment for the card, at the time on this page. Can you come? Please bring your papers."
            )
        case .appointmentMoved:
            Line(
                zh: "您的预约时间已改，新的时间见本页，请问方便吗？",
                en: "Your appointment was moved to the time on this page. Does it suit you?")
        case .appointmentClosed:
            Line(
                zh: "服务站当天停办，您的预约不能如期办理，十分抱歉，现在为您另约时间。",
                en:
                    "The station is closed that day and your appointment cannot be kept. We are sorry: let us find another time."
            )
        case .outreach:
            Line(
                zh: "国家正在发放优待证，您可以在户籍地或常住地申请，请问您办理了吗？",
                en:
                    "The card of honour is being issued; you can apply where you are registered or where you live. Have you applied?"
            )
        }
    }

    private static func ask(_ reason: CallReason) -> Line {
        switch reason {
        case .unconfirmed:
            Line(
                zh: "能来的，记“本人已知晓”；要换时间的，当场改约，记“已代为预约”。",
                en:
                    "If they can come, record “told in person”; if not, move it at once and record “booked in the call”."
            )
        case .wantsChange:
            Line(
                zh: "请问哪天方便？当场改约，记“已代为预约”。", en: "Which day suits you? Move it at once and record “booked in the call”."
            )
        case .callBack, .reply:
            Line(
                zh: "您之前联系过我们，请问需要什么帮助？不便通话的，约定再拨的时间。",
                en: "You contacted us: what can we do for you? If it is a bad moment, agree on a time.")
        case .cannotBeTold, .outreach:
            Line(
                zh: "请问需要现在预约，还是希望工作人员上门？",
                en: "Shall we make an appointment now, or would you rather be visited?")
        case .death:
            Line(zh: "请核对档案。", en: "Look at the file.")
        }
    }

    private static let warning = Line(
        zh: "请提醒：工作人员不会索要银行卡密码或验证码，办证不收费。",
        en: "Remind them: nobody of the office asks for a bank password or a code, and the card is free.")
}
