import CardProgramme
import Contracts
import FoundationEssentials

/// What stands in the way of an appointment. None of these says who has a seat.
extension IntakeRefusal {
    static let slotUnknown = IntakeRefusal(
        .unknown, "slot.unknown",
        zh: "没有这个时段，服务站当天可能不开放。请重新查询可预约时段。",
        en: "There is no such slot; the station may be closed that day. Look at the free slots again.")
    static let slotPast = IntakeRefusal(
        .conflict, "slot.past",
        zh: "该时段已过或即将开始，不能再预约。请另选时段，或直接到服务站现场取号。",
        en: "This slot has passed or begins too soon: choose another, or come to the station and take a number.")
    static let slotFull = IntakeRefusal(
        .conflict, "slot.full",
        zh: "该时段已约满。请另选时段或其他服务站，也可登记候补。",
        en: "This slot is full: choose another slot or station, or join the waiting list.")
    static let appointmentUnknown = IntakeRefusal(
        .unknown, "appointment.unknown",
        zh: "未找到该预约，请核对预约编号。", en: "There is no such appointment: check its reference.")
    static let appointmentIDTaken = IntakeRefusal(
        .conflict, "appointment.differs",
        zh: "该预约编号已用于另一次预约，请换一个新编号后重试。",
        en: "This id names another appointment already: take a new one and try again.")
    static let appointmentLive = IntakeRefusal(
        .conflict, "appointment.already_live",
        zh: "该人员已有一个同类预约。如需更改时间，请使用“改约”；如不再需要，请先取消。",
        en: "The person already has an appointment for this: move it to another time, or cancel it first.")
    static let bookingUnderWay = IntakeRefusal(
        .conflict, "appointment.under_way",
        zh: "该人员的另一次预约正在办理，请稍候片刻，先查看“我的预约”。",
        en: "Another booking of the person is just being made: wait a moment and look at their appointments first.")
    static let appointmentChanged = IntakeRefusal(
        .conflict, "appointment.changed_meanwhile",
        zh: "该预约已发生变化，请刷新后重试。", en: "The appointment has changed meanwhile: load it again and retry.")
    static let holdForged = IntakeRefusal(
        .unfit, "hold.token",
        zh: "占号凭证无效。请重新选择时段。", en: "The token of the hold is not valid: choose a slot again.")
    static let holdOver = IntakeRefusal(
        .conflict, "hold.over",
        zh: "占号已超过10分钟，号已释放。请重新选择时段。",
        en: "The hold was for ten minutes and is over; its seat was given back. Choose a slot again.")
    static let holdStale = IntakeRefusal(
        .conflict, "hold.stale",
        zh: "预约系统刚刚恢复，占号已失效。请重新选择时段，给您带来不便，敬请谅解。",
        en: "The booking system has just recovered and the hold is void: please choose a slot again.")
    static let askedByUnfit = IntakeRefusal(
        .unfit, "appointment.asked_by",
        zh: "代约人与本人的关系须为1至20个字，例如“女儿”。",
        en: "Who asks for the person is told in 1 to 20 characters, for example “daughter”.")
    static let moveNowhere = IntakeRefusal(
        .unfit, "appointment.same_slot",
        zh: "新时段与原时段相同，请另选时段。", en: "This is the slot it is in already: choose another.")
    static let tooManyFree = IntakeRefusal(
        .conflict, "waiting.not_needed",
        zh: "该站在所选日期内仍有余号，请直接预约。",
        en: "The station still has free seats on these days: book one of them.")
    static let waitingUnknown = IntakeRefusal(
        .unknown, "waiting.unknown", zh: "没有这条候补登记，请核对编号。", en: "There is no such entry on the waiting list.")
    static let waitingLive = IntakeRefusal(
        .conflict, "waiting.already_live",
        zh: "该人员已登记候补，请等候通知，或先撤回再重新登记。",
        en: "The person is on the waiting list already: wait to be told, or withdraw that entry first.")
    static let waitingUnfit = IntakeRefusal(
        .unfit, "waiting.days",
        zh: "候补日期须从今天起，最长60天，且结束日不早于开始日。",
        en: "The days begin today at the earliest, end no earlier than they begin, and span 60 at most.")
    static let codeWrong = IntakeRefusal(
        .conflict, "arrival.code",
        zh: "预约编号与4位码不符，请核对预约单，或按姓名签到。",
        en: "Reference and code do not belong together: look at the slip again, or check in by name.")
    static let arrivalUnfit = IntakeRefusal(
        .unfit, "arrival.content",
        zh: "请扫描预约单二维码，或填写预约编号和4位码，或在当日名单中选择姓名。",
        en: "Scan the slip's QR code, or give reference and code, or choose the name on the day's list.")
    static let arrivalElsewhere = IntakeRefusal(
        .conflict, "arrival.elsewhere",
        zh: "该预约不在本站。可为其现场取号办理。", en: "This appointment is at another station: give the person a walk-in number here.")
    static let arrivalOtherDay = IntakeRefusal(
        .conflict, "arrival.other_day",
        zh: "该预约不是今天的。可改约到今天，或现场取号办理。",
        en: "This appointment is not for today: move it to today, or give the person a walk-in number.")
    static let personNeeded = IntakeRefusal(
        .unfit, "walk_in.person",
        zh: "该号尚未登记办理人，请先建档立卡并填写人员编号，再办结。",
        en: "It is not known yet whose number this is: register the person and name them before finishing.")
    static let outcomeNeeded = IntakeRefusal(
        .unfit, "desk.outcome",
        zh: "办结时须注明是否需要再跑一次（mustComeAgain）。",
        en: "When somebody is done say whether they must come again (mustComeAgain).")
    static let dayNotOver = IntakeRefusal(
        .conflict, "day.not_over",
        zh: "今天（或该日）的服务时间尚未结束，不能日结。", en: "The day is not over yet, so its account cannot be made.")
    static let capacityUnknownDay = IntakeRefusal(
        .unfit, "capacity.day",
        zh: "生效日不能早于今天，最晚为两年内。", en: "The first day is today at the earliest and within two years.")
    static let capacityExceptionUnfit = IntakeRefusal(
        .unfit, "capacity.exception",
        zh: "请检查停办安排：日期不早于今天，开始时间早于结束时间，窗口数0至50，原因1至100个字。",
        en:
            "Check the closure: its day is today or later, it begins before it ends, 0 to 50 desks are left, and the reason has 1 to 100 characters."
    )
    static let capacitySessionUnfit = IntakeRefusal(
        .unfit, "capacity.session",
        zh: "请检查集中办理安排：日期不早于今天，时长15至480分钟且当天结束，1至500个号，地点1至60个字。",
        en:
            "Check the session: its day is today or later, it lasts 15 to 480 minutes within the day, has 1 to 500 seats, and a place in 1 to 60 characters."
    )
    static let capacityIDTaken = IntakeRefusal(
        .conflict, "capacity.differs",
        zh: "该编号已用于另一项安排，请换一个新编号。", en: "This id names another arrangement already: take a new one.")

