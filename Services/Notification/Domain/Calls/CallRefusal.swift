/// Why something about a call was not done, in words that say what to do. What was refused changed nothing.
///
/// The texts hold ids and codes only.
struct CallRefusal: Error, Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// Wrong, and stays wrong.
        case invalid
        /// There is no such thing.
        case unknown
        /// The state does not allow it (any more).
        case conflict
    }

    let kind: Kind
    /// Stable, for programs.
    let code: String
    let zh: String
    let en: String

    private init(_ kind: Kind, _ code: String, zh: String, en: String) {
        self.kind = kind
        self.code = code
        self.zh = zh
        self.en = en
    }

    static let unknown = CallRefusal(
        .unknown, "call.unknown", zh: "没有这项电话任务，请核对编号。", en: "There is no such call: check its id.")

    static let personUnknown = CallRefusal(
        .unknown, "contact.unknown", zh: "没有此人的联系方式。请核对人员编号；刚建档的请稍候再试。",
        en: "No contact of this person is known. Check the id; somebody just registered appears after a moment.")

    static let stationUnknown = CallRefusal(
        .invalid, "station.unknown", zh: "本方案中没有该服务站，请填写服务站代码。",
        en: "The programme has no such station: give a station's code.")

    static let outsideHours = CallRefusal(
        .conflict, "call.hours", zh: "早8点前、晚9点后不拨打电话，请在此时段内领取。",
        en: "Nobody is called before 08:00 or after 21:00: take a call between these hours.")

    static func heldEnough(_ most: Int) -> CallRefusal {
        CallRefusal(
            .conflict, "call.held_enough", zh: "您手中已有\(most)项电话任务，请先记录结果或退回。",
            en: "You hold \(most) calls already: record what came of them or give them back first.")
    }

    static let changed = CallRefusal(
        .conflict, "call.changed", zh: "该电话任务已有变化，请刷新后再操作。", en: "The call has changed: load it again and look first.")

    static let notClaimed = CallRefusal(
        .conflict, "call.not_claimed", zh: "该电话任务未由您领取，请先领取。", en: "You have not claimed this call: claim it first.")

    static let closed = CallRefusal(
        .conflict, "call.closed", zh: "该电话任务已结束，无需再记录。", en: "The call is closed: nothing more is recorded on it.")

    static let idTaken = CallRefusal(
        .conflict, "call.id_taken", zh: "该编号已用于另一项记录，请换一个新编号。",
        en: "The id belongs to another record: make a new one.")

    static let silenced = CallRefusal(
        .conflict, "call.silenced", zh: "此人已登记为去世，不再联系；如有误，请由区中心在“去世情况核对”中更正。",
        en: "The person is recorded as having died and is not contacted; the centre can put that right in its own call."
    )

    static let noteWrong = CallRefusal(
        .invalid, "call.note", zh: "备注须为1至500字，不含换行等控制字符。", en: "A note has 1 to 500 characters and no line breaks.")

    static let timeMissing = CallRefusal(
        .invalid, "call.time_missing", zh: "约定再拨须填写时间（at）。", en: "A call back needs its time (“at”).")

    static let timeUnwanted = CallRefusal(
        .invalid, "call.time_unwanted", zh: "只有约定再拨才填写时间（at），请删去。",
        en: "Only a call back has a time (“at”): take it out.")

    static let appointmentMissing = CallRefusal(
        .invalid, "call.appointment_missing", zh: "已代为预约的须填写预约编号（appointment）。",
        en: "An appointment that was made must be named (“appointment”).")

    static let appointmentUnwanted = CallRefusal(
        .invalid, "call.appointment_unwanted", zh: "只有已代为预约的才填写预约编号（appointment），请删去。",
        en: "Only “booked” names an appointment: take it out.")

    static let appointmentOfAnother = CallRefusal(
        .invalid, "call.appointment_of_another", zh: "该预约不是此人的，请核对预约编号。",
        en: "The appointment is another person's: check its id.")

    static let appointmentOver = CallRefusal(
        .invalid, "call.appointment_over", zh: "该预约已取消或已结束，请填写有效的预约编号。",
        en: "The appointment is cancelled or over: name one that stands.")

    static let numberMissing = CallRefusal(
        .invalid, "call.number_missing", zh: "空号、停机、非本人号码须注明是哪个号码（number）。",
        en: "A number that is not theirs or not in use must be named (“number”).")

    static let numberUnknown = CallRefusal(
        .conflict, "call.number_changed", zh: "此人没有这个号码，联系方式可能刚有变更，请刷新后重选。",
        en: "The person has no such number; it may just have changed: load the call again and choose.")

    static let promisePast = CallRefusal(
        .invalid, "call.time_past", zh: "约定时间已过，请填写将来的时间。", en: "The time is over: give one that is to come.")

    static func promiseTooFar(_ days: Int) -> CallRefusal {
        CallRefusal(
            .invalid, "call.time_too_far", zh: "约定时间最远\(days)天，请改近一些。",
            en: "At most \(days) days ahead: choose an earlier time.")
    }

    static let promiseHours = CallRefusal(
        .invalid, "call.time_hours", zh: "约定时间须在早8点至晚9点之间，请改时间。",
        en: "Calls are made between 08:00 and 21:00: choose a time within.")

    static let promiseTooLate = CallRefusal(
        .invalid, "call.time_too_late", zh: "到约定时间事项已过期，请约更早的时间。",
        en: "What it is about is over by then: choose an earlier time.")
}
