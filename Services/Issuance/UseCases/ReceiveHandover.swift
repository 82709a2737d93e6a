import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// The station counts its cards and signs; ten working days for delivering them begin (R48, A3).
struct ReceiveHandover: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let deadlines: DeadlineRules
    let seal: HolderSeal

    struct Result: Sendable {
        let id: UUID
        let station: String
        let cards: [UUID]
        let receivedAt: Date
        let dueOn: CalendarDay
    }

    /// - Parameters:
    ///   - station: The station the caller may act for.
    ///   - setAside: The paused and void cards in it.
    func callAsFunction(
        _ id: UUID, station: String, count: Int, signedBy text: String, setAside: [UUID], by subject: String
    ) async throws -> Answer<Result> {
        let signedBy = try PlainText.signatory(
            text, zh: "请填写签收人（1 至 40 个字符）。", en: "Say who signed, in 1 to 40 characters.")
        return try await self.endpoint.transaction { work in
            let handovers = HandoverWriter(sql: work.sql)
            guard let handover = try await handovers.lock(id), handover.station == station else {
                throw Refusal.handoverUnknown
            }
            guard !handover.isTakenBack else { throw Refusal.handoverTakenBack }
            if let receivedAt = handover.receivedAt, let dueOn = handover.dueOn, let signature = handover.signedBy {
                guard count == handover.cards, try self.seal.open(signature: signature, owner: id) == signedBy else {
                    throw Refusal.conflict(
                        "handover.already_received", zh: "该交接已由服务站签收，不能再登记不同的签收内容。如有出入，请联系区退役军人服务中心。",
                        en:
                            "The station already signed for this hand-over; a different receipt cannot be recorded. Ask the district service centre about a difference."
                    )
                }
                return Answer(
                    value: Result(
                        id: id, station: station, cards: try await handovers.cards(of: id), receivedAt: receivedAt,
                        dueOn: dueOn),
                    isRepeated: true)
            }
            guard count == handover.cards else {
                throw Refusal.conflict(
                    "handover.count_differs",
                    zh: "清点数量为 \(count) 张，服务中心移交 \(handover.cards) 张，数量不符。请重新清点；仍不符的请不要签收，并联系区退役军人服务中心。",
                    en:
                        "\(count) cards were counted and \(handover.cards) were handed over. Count again; if the numbers still differ, do not sign and ask the district service centre."
                )
            }
            let now = self.clock.now()
            let today = CalendarDay(now)
            let due = self.deadlines.delivery(receivedAtStation: today).due
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock(handover: id)
            let arrival = try CardCustody.arrive(cards, by: .receivedAtStation, to: .atStation, setAside: setAside)
            let receivedAt = try await handovers.receive(
                id, signedBy: try self.seal.seal(signature: signedBy, owner: id), due: due, by: subject, at: now)
            try await orders.reachStation(
                arrival.moving, stage: arrival.stage, dueOn: due.day,
                returnOn: self.deadlines.returnToProvince(receivedAtStation: today), at: now)
            try work.tellIntake(
                arrival.moving, took: .receivedAtStation, to: arrival.stage, dueOn: due.day, at: now)
            try await work.takeBack(arrival.void, at: station, by: CardJournal.Caller(subject: subject), at: now)
            // Nobody is called to the station for a card that may not be given out.
            try work.callFor(arrival.moving.filter { !$0.isPaused }, tellBy: due.day, at: now)
            return Answer(
                value: Result(
                    id: id, station: station, cards: cards.map(\.submissionID), receivedAt: receivedAt, dueOn: due.day),
                isRepeated: false)
        }
    }
}

extension Refusal {
    static let handoverUnknown = Refusal.unknown(
        "handover.unknown", zh: "没有该交接记录，请从交接列表中重新选择。", en: "There is no such hand-over: choose it from the list again."
    )

    static let handoverTakenBack = Refusal.conflict(
        "handover.taken_back", zh: "该移交已由区退役军人服务中心收回，不能再签收。请等待重新移交。",
        en: "The district centre took this hand-over back: do not sign, and wait for the new one.")
}
