import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// The next hand up counts the returned cards and signs (N25); or the sender takes the list back before that.
struct ReceiveReturn: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    /// - Parameter setAside: The paused and void cards in it.
    /// - Returns: Whether an earlier call had signed the same.
    func callAsFunction(
        _ id: UUID, count: Int, signedBy text: String, setAside: [UUID], by subject: String
    ) async throws -> Bool {
        let signedBy = try PlainText.signatory(
            text, zh: "请填写签收人（1 至 40 个字符）。", en: "Say who signed, in 1 to 40 characters.")
        return try await self.endpoint.transaction { work in
            let transfers = TransferWriter(sql: work.sql)
            guard let transfer = try await transfers.lock(id) else { throw Refusal.returnUnknown }
            guard !transfer.isTakenBack else { throw Refusal.returnTakenBack }
            if let signature = transfer.signedBy {
                guard count == transfer.cards, try self.seal.open(signature: signature, owner: id) == signedBy else {
                    throw Refusal.conflict(
                        "return.already_received", zh: "该退回清单已签收，不能再登记不同的签收内容。如有出入，请联系退回单位。",
                        en: "This list was signed for already; a different receipt cannot be recorded. Ask who sent it."
                    )
                }
                return true
            }
            guard count == transfer.cards else {
                throw Refusal.conflict(
                    "return.count_differs",
                    zh: "清点数量为 \(count) 张，退回单位移交 \(transfer.cards) 张，数量不符。请重新清点；仍不符的请不要签收，由退回单位收回清单核对。",
                    en:
                        "\(count) cards were counted and \(transfer.cards) were handed up. Count again; if the numbers still differ, do not sign: the sender takes the list back and checks it."
                )
            }
            guard let route = ReturnRoute.all.first(where: { $0.from == transfer.from && $0.to == transfer.to }) else {
                throw StoredText.Damaged(what: "a list on its way up goes nowhere")
            }
            let now = self.clock.now()
            let orders = CardOrderWriter(sql: work.sql)
            let arrival = try CardCustody.arrive(
                try await orders.lock(transfer: id), by: route.step, to: route.stage, setAside: setAside)
            let caller = CardJournal.Caller(subject: subject)
            try await transfers.receive(
                id, signedBy: try self.seal.seal(signature: signedBy, owner: id), by: subject, at: now)
            try await orders.arriveUp(arrival.moving, stage: route.stage, at: now)
            try await CardJournal(sql: work.sql).record(
                arrival.moving.map {
                    CardJournal.Entry(id: UUIDv7.generate(), card: $0, step: route.step, stage: route.stage)
                }, by: caller, at: now)
            try work.tellIntake(arrival.moving, took: route.step, to: route.stage, at: now)
            try await work.takeBack(
                arrival.void, at: Hand.of(transfer.to, station: nil), by: caller, at: now)
            return false
        }
    }

    /// - Returns: Whether it had been taken back before.
    func takeBack(_ id: UUID, reason: String, by subject: String) async throws -> Bool {
        let reason = try PlainText.remark(reason, "reason", upTo: 200)
        return try await self.endpoint.transaction { work in
            let transfers = TransferWriter(sql: work.sql)
            guard let transfer = try await transfers.lock(id) else { throw Refusal.returnUnknown }
            if transfer.isTakenBack { return true }
            guard transfer.receivedAt == nil else {
                throw Refusal.conflict(
                    "return.already_received", zh: "该退回清单已由上级签收，不能收回。请联系接收单位。",
                    en: "This list was signed for by the next level; it cannot be taken back. Ask who received it.")
            }
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock(transfer: id)
            try await orders.keep(cards)
            try await transfers.takeBack(
                id, reason: try self.seal.seal(text: reason, of: id.uuidString), by: subject, at: self.clock.now())
            return false
        }
    }
}

extension Refusal {
    static let returnUnknown = Refusal.unknown(
        "return.unknown", zh: "没有该退回清单，请从退回清单列表中重新选择。", en: "There is no such list: choose it from the lists again.")

    static let returnTakenBack = Refusal.conflict(
        "return.taken_back", zh: "该退回清单已由退回单位收回，不能再签收。请等待重新退回。",
        en: "The sender took this list back: do not sign, and wait for a new one.")
}