    static func capacity(_ mistakes: [CapacityMistake]) -> IntakeRefusal {
        IntakeRefusal(
            .unfit, "capacity.content",
            zh: mistakes.map(\.zh).joined(), en: mistakes.map(\.en).joined(separator: " "))
    }

    static func notOpenYet(_ opens: Date) -> IntakeRefusal {
        let day = CalendarDay(opens)
        return IntakeRefusal(
            .conflict, "slot.not_open",
            zh: "该日的号尚未开放，\(day.chinese)\(DayTime(opens))起可预约。",
            en: "The seats of this day are not open yet: they can be booked from \(day) \(DayTime(opens)) on.")
    }

    static func alreadyHeld(_ until: Date) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "hold.already",
            zh: "该人员已占有一个号，请先确认或放弃，或等到\(DayTime(until))后自动释放。",
            en: "The person holds a seat already: confirm it or give it up, or wait until \(DayTime(until)).")
    }

    static func peopleNotTold(_ count: Int) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "day.people_not_told",
            zh: "还有\(count)人的预约受影响而未告知，不能日结。请先逐一告知并改约。",
            en:
                "\(count) people whose appointment is affected have not been told, so the day cannot be closed: tell each of them first."
        )
    }

    static func peopleBeingServed(_ count: Int) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "day.people_being_served",
            zh: "还有\(count)人正在办理，不能日结。请先逐一办结并记录结果。",
            en: "\(count) people are being served, so the day cannot be closed: finish with each of them first.")
    }

    /// The appointment is somewhere from where this step does not lead.
    static func appointmentStep(_ state: AppointmentState) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "appointment.state",
            zh: "该预约目前为“\(state.chinese)”，不能进行此操作。",
            en: "The appointment is now “\(state.english)”, from where this is not possible.")
    }

    /// Why somebody may not book this, with what they may do instead; nil when they may.
    static func booking(_ answer: BookingAnswer) -> IntakeRefusal? {
        answer.code.map { IntakeRefusal(.conflict, $0, zh: answer.zh, en: answer.en) }
    }
}
