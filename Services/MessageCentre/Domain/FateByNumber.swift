/// The fate a number has by its last four digits, when no script says otherwise. The README shows it as a table.
enum FateByNumber {
    static let table: [String: Fate] = [
        "9001": Fate(ending: .undelivered),
        "9002": Fate(ending: .expired),
        "9003": Fate(ending: .rejected),
        "9004": Fate(refusal: Fate.Refusal(status: 0x0B)),
        "9005": Fate(refusal: Fate.Refusal(status: 0x58, times: 2)),
        "9006": Fate(refusal: Fate.Refusal(status: 0x14)),
        "9007": Fate(ending: .silent),
        "9008": Fate(receiptDelay: 60_000),
        "9009": Fate(receiptCopies: 2),
        "9010": Fate(receiptFirst: true),
        "9011": Fate(reply: "1"),
        "9012": Fate(reply: "2"),
        "9013": Fate(reply: "退订"),
        "9014": Fate(reply: "T"),
        "9015": Fate(refusal: Fate.Refusal(status: 0x14, times: 2)),
        "9021": Fate(cut: .untaken),
        "9022": Fate(cut: .beforeAnswer),
        "9023": Fate(cut: .afterAnswer),
    ]

    static func fate(of number: String) -> Fate {
        Self.table[String(Fate.key(of: number).suffix(4))] ?? Fate()
    }
}
