import CardProgramme

/// What the programme's plan has against a submission now, and when or how it goes instead.
extension IntakeRefusal {
    /// - Parameter office: name of the station when the phase is of its own plan; nil for a batch of the district.
    static func turnNotYet(_ number: Int, opens: CalendarDay, office: String?) -> IntakeRefusal {
        guard let office else {
            return IntakeRefusal(
                .conflict, "submission.batch_not_open",
                zh: "该人员属于第\(number)批次，\(opens.chinese)起受理，请届时再提交申领。",
                en: "This person belongs to batch \(number), which opens on \(opens): submit from that day on.")
        }
        return IntakeRefusal(
            .conflict, "submission.batch_not_open",
            zh: "按\(office)的方案，该人员属于第\(number)阶段，\(opens.chinese)起受理，请届时再提交申领；登记建档随时可办。",
            en:
                "By the plan of \(office) this person belongs to phase \(number), which opens on \(opens): submit from that day on. Registration is open at any time."
        )
    }

    /// - Parameter office: name of the station.
    static func turnNotAnnounced(_ number: Int, office: String) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "submission.phase_not_announced",
            zh: "\(office)第\(number)阶段的受理日期尚未公布，暂不能提交申领。登记建档可先办好；公布日期后再提交，可致电服务站询问。",
            en:
                "\(office) has not announced the days of phase \(number) yet, so nothing can be submitted. Complete the file meanwhile and submit when the days are announced; the station answers questions by phone."
        )
    }

    static func onlineNotOffered(_ modes: [ServiceMode], office: String) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "submission.mode_not_offered",
            zh: "\(office)目前阶段不受理网上申请，可采用：\(modes.map(\.chinese).joined(separator: "、"))；到站申请同样受理。",
            en:
                "\(office) takes no online submissions in this phase. There are: \(modes.map(\.english).joined(separator: ", ")); whoever comes to the counter is served as well."
        )
    }

    static func bankNotOffered(_ banks: [String], office: String) -> IntakeRefusal {
        IntakeRefusal(
            .unfit, "submission.bank_not_offered",
            zh: "\(office)的合作银行为：\(banks.joined(separator: "、"))。请按申请人意愿从中选择。",
            en: "The banks at \(office) are \(banks.joined(separator: ", ")): let the applicant choose one of them.")
    }

    static func reasonNotGiven(_ reason: ReturnReason) -> IntakeRefusal {
        IntakeRefusal(
            .unfit, "check.reason_not_in_catalogue",
            zh: "按本方案，服务站不以“\(reason.chinese)”为由退回，请选择其他原因。",
            en: "By this programme a station does not return with the reason \(reason.rawValue): choose another.")
    }

    static let planUnknown = IntakeRefusal(
        .unknown, "plan.unknown",
        zh: "本方案中没有该服务站，请核对服务站编号，例如“341602-01”。",
        en: "There is no such station in this programme: check its code, for example “341602-01”.")
    static let noEdition = IntakeRefusal(
        .unknown, "programme.not_in_force",
        zh: "方案尚未生效，请稍后重试。", en: "No programme is in force yet: try again in a moment.")
}
