import CardProgramme

/// The words that are used as long as an office has saved none of its own. With a name of three characters and a short
/// station name each takes one part.
enum StandardTemplates {
    static func body(of purpose: MessagePurpose) -> String {
        switch purpose {
        case .submissionReceived: "{name}同志，您的优待证申请已受理。咨询{telephone}。"
        case .correctionNeeded: "{name}同志，您的优待证材料需补正：{reason}。请与{station}联系，电话{telephone}。"
        case .cardOrdered: "{name}同志，您的优待证已审核通过，正在制作。咨询{telephone}。"
        case .cardArrived: "{name}同志，您的优待证已到{station}，请带身份证领取，或电{telephone}约送达。"
        case .submissionRefused: "{name}同志，您的优待证申请未获通过：{reason}。详情请电{telephone}。"
        case .appointmentConfirmed: "{name}同志，已约{date}{time}到{station}办优待证，请带身份证、退伍证。改期电{telephone}。"
        case .appointmentReminder: "{name}同志，{date}{time}请到{station}办优待证。能来回1，改期回2，或电{telephone}。"
        case .appointmentMoved: "{name}同志，您的预约已改为{date}{time}，地点{station}。不便请电{telephone}。"
        case .appointmentClosed: "{name}同志，{station}{date}因故停办，您的预约需改期，请电{telephone}或等我们来电。"
        case .outreach: "{name}同志，优待证正在办理，可在常住地申请，咨询{telephone}。退订回T"
        }
    }

    /// All of them, checked.
    ///
    /// - Throws: when one of them has mistakes: the service then does not start.
    static func all() throws(MessageTemplate.Mistakes) -> [MessagePurpose: MessageTemplate] {
        var all: [MessagePurpose: MessageTemplate] = [:]
        for purpose in MessagePurpose.allCases {
            all[purpose] = try MessageTemplate(purpose: purpose, body: Self.body(of: purpose))
        }
        return all
    }

    /// The words of a letter to somebody nobody could reach, a paragraph a line.
    ///
    /// - Throws: when they have mistakes: the service then does not start.
    static func letter() throws(MessageTemplate.Mistakes) -> MessageTemplate {
        try MessageTemplate(
            purpose: .outreach, channel: .letter,
            body: """
                国家为退役军人和其他优抚对象制发优待证。您的档案在我处，尚未收到您的申领。我们多次通过短信、电话与您联系未果，特致此信。
                您可以在户籍地或者常住地的退役军人服务站申领，不必专程返乡。申领时请带本人身份证、户口簿和退役（优抚对象）证件。行动不便的，可以约请工作人员上门办理。
                收到此信后，请拨打上方电话告诉我们您已知晓；也可以填写下方回执，剪下寄回或者交给就近的退役军人服务站。办证不收取任何费用，工作人员不会索要银行卡密码或者验证码。
                """)
    }
}
