import CardProgramme

/// The way back up of a card nobody could be reached for: station, centre, city, province, hand by hand (N25).
struct ReturnRoute: Sendable, Equatable {
    let from: Level
    let to: Level
    /// The step the card takes when the next hand signs.
    let step: SubmissionStep
    /// Where it then is.
    let stage: SubmissionStage

    static let all = [
        ReturnRoute(from: .station, to: .centre, step: .returnedToCentre, stage: .backAtCentre),
        ReturnRoute(from: .centre, to: .city, step: .returnedToCity, stage: .backAtCity),
        ReturnRoute(from: .city, to: .province, step: .returnedToProvince, stage: .backAtProvince),
    ]

    /// - Throws: `Refusal` naming cards whose three months are not over, as the station's part of the rule asks.
    func requireDue(_ cards: [CardInCustody], today: CalendarDay) throws(Refusal) {
        guard self.from == .station else { return }
        let early = cards.filter { card in card.returnOn.map { today < $0 } ?? true }
        guard let first = early.first else { return }
        let day = first.returnOn.map(\.chinese) ?? "–"
        throw .conflict(
            "return.not_due",
            zh:
                "有 \(early.count) 张优待证到站未满三个月（\(CardCustody.named(early.map(\.submissionID)))；第一张 \(day) 起方可退回）。请继续联系本人，到期后再逐级退回。",
            en:
                "\(early.count) of the cards have not been at the station for three months (\(CardCustody.named(early.map(\.submissionID))); the first goes back from \(first.returnOn?.description ?? "–")): go on trying to reach the holders."
        )
    }
}
