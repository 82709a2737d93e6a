import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// The centre takes a hand-over back before the station has signed, because the counts differ or a card is wrong: all its
/// cards are at the centre again, to be counted and handed over anew.
struct TakeBackHandover: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    func callAsFunction(_ id: UUID, reason: String, setAside: [UUID], _ call: RepeatedCall) async throws -> Bool {
        let reason = try PlainText.remark(reason, "reason", upTo: 200)
        return try await self.endpoint.transaction { work in
            let handovers = HandoverWriter(sql: work.sql)
            guard let handover = try await handovers.lock(id) else { throw Refusal.handoverUnknown }
            if try await call.isKnown(in: work, self.seal) { return true }
            guard !handover.isTakenBack else { throw Refusal.handoverTakenBack }
            guard handover.receivedAt == nil else {
                throw Refusal.conflict(
                    "handover.already_received", zh: "该移交已由服务站签收，不能收回。如有出入，请由服务站清点登记。",
                    en:
                        "The station signed for this hand-over; it cannot be taken back. The station reports a difference."
                )
            }
            let orders = CardOrderWriter(sql: work.sql)
            let arrival = try CardCustody.arrive(
                try await orders.lock(handover: id), by: .handoverTakenBack, to: .atCentre, setAside: setAside)
            let now = self.clock.now()
            let caller = try call.caller(self.seal)
            let entries = try arrival.moving.map { card in
                CardJournal.Entry(
                    id: UUIDv7.generate(), card: card, step: .handoverTakenBack, stage: arrival.stage,
                    reason: try self.seal.seal(text: reason, of: card.submissionID.uuidString))
            }
            try await handovers.takeBack(id, by: call.subject, at: now)
            try await orders.backToCentre(arrival.moving, stage: arrival.stage, at: now)
            try await CardJournal(sql: work.sql).record(entries, by: caller, at: now)
            try work.tellIntake(arrival.moving, took: .handoverTakenBack, to: arrival.stage, at: now)
            try await work.takeBack(arrival.void, at: Hand.centre, by: caller, at: now)
            return false
        }
    }
}
