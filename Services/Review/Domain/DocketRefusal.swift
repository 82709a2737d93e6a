import Contracts

/// Why a request about the docket of key verification is not carried out. Nothing was changed.
struct DocketRefusal: Error, Sendable, Equatable {
    let kind: CaseRefusal.Kind
    /// Stable reason for programs.
    let code: String
    let zh: String
    let en: String

    static let notFound = DocketRefusal(
        kind: .notFound, code: "docket.notFound", zh: "重点核查清单中没有这件申请，请先登记到清单或核对编号。",
        en: "The docket has no such submission: list it first, or check its id.")

    static let itemUnfit = DocketRefusal(
        kind: .invalid, code: "docket.item", zh: "清单中有不能登记的条目：区划、服务站、轮次须有效，且申请尚未办结。请重新汇总后登记。",
        en:
            "The list has an item that cannot be on the docket: division, station and round must be valid and the submission unsettled. Gather the list again."
    )

    static let findingUnfit = DocketRefusal(
        kind: .invalid, code: "docket.finding", zh: "核查情况须为1至\(Self.longestFinding)个字，且不能含有不可显示的字符。",
        en: "A finding has 1 to \(Self.longestFinding) characters and none that cannot be shown.")

    static let stateUnfit = DocketRefusal(
        kind: .invalid, code: "docket.state", zh: "核查结论只能是“已解决”（solved）或“疑难问题”（hardCase）。",
        en: "An investigation ends as solved or as hardCase: choose one of them.")

    static let notInvestigated = DocketRefusal(
        kind: .conflict, code: "docket.notInvestigated", zh: "尚未登记核查情况，请逐一调查核实并登记后再作结论。",
        en: "Nothing has been found out yet: investigate, note what was found, and conclude then.")

    static let concluded = DocketRefusal(
        kind: .conflict, code: "docket.concluded", zh: "该问题已解决，如再次出现，请重新汇总清单后办理。",
        en: "This problem is solved already; if it is there again, gather the list anew.")

    static let overtaken = DocketRefusal(
        kind: .conflict, code: "docket.overtaken", zh: "该条目刚刚被其他人办理，请刷新后查看最新情况。",
        en: "Somebody else worked on this entry a moment ago: load it again.")

    /// In characters.
    static let longestFinding = 1_000

    static func isFinding(_ text: String) -> Bool {
        text.count <= Self.longestFinding
            && text.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy { line in
                line.unicodeScalars.allSatisfy { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .surrogate, .privateUse, .unassigned: false
                    default: true
                    }
                }
            }
    }

    /// Codes of divisions and stations: digits and hyphens.
    static func isCode(_ text: String) -> Bool {
        (2...12).contains(text.utf8.count)
            && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: "-") }
    }
}
