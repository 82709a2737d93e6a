/// Whether somebody may book something, and if not, what to do instead.
package enum BookingAnswer: Hashable, Sendable {
    case yes
    /// Their batch, or their station's phase, opens on this day.
    case notYet(opens: CalendarDay, batch: Int)
    /// The plan has given no day yet.
    case notAnnounced
    /// Intake ended on this day.
    case ended(CalendarDay)
    /// No batch and no phase is meant for them.
    case noBatch
    /// The station does not offer it to them on this day, or not over this channel; it offers these.
    case modeNotOffered(offered: [AppointmentKind])
    /// Online a home visit is for people of eighty or more and those who cannot come; others arrange it by phone.
    case notForHomeVisits
    /// The submission is not where this purpose belongs.
    case wrongStage
}

extension Programme {
    /// The age from which somebody may ask for a home visit online, in completed years.
    package static let homeVisitAge = 80

    /// Decides who may book what, when (R115–R119, R149). Registration is never gated (A1).
    ///
    /// Only a first application waits for its batch or phase and follows its modes; who was asked to come back, or whose
    /// card is there, may come in every way. A walk-in is never refused (R150).
    ///
    /// - Parameters:
    ///   - day: The day of the slot; the batch must be open and ages count then.
    ///   - stage: Of the person's submission, nil when there is none.
    package func bookingAnswer(
        candidate: Candidate, kind: AppointmentKind, purpose: AppointmentPurpose, channel: BookingChannel,
        station: String, on day: CalendarDay, stage: SubmissionStage?
    ) -> BookingAnswer {
        if channel == .walkIn { return kind == .counter ? .yes : .modeNotOffered(offered: [.counter]) }
        guard purpose.fits(stage) else { return .wrongStage }
        if purpose == .apply {
            switch self.admission(of: candidate, at: station, on: day) {
            case .open: break
            case .notYet(let batch, let opens): return .notYet(opens: opens, batch: batch)
            case .notAnnounced: return .notAnnounced
            case .ended(_, let last): return .ended(last)
            case .noBatch: return .noBatch
            }
            let modes = self.modes(of: candidate, at: station, on: day)
            let offered = AppointmentKind.allCases.filter { $0.isOffered(by: modes, over: channel) }
            guard offered.contains(kind) else { return .modeNotOffered(offered: offered) }
        }
        if kind == .homeVisit, channel == .online, !Self.maySendForTeam(candidate, on: day) {
            return .notForHomeVisits
        }
        return .yes
    }

    /// Eighty completed, or one of the circumstances of R35. It is wider than R35 by the eightieth birthday, because here
    /// it opens a service.
    private static func maySendForTeam(_ candidate: Candidate, on day: CalendarDay) -> Bool {
        !candidate.circumstances.isEmpty
            || AgeRule.hasCompleted(Self.homeVisitAge, born: candidate.birthDate, on: day)
    }
}

extension AppointmentPurpose {
    /// Whether somebody whose submission is at this stage has it; a stage of nil means no submission.
    package func fits(_ stage: SubmissionStage?) -> Bool {
        switch self {
        // One may apply again after an end before there was a card (N21, N32).
        case .apply: stage == nil || stage == .refused || stage == .discontinued
        case .correct: stage == .returnedToApplicant || stage == .returnedToStation
        case .collect: stage == .atStation
        }
    }
}

extension AppointmentKind {
    /// Whether a phase that serves people in these ways offers it over a channel (R119).
    ///
    /// A phase of 电话预约 alone is booked by telephone; a call is what every office can do (R107).
    package func isOffered(by modes: [ServiceMode], over channel: BookingChannel) -> Bool {
        switch self {
        case .counter:
            modes.contains { mode in
                switch mode {
                case .appointment, .onSite, .agreed: true
                case .phoneBooking: channel == .hotline
                case .homeVisit, .collective, .online: false
                }
            }
        case .homeVisit: modes.contains(.homeVisit) || modes.contains(.agreed)
        case .collective: modes.contains(.collective)
        case .call: true
        }
    }
}

// MARK: - Words

extension BookingAnswer {
    /// Stable, for programs; nil for yes.
    package var code: String? {
        switch self {
        case .yes: nil
        case .notYet: "booking.not_yet"
        case .notAnnounced: "booking.not_announced"
        case .ended: "booking.ended"
        case .noBatch: "booking.no_batch"
        case .modeNotOffered: "booking.mode_not_offered"
        case .notForHomeVisits: "booking.not_for_home_visits"
        case .wrongStage: "booking.wrong_stage"
        }
    }

    /// What is so and what to do.
    package var zh: String {
        switch self {
        case .yes: "可以预约。"
        case .notYet(let opens, let batch): "您属于第\(batch)批，\(opens.chinese)起办理，请预约该日及以后的时段。登记不受批次限制。"
        case .notAnnounced: "您所在批次的办理时间尚未公布，公布后即可预约。登记不受批次限制。"
        case .ended(let day): "集中受理已于\(day.chinese)结束，请致电服务站咨询办理。"
        case .noBatch: "现有安排中没有您的批次，请致电服务站，由工作人员核对您的人员类别。"
        case .modeNotOffered(let offered):
            "该站当日不提供此种预约方式，可选：\(offered.map(\.chinese).joined(separator: "、"))；也可致电服务站，或直接到站办理。"
        case .notForHomeVisits: "网上预约入户办理面向年满\(Programme.homeVisitAge)周岁或因病、行动不便的人员；其他人员请致电服务站约定。"
        case .wrongStage: "您的申请当前环节不需要此项预约，请查看申请进度，或致电服务站。"
        }
    }

    /// The same in English.
    package var en: String {
        switch self {
        case .yes: "It can be booked."
        case .notYet(let opens, let batch):
            "You belong to batch \(batch), which opens on \(opens): book that day or a later one. Registration is always open."
        case .notAnnounced:
            "The days of your batch are not announced yet; you can book once they are. Registration is always open."
        case .ended(let day): "Intake ended on \(day). Please telephone the station."
        case .noBatch: "No batch of the plan is meant for you: telephone the station and have your category checked."
        case .modeNotOffered(let offered):
            "The station does not offer this on that day. It offers: \(offered.map(\.english).joined(separator: ", ")). You may also telephone, or simply come."
        case .notForHomeVisits:
            "Online a home visit is for people of \(Programme.homeVisitAge) or more and for those who cannot come because of illness or infirmity. Others arrange one by telephone."
        case .wrongStage:
            "Your submission needs no such appointment at its present stage: look at its progress, or telephone the station."
        }
    }
}
