import CardProgramme

/// What the centre saw when a parcel was handed to it: counted, envelope and cards looked at (R88, R89).
struct ParcelInspection: Sendable, Equatable {
    let count: Int
    let envelopeIntact: Bool
    let cardsIntact: Bool

    /// What is wrong with it; empty when it may be signed for.
    ///
    /// - Parameter expected: How many cards the card maker posted under this tracking number.
    func damage(expected: Int) -> [ParcelDamage] {
        var damage: [ParcelDamage] = []
        if !self.envelopeIntact { damage.append(.envelopeDamaged) }
        if !self.cardsIntact { damage.append(.cardsDamaged) }
        if self.count < expected { damage.append(.cardsMissing) }
        if self.count > expected { damage.append(.cardsTooMany) }
        return damage
    }

    /// - Throws: `Refusal` for a count that is none.
    func requireCount() throws(Refusal) {
        guard (0...100_000).contains(self.count) else {
            throw .invalid(
                "parcel.count", zh: "清点数量应为 0 至 100000 的整数，请重新填写 count。",
                en: "The number counted is a whole number from 0 to 100,000: correct “count”.")
        }
    }

    /// Said when such a parcel is not photographed yet: it cannot be accepted, and not be refused without a picture (R92).
    static func photographFirst(
        _ trackingNumber: String, _ damage: [ParcelDamage], count: Int, expected: Int
    ) -> Refusal {
        let zh = damage.map(\.chinese).joined(separator: "、")
        let en = damage.map(\.english).joined(separator: ", ")
        return .conflict(
            "parcel.photo_required",
            zh:
                "邮包 \(trackingNumber) 不能签收：\(zh)（清点 \(count) 张，寄出 \(expected) 张）。请重新清点；确有问题的当面拒收，先拍照上传至少一张照片，再提交一次即登记拒收并生成破损报告。系统尚未登记任何结果。",
            en:
                "The parcel \(trackingNumber) cannot be signed for: \(en) (\(count) counted, \(expected) posted). Count again; if it stays so, refuse it on the spot: upload at least one photograph, and send this again to record the refusal and write its report. Nothing is recorded yet."
        )
    }
}
