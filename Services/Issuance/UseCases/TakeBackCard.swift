import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// A void card was handed in: one declared void wherever it was (N32), or an old one that turned up after it had been
/// replaced (N29).
struct TakeBackCard: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    /// - Parameters:
    ///   - copy: Which card of the submission.
    ///   - station: The caller's station; nil for the centre.
    func callAsFunction(_ submission: UUID, copy: Int, station: String?, _ call: RepeatedCall) async throws -> Bool {
        try await self.endpoint.transaction { work in
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock([submission])
            guard let card = cards.first else { throw Refusal.cardUnknown }
            if try await call.isKnown(in: work, self.seal) { return true }
            let now = self.clock.now()
            let caller = try call.caller(self.seal)
            if copy == card.copy {
                try Self.require(card, station: station)
                try await work.takeBack([card], at: nil, by: caller, at: now)
                return false
            }
            guard try await orders.handIn(submission, copy: copy, by: call.subject, at: now) else {
                throw Refusal.conflict(
                    "card.not_outstanding", zh: "该申请没有第 \(copy) 张待收回的作废证，请核对证次；已收回的无需再次登记。",
                    en:
                        "There is no void card number \(copy) of this submission to be taken back: check the number; one that is in already needs no second record."
                )
            }
            try await CardJournal(sql: work.sql).record(
                [CardJournal.Entry(id: UUIDv7.generate(), card: card, step: .cardTakenBack, stage: card.stage)],
                by: caller, at: now)
            return false
        }
    }

    /// Who holds it takes it back; what travels is taken back by whoever signs for the list it travels in.
    private static func require(_ card: CardInCustody, station: String?) throws(Refusal) {
        guard card.isRevoked else {
            throw .conflict(
                "card.not_revoked", zh: "该优待证未作废（目前状态为“\(card.stage.chinese)”），不能办理作废收回。请核对。",
                en: "This card is not void (it is “\(card.stage.english)”) and cannot be taken back as such: check it.")
        }
        let travels: Set<SubmissionStage> = [.inTransit, .onWayToStation, .parcelRefused, .cardMissing]
        guard card.transfer == nil, !travels.contains(card.place) else {
            throw .conflict(
                "card.under_way",
                zh: "该作废证目前为“\(card.place.chinese)”，尚不在本单位手中；待其所在清单签收（列入 setAside）或查找结束时一并收回。",
                en:
                    "This void card is “\(card.place.english)” and in nobody's hand: it is taken back when the list it travels in is signed for (named in “setAside”), or when tracing it ends."
            )
        }
        let atStation = card.place == .atStation || card.place == .delivered
        guard atStation || station == nil else {
            throw .conflict(
                "card.other_hand", zh: "该作废证不在服务站（目前为“\(card.place.chinese)”），由区退役军人服务中心办理收回。",
                en:
                    "This void card is not at the station (it is “\(card.place.english)”): the district centre takes it back."
            )
        }
    }
}
