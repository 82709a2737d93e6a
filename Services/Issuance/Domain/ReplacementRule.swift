import CardProgramme

/// What must be so before a replacement is accepted and the old card is dead (N26–N28).
enum ReplacementRule {
    struct Request: Sendable, Equatable {
        let ground: ReplacementGround
        let askedAt: ReplacementGround.Place
        let oldCardHandedIn: Bool
        let accountClosedProof: Bool
        let holdersFault: Bool?
        let cardKind: CardKind?
        let name: String?
    }

    /// What the new card is made from.
    struct Accepted: Sendable, Equatable {
        let fee: ReplacementGround.Fee
        let cardKind: CardKind
        let holder: CardHolder
        /// Where the old card is, whoever has it must hand it in (N27, N29).
        let oldCardOutstanding: Bool
    }

    /// - Throws: `Refusal` saying what is missing.
    static func accept(
        _ request: Request, card: CardInCustody, holder: CardHolder
    ) throws(Refusal) -> Accepted {
        let ground = request.ground
        guard ground.places.contains(request.askedAt) else {
            throw request.askedAt == .station
                ? .conflict(
                    "replacement.at_bank", zh: "“\(ground.chinese)”应由本人持身份证到银行网点办理；银行受理后由服务站按 askedAt=bank 登记。",
                    en:
                        "“\(ground.english)” is asked for at the bank, with the identity card; the station records it with askedAt=bank once the bank has accepted it."
                )
                : .conflict(
                    "replacement.at_station", zh: "“\(ground.chinese)”应到所属服务站办理，请由服务站按 askedAt=station 受理登记。",
                    en: "“\(ground.english)” is asked for at the station: record it there with askedAt=station.")
        }
        guard ground.stages.contains(card.stage) else { throw Self.wrongStage(ground, card.stage) }
        guard !ground.needsOldCard || request.oldCardHandedIn else {
            throw .conflict(
                "replacement.old_card", zh: "办理换领须先交回原证。请收回原证后，将 oldCardHandedIn 填为 true 再提交。",
                en: "The old card must be handed in first: take it in, then send this with oldCardHandedIn=true.")
        }
        guard !ground.needsClosedAccount || request.accountClosedProof else {
            throw .conflict(
                "replacement.account_open", zh: "跨省变更须先注销原证银行账户，并提交银行销户证明。请收到证明后，将 accountClosedProof 填为 true 再提交。",
                en:
                    "After a move to another province the old card's account is closed first: send this with accountClosedProof=true once the bank's proof is there."
            )
        }
        guard !ground.asksForFault || request.holdersFault != nil else {
            throw .invalid(
                "replacement.fault", zh: "请在 holdersFault 中填写是否因本人原因损坏（决定是否收费）。",
                en: "Say in “holdersFault” whether the holder damaged the card; the fee depends on it.")
        }
        let kind = try Self.kind(request, card, holder)
        return Accepted(
            fee: ground.fee(holdersFault: request.holdersFault), cardKind: kind,
            holder: try Self.holder(request, holder),
            oldCardOutstanding: ground == .loss)
    }

    private static func kind(
        _ request: Request, _ card: CardInCustody, _ holder: CardHolder
    ) throws(Refusal) -> CardKind {
        guard request.ground == .kindChange else {
            guard request.cardKind == nil || request.cardKind == card.cardKind else {
                throw .invalid(
                    "replacement.kind", zh: "只有“优待证种类变更”才能更换种类，请改选事由或去掉 cardKind。",
                    en: "Only a change of the kind of card changes it: choose that ground, or leave “cardKind” out.")
            }
            return card.cardKind
        }
        guard let kind = request.cardKind, kind != card.cardKind else {
            throw .invalid(
                "replacement.kind", zh: "请在 cardKind 中填写变更后的优待证种类（须与原种类不同）。",
                en: "Say in “cardKind” which kind the new card is; it must differ from the old one.")
        }
        guard CardKind.allowed(for: Set(holder.categories ?? [])).contains(kind) else {
            throw .conflict(
                "replacement.kind_not_allowed", zh: "按建档立卡登记的身份类别，不能申领该种优待证。身份有变化的，请先更新档案并重新申请。",
                en:
                    "The categories on file do not allow this kind of card: if they changed, update the file and submit anew."
            )
        }
        return kind
    }

    private static func holder(_ request: Request, _ holder: CardHolder) throws(Refusal) -> CardHolder {
        guard let name = request.name else { return holder }
        guard request.ground == .dataChange else {
            throw .invalid(
                "replacement.name", zh: "只有“卡面信息变更”才能变更姓名，请改选事由或去掉 name。",
                en: "Only a change of printed data changes the name: choose that ground, or leave “name” out.")
        }
        guard !name.isEmpty, name.count <= 50, name.contains(where: { !$0.isWhitespace }),
            !name.unicodeScalars.contains(where: { [.control, .format].contains($0.properties.generalCategory) })
        else {
            throw .invalid(
                "replacement.name", zh: "请填写变更后的姓名（1 至 50 个字符，一行）。",
                en: "Give the changed name in 1 to 50 characters on one line.")
        }
        return CardHolder(name: name, identityNumber: holder.identityNumber, categories: holder.categories)
    }

    private static func wrongStage(_ ground: ReplacementGround, _ stage: SubmissionStage) -> Refusal {
        switch (ground, stage) {
        case (.loss, .delivered):
            .conflict(
                "replacement.not_reported_lost", zh: "遗失补领须先正式挂失（临时挂失到期自动失效）。请先登记正式挂失。",
                en:
                    "A lost card is replaced only after a formal loss report (a temporary one lapses by itself): record that first."
            )
        case (_, .cardLost):
            .conflict(
                "replacement.reported_lost", zh: "该证已正式挂失，只能按“遗失”补领；已找回的请先登记找回。",
                en: "This card is formally reported lost: replace it as lost, or record first that it was found.")
        default:
            .conflict(
                "card.wrong_stage", zh: "该证目前状态为“\(stage.chinese)”，不能按“\(ground.chinese)”补换领。请按现状态办理。",
                en:
                    "The card is “\(stage.english)” and cannot be replaced as “\(ground.english)” now: go on from where it is."
            )
        }
    }
}
