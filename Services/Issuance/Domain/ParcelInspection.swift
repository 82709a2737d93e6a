/// What the centre saw when a parcel was handed to it: counted, envelope and cards looked at (R88, R89).
struct ParcelInspection: Sendable, Equatable {
    let count: Int
    let envelopeIntact: Bool
    let cardsIntact: Bool

    /// - Parameter expected: How many cards the card maker posted under this tracking number.
    /// - Throws: `Refusal` when the parcel must be refused on the spot (R92) or counted again; it stays in transit.
    func judge(trackingNumber: String, expected: Int) throws(Refusal) {
        guard self.envelopeIntact, self.cardsIntact else {
            throw .conflict(
                "parcel.damaged",
                zh: "包装破损，内装优待证可能丢失、损坏的，应当面拒收，并及时将快递单号（\(trackingNumber)）、破损情况等逐级上报至省退役军人服务中心。系统未登记签收。",
                en:
                    "The package is damaged and cards may be lost or damaged: refuse it on the spot, and report the tracking number (\(trackingNumber)) and the damage level by level up to the provincial service centre. Nothing was signed for."
            )
        }
        guard self.count == expected else {
            throw .conflict(
                "parcel.count_differs",
                zh:
                    "清点数量为 \(self.count) 张，制卡单位寄出 \(expected) 张，数量不符。请重新清点；仍不符的应当面拒收，并将快递单号（\(trackingNumber)）和短缺情况逐级上报。系统未登记签收。",
                en:
                    "\(self.count) cards were counted and \(expected) were posted. Count again; if the numbers still differ, refuse the parcel on the spot and report the tracking number (\(trackingNumber)) and what is missing level by level. Nothing was signed for."
            )
        }
    }
}
