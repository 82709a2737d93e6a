import CardProgramme
import Contracts

/// What stands in the way of somebody who should wait their turn, or asks too often.
extension IntakeRefusal {
    static let roomTicketNeeded = IntakeRefusal(
        .conflict, "room.ticket_needed", zh: "现在有人候场，请先取号（线上候场），轮到后再预约。",
        en: "People are waiting: take a ticket of the waiting room first, and book when it is your turn.")
    /// Edited, made up, or somebody else's: which of these is nobody's business.
    static let roomTicketInvalid = IntakeRefusal(
        .unfit, "room.ticket_invalid", zh: "候场号无效或不是您本人的，请用本人账号重新取号。",
        en: "This ticket is not valid for you: take one of your own.")
    static let roomTicketPast = IntakeRefusal(
        .conflict, "room.ticket_past", zh: "该候场号不是今天这一场的，请重新取号。",
        en: "This ticket is of another opening: take one for today's.")
    static let roomTurnOver = IntakeRefusal(
        .conflict, "room.turn_over", zh: "您的预约时间已过或已预约成功。如需再预约，请重新取号排队。",
        en: "Your turn is over, by time or because you have booked: take a new ticket to book again.")
    static let roomNotDrawn = IntakeRefusal(
        .conflict, "room.not_drawn", zh: "排队顺序正在抽签，请稍候几秒查询。",
        en: "The order is being drawn: ask for your position in a few seconds.", retryAfter: 2)
    /// An instance that has just started does not know yet who waits.
    static let roomNotReady = IntakeRefusal(
        .notReady, "room.not_ready", zh: "系统正在读取候场名单，请2秒后重试；您的排位不受影响。",
        en: "The list of those who wait is being read: try again in 2 seconds; your place is kept.", retryAfter: 2)
    static let roomUnavailable = IntakeRefusal(
        .notReady, "room.unavailable", zh: "暂时无法取号，请2秒后重试；已取的号仍然有效。",
        en: "No ticket can be given just now: try again in 2 seconds. Tickets given are still good.", retryAfter: 2)

    static func roomWaiting(position: Int, minutes: Int) -> IntakeRefusal {
        let place = IntakeAPI.Room.grouped(position)
        return IntakeRefusal(
            .conflict, "room.waiting", zh: "还没有轮到您：第\(place)位，约\(minutes)分钟。请等候，轮到后再预约。",
            en:
                "It is not your turn yet: position \(place), about \(minutes) minute\(minutes == 1 ? "" : "s"). Book when it is."
        )
    }

    static func tooOften(seconds: Int) -> IntakeRefusal {
        IntakeRefusal(
            .tooMany, "client.too_often", zh: "操作过于频繁，请稍候\(seconds)秒再试。",
            en: "You ask too often: wait \(seconds) second\(seconds == 1 ? "" : "s") and try again.",
            retryAfter: seconds)
    }
}
