import CardProgramme
import Contracts
import FoundationEssentials

/// What somebody who waits is told.
extension IntakeAPI.Room {
    /// - Parameters:
    ///   - waiting: how many wait; before the draw, how many are there.
    ///   - pace: how many a minute are let in.
    init(
        _ standing: RoomOrder.Standing, ticket: String, opening: RoomOpening, hours: RoomHours, waiting: Int,
        pace: Double, at now: Date
    ) {
        let of = Self.grouped(waiting)
        switch standing {
        case .present where now >= opening.opensAt:
            self.init(
                state: .present, ticket: ticket, opening: opening.id, opensAt: opening.opensAt, of: waiting,
                chinese: "正在抽签排序，共\(of)人，请稍候几秒。",
                english: "The order is being drawn among \(of) people: a few seconds more.")
        case .present:
            self.init(
                state: .present, ticket: ticket, opening: opening.id, opensAt: opening.opensAt, of: waiting,
                chinese: "已到场\(of)人，\(hours.clockTime)抽签排序，与到场先后无关。",
                english: "\(of) people are here; the order is drawn at \(hours.clockTime), whoever came first.")
        case .waiting(let position, let place):
            let minutes = RoomOrder.minutes(toPosition: position, pace: pace)
            self.init(
                state: .waiting, ticket: ticket, opening: opening.id, opensAt: opening.opensAt, place: place,
                position: position, of: waiting, minutes: minutes,
                chinese: "第\(Self.grouped(position))位，共\(of)人，约\(minutes)分钟。",
                english:
                    "Position \(Self.grouped(position)) of \(of), about \(minutes) minute\(minutes == 1 ? "" : "s").")
        case .admitted(let place, let until):
            // Rounded down: who is told a minute has it.
            let left = max(0, Int(until.timeIntervalSince(now) / 60))
            self.init(
                state: .admitted, ticket: ticket, opening: opening.id, opensAt: opening.opensAt, place: place,
                until: until, chinese: left > 0 ? "已轮到您，请在\(left)分钟内完成预约。" : "已轮到您，请立即完成预约。",
                english: left > 0
                    ? "It is your turn: book within \(left) minute\(left == 1 ? "" : "s")."
                    : "It is your turn: book at once.")
        case .over:
            self.init(
                state: .over, opening: opening.id, opensAt: opening.opensAt,
                chinese: "本次候场已结束。如需再预约，请重新取号。", english: "This turn is over. To book again, take a new ticket.")
        }
    }

    /// The ticket is good, and this instance is about to learn of it.
    static func registered(ticket: String, opening: RoomOpening) -> IntakeAPI.Room {
        IntakeAPI.Room(
            state: .waiting, ticket: ticket, opening: opening.id, opensAt: opening.opensAt,
            chinese: "已取号，排位正在更新，请几秒后再查询。", english: "You have a ticket; your position shows in a few seconds.")
    }

    static func free(_ hours: RoomHours) -> IntakeAPI.Room {
        IntakeAPI.Room(
            state: .free, chinese: "现在无需候场，可直接预约。每天\(hours.gatheringTime)起可候场，\(hours.clockTime)放号。",
            english:
                "Nobody needs to wait now: book directly. The waiting room opens at \(hours.gatheringTime) every day, and the new day at \(hours.clockTime)."
        )
    }

    /// Somebody without a ticket asks.
    static func outside(opening: RoomOpening, hours: RoomHours, waiting: Int, isDrawn: Bool) -> IntakeAPI.Room {
        let of = Self.grouped(waiting)
        return IntakeAPI.Room(
            state: isDrawn ? .waiting : .present, opening: opening.id, opensAt: opening.opensAt, of: waiting,
            chinese: isDrawn ? "现有\(of)人候场，请先取号。" : "已到场\(of)人，\(hours.clockTime)抽签排序，请先取号。",
            english: isDrawn
                ? "\(of) people wait: take a ticket first."
                : "\(of) people are here; the order is drawn at \(hours.clockTime): take a ticket first.")
    }

    /// `3,400`
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
