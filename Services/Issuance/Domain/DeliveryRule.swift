import CardProgramme

/// Who may be given a card, and what shows it (R94–R97).
struct DeliveryRule: Sendable, Equatable {
    let mode: DeliveryMode
    let receiver: CardReceiver
    let relation: String?
    /// Without doubles, in a fixed order.
    let proof: [DeliveryProof]

    /// - Parameter modes: Those the programme names (R95).
    /// - Throws: `Refusal` without a proof, for a proxy without a stated relation, or for a mode the programme lacks.
    init(
        mode: DeliveryMode, receiver: CardReceiver, relation: String?, proof: [DeliveryProof], modes: [DeliveryMode]
    ) throws(Refusal) {
        guard modes.contains(mode) else {
            let known = modes.map(\.chinese).joined(separator: "、")
            throw .invalid(
                "delivery.mode", zh: "本方案没有这种送达方式，请选择：\(known)。",
                en:
                    "The programme has no such way of delivery; it has: \(modes.map(\.rawValue).joined(separator: ", "))."
            )
        }
        guard !proof.isEmpty else {
            throw .invalid(
                "delivery.proof", zh: "送达须有凭据，请在 proof 中至少选择一项：签字、照片或证件种类（不填证件号码）。",
                en:
                    "A delivery needs a proof: name at least one in “proof”, a signature, a photograph or the kind of a document (never its number)."
            )
        }
        if receiver.isProxy {
            guard let relation, relation.contains(where: { !$0.isWhitespace }) else {
                throw .invalid(
                    "delivery.relation", zh: "由\(receiver.chinese)代领的，请在 relation 中写明与本人的关系。",
                    en: "Somebody else took the card: say in “relation” what they are to the holder.")
            }
            self.relation = try PlainText.remark(relation, "relation", upTo: 40)
        } else {
            guard relation == nil else {
                throw .invalid(
                    "delivery.relation", zh: "本人领取的不填 relation；由他人代领的请改填 receivedBy。",
                    en: "The holder has no “relation”: leave it out, or say in “receivedBy” who took the card.")
            }
            self.relation = nil
        }
        self.mode = mode
        self.receiver = receiver
        self.proof = DeliveryProof.allCases.filter(proof.contains)
    }

    /// How it is sealed: `holder`, or `relative|女儿`.
    var signature: String { self.relation.map { "\(self.receiver.rawValue)|\($0)" } ?? self.receiver.rawValue }

    /// How the kinds of proof are stored.
    var proofText: String { self.proof.map(\.rawValue).joined(separator: ",") }
}
