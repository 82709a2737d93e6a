import CardProgramme
import Contracts
import FoundationEssentials

/// The columns of a list of decisions, by what stands in its first line; Chinese and English names side by side.
struct DecisionColumns: Sendable, Equatable {
    enum Column: CaseIterable { case submission, level, decision, reason, ground, time, round, note }

    private let places: [Column: Int]

    /// - Throws: ``RowProblem`` that names the columns that are missing.
    init(header: [String]) throws(RowProblem) {
        var places: [Column: Int] = [:]
        for (index, text) in header.enumerated() {
            let name = ReturnNote.trimmed(text)?.lowercased() ?? ""
            guard let column = Column.allCases.first(where: { Self.names($0).contains(name) }) else { continue }
            places[column] = places[column] ?? index
        }
        let missing = [Column.submission, .level, .decision, .time].filter { places[$0] == nil }
        guard missing.isEmpty else {
            let names = missing.compactMap { Self.names($0).first }
            throw RowProblem(
                zh: "首行缺少以下列：\(missing.compactMap { Self.names($0).last }.joined(separator: "、"))。",
                en: "the first line lacks the columns \(names.joined(separator: ", "))")
        }
        self.places = places
    }

    func text(_ column: Column, of fields: [String]) -> String {
        guard let place = self.places[column], place < fields.count else { return "" }
        return ReturnNote.trimmed(fields[place]) ?? ""
    }

    var width: Int { (self.places.values.max() ?? 0) + 1 }

    /// The first is the English name, the last the Chinese one that messages use.
    private static func names(_ column: Column) -> [String] {
        switch column {
        case .submission: ["submission", "submissionid", "submission id", "受理编号", "申请编号"]
        case .level: ["level", "环节", "级别"]
        case .decision: ["decision", "outcome", "审核结果", "结果"]
        case .reason: ["reason", "退回原因", "原因"]
        case .ground: ["ground", "不予情形", "情形"]
        case .time: ["time", "decidedat", "decided at", "决定时间", "时间"]
        case .round: ["round", "轮次"]
        case .note: ["note", "备注", "说明"]
        }
    }
}

/// Why a row of a list cannot be read, and what to do.
struct RowProblem: Error, Sendable, Equatable {
    let zh: String
    let en: String
}

extension CaseAPI.SuperiorDecisions.Item {
    /// Reads one row. A row that names no round means the one the submission is in.
    init(_ fields: [String], _ columns: DecisionColumns) throws(RowProblem) {
        guard fields.count >= columns.width else {
            throw RowProblem(
                zh: "列数不足（\(fields.count)列），可能被截断，请补全后重新导入。",
                en: "only \(fields.count) columns: the row may be cut off")
        }
        let id = columns.text(.submission, of: fields)
        guard id.utf8.count == 36, let submission = UUID(uuidString: id) else {
            throw RowProblem(zh: "申请编号不是有效编号。", en: "the submission's id is none")
        }
        let level = try Self.level(columns.text(.level, of: fields))
        let outcome = try Self.outcome(columns.text(.decision, of: fields))
        let (reason, ground) = try Self.why(columns.text(.reason, of: fields), columns.text(.ground, of: fields))
        guard let time = ListTime.parse(columns.text(.time, of: fields)) else {
            throw RowProblem(
                zh: "时间无法识别，请写成 2022-03-09 10:30 或 2022-03-09。",
                en: "the time cannot be read: write 2022-03-09 10:30 or 2022-03-09")
        }
        let roundText = columns.text(.round, of: fields)
        let round = roundText.isEmpty ? nil : Int(roundText)
        guard roundText.isEmpty || round.map({ (1...10_000).contains($0) }) == true else {
            throw RowProblem(zh: "轮次应为正整数。", en: "the round must be a whole number from 1")
        }
        let note = columns.text(.note, of: fields)
        self.init(
            submissionID: submission, level: level,
            decision: Decision(
                outcome: outcome, reason: reason, round: round ?? 1, ground: ground, note: note.isEmpty ? nil : note),
            decidedAt: time)
        self.namesNoRound = round == nil ? true : nil
    }

    private static func level(_ text: String) throws(RowProblem) -> Level {
        switch text.lowercased() {
        case "city", "市", "市级", "审核": return .city
        case "province", "省", "省级", "备案": return .province
        case "bank", "银行", "金融校验", "银行校验": return .bank
        default:
            throw RowProblem(
                zh: "级别应为 city（市）、province（省）或 bank（银行）。", en: "the level must be city, province or bank")
        }
    }

    private static func outcome(_ text: String) throws(RowProblem) -> Decision.Outcome {
        switch text.lowercased() {
        case "pass", "passed", "通过", "同意": return .pass
        case "return", "returned", "退回", "不通过", "未通过": return .return
        case "refuse", "refused", "不予", "不予通过", "不予发放": return .refuse
        default:
            throw RowProblem(
                zh: "结果应为 pass（通过）、return（退回）或 refuse（不予）。", en: "the decision must be pass, return or refuse")
        }
    }

    /// A list may have one column for both, as codes or as the Chinese words.
    private static func why(_ first: String, _ second: String) throws(RowProblem) -> (ReturnReason?, Ground?) {
        var found: (ReturnReason?, Ground?) = (nil, nil)
        for text in [first, second] where !text.isEmpty {
            if let reason = ReturnReason.allCases.first(where: { $0.rawValue == text || $0.chinese == text }) {
                found.0 = reason
            } else if let ground = Ground.allCases.first(where: { $0.rawValue == text || $0.chinese == text }) {
                found.1 = ground
            } else {
                throw RowProblem(
                    zh: "原因或情形不在目录中，请填写代码或目录中的中文名称。",
                    en: "the reason or ground is in no catalogue: write its code or its Chinese name")
            }
        }
        return found
    }
}

/// Times as lists have them: instants with their zone, or the clock on the wall in Asia/Shanghai.
enum ListTime {
    static func parse(_ text: String) -> Date? {
        if let instant = InstantText.parse(text) { return instant }
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard let first = parts.first, parts.count <= 2 else { return nil }
        let numbers = first.split(separator: first.contains("/") ? "/" : "-", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            numbers[0].utf8.count == 4,
            let day = CalendarDay("\(numbers[0])-\(Self.two(numbers[1]))-\(Self.two(numbers[2]))")
        else { return nil }
        guard parts.count == 2 else { return day.startOfDay }
        let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(clock.count), let hour = Int(clock[0]), (0...23).contains(hour),
            let minute = Int(clock[1]), (0...59).contains(minute)
        else { return nil }
        var seconds = 0
        if clock.count == 3 {
            guard let value = Int(clock[2]), (0...59).contains(value) else { return nil }
            seconds = value
        }
        return day.startOfDay.addingTimeInterval(Double(hour * 3600 + minute * 60 + seconds))
    }

    private static func two(_ text: Substring) -> String { text.utf8.count == 1 ? "0\(text)" : String(text) }
}
