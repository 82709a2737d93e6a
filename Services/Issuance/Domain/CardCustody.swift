import CardProgramme
import FoundationEssentials

/// Moves cards one step along the chain of custody: ordered, in production, in transit, at the centre, on the way to the
/// station, at the station, delivered.
///
/// Which step is possible is decided by the programme's state machine alone; here a whole list moves or none of it.
enum CardCustody {
    /// Stages a card order can be in; any other stage of a submission lies before the order.
    static let stages: [SubmissionStage] = [
        .ordered, .inProduction, .inTransit, .atCentre, .onWayToStation, .atStation, .delivered,
    ]

    /// Most cards a batch, a parcel or a hand-over may hold; keeps one transaction short.
    static let mostCards = 2_000

    /// The stage all these cards reach by a step.
    ///
    /// - Throws: `Refusal` naming up to three cards for which the step is not possible now.
    static func advance(_ cards: [CardInCustody], by step: SubmissionStep) throws(Refusal) -> SubmissionStage {
        var reached: SubmissionStage?
        var refused: [CardInCustody] = []
        for card in cards {
            var machine = SubmissionStateMachine(stage: card.stage)
            do throws(ImpossibleStep) {
                try machine.apply(step)
                reached = machine.stage
            } catch {
                refused.append(card)
            }
        }
        if let first = refused.first {
            let ids = Self.named(refused.map(\.submissionID))
            throw .conflict(
                "card.wrong_stage",
                zh: "有 \(refused.count) 张优待证目前不能办理此步骤（\(ids)；其中第一张的状态为“\(first.stage.chinese)”）。请刷新列表，去掉这些优待证后重新提交。",
                en:
                    "\(refused.count) of the cards cannot take this step now (\(ids); the first is “\(first.stage.english)”). Reload the list, leave these cards out and send it again."
            )
        }
        guard let reached else { throw Self.noCards }
        return reached
    }

    /// A list of cards as a caller sends it: not empty, not too long, nothing twice.
    ///
    /// - Returns: The ids in ascending order, the order in which rows are locked.
    static func list(_ submissions: [UUID]) throws(Refusal) -> [UUID] {
        guard !submissions.isEmpty else { throw Self.noCards }
        guard submissions.count <= Self.mostCards else {
            throw .invalid(
                "cards.too_many", zh: "一次最多可提交 \(Self.mostCards) 张优待证，请分批提交。",
                en: "At most \(Self.mostCards) cards fit into one call: send the list in parts.")
        }
        let sorted = Set(submissions).sorted { $0.uuidString < $1.uuidString }
        guard sorted.count == submissions.count else {
            throw .invalid(
                "cards.listed_twice", zh: "清单中有 \(submissions.count - sorted.count) 个编号重复，请逐张核对后重新提交。",
                en:
                    "Some ids stand twice in the list (\(submissions.count - sorted.count)): check it card by card and send it again."
            )
        }
        return sorted
    }

    /// - Throws: `Refusal` when some of the listed cards are not known here.
    static func requireAll(_ listed: [UUID], among found: [CardInCustody]) throws(Refusal) {
        guard found.count != listed.count else { return }
        let known = Set(found.map(\.submissionID))
        let missing = listed.filter { !known.contains($0) }
        throw .conflict(
            "cards.unknown", zh: "清单中有 \(missing.count) 个编号没有对应的制证记录（\(Self.named(missing))）。请核对清单后重新提交。",
            en:
                "The list has \(missing.count) without a card order (\(Self.named(missing))). Check the list and send it again."
        )
    }

    /// - Throws: `Refusal` when a card belongs to another station (R90).
    static func requireStation(_ station: String, of cards: [CardInCustody]) throws(Refusal) {
        let foreign = cards.filter { $0.station != station }.map(\.submissionID)
        guard !foreign.isEmpty else { return }
        throw .conflict(
            "cards.other_station",
            zh: "有 \(foreign.count) 张优待证不属于 \(station)（\(Self.named(foreign))）。请按服务站重新分类后再交接。",
            en:
                "\(foreign.count) of the cards do not belong to \(station) (\(Self.named(foreign))). Sort them by station again."
        )
    }

    /// Up to three ids, enough to find the mistake without flooding an answer.
    static func named(_ submissions: [UUID]) -> String {
        let shown = submissions.prefix(3).map { $0.uuidString.lowercased() }.joined(separator: ", ")
        return submissions.count > 3 ? shown + ", …" : shown
    }

    private static let noCards = Refusal.invalid(
        "cards.none", zh: "清单是空的，请至少列出一张优待证。", en: "The list is empty: name at least one card.")
}
