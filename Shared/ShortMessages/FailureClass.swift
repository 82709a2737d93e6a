/// Why a message did not arrive, as far as it decides what to do next.
package enum FailureClass: String, Sendable, Codable, CaseIterable {
    /// No such number: retire it.
    case invalidNumber
    /// The line is suspended (停机): try again in days, or another way.
    case suspended
    /// Switched off or out of reach (关机): try again at another time of day.
    case temporarilyOff
    /// Blocked by the person or the carrier: go to the telephone.
    case blocked
    /// The text, the template or the signature is refused: no fault of the person. Stop the campaign, tell an operator.
    case contentOrSignature
    /// Too many at once, or too many to this number today: may be repeated later.
    case throttled
    /// A code that is not in the table. Never guessed: an operator decides.
    case unknownCode

    /// Reads a carrier's result, as SMPP, CMPP and the clouds hand it on: one or more codes and words (§4.4).
    ///
    /// - Returns: nil for `DELIVRD`, which is no failure.
    package static func carrier(_ result: String) -> FailureClass? {
        let text = TextFolding.fold(result)
        if text == "DELIVRD" || text == "OK" || text == "0" { return nil }
        // A code stands for itself, never as a part of a longer one: MK:0001 is not in MK:00012.
        let words = Set(text.split { $0 == " " || $0 == "," || $0 == ";" || $0 == "/" || $0 == "(" || $0 == ")" })
        // What says more is asked first: a receipt may read "UNDELIV MK:0001".
        for (failure, codes) in Self.codes where codes.contains(where: { words.contains($0[...]) }) { return failure }
        // "关机/停机/不在服务区" names more than one: that is not known then.
        let named = Self.phrases.filter { $0.1.contains { text.contains($0) } }
        if named.count == 1 { return named[0].0 }
        guard named.isEmpty else { return .unknownCode }
        for (failure, states) in Self.states where words.contains(states[...]) { return failure }
        return .unknownCode
    }

    private static let codes: [(FailureClass, Set<String>)] = [
        (.invalidNumber, ["MK:0001", "DB:0101", "CB:0001"]),
        (.suspended, ["MK:0005", "MK:0013", "DB:0102"]),
        (.temporarilyOff, ["MK:0010", "MK:0023"]),
        (.blocked, ["DB:0144", "DBBLACK", "MBBLACK"]),
        (.contentOrSignature, ["MK:0014", "MK:0115"]),
        (.throttled, ["IB:0008", "0X58", "0X00000058", "0X14", "0X00000014"]),
    ]

    private static let phrases: [(FailureClass, [String])] = [
        (.invalidNumber, ["空号"]), (.suspended, ["停机"]), (.temporarilyOff, ["关机"]), (.blocked, ["黑名单"]),
        (.contentOrSignature, ["签名未报备", "关键词", "关键字"]), (.throttled, ["流控"]),
    ]

    /// The states of SMPP that say only this much.
    private static let states: [(FailureClass, String)] = [(.suspended, "UNDELIV"), (.temporarilyOff, "EXPIRED")]
}
