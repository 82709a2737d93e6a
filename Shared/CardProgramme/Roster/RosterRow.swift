/// One person of a roster file, as its columns say it; what must be right beyond its spelling is the service's to judge.
package struct RosterRow: Sendable, Equatable {
    package var name = ""
    package var identityNumber = ""
    package var categories: [Category] = []
    /// Code of the station, or its name as the file has it.
    package var station = ""
    package var phones: [String] = []
    package var address: String?
    package var registeredDivision: String?
    package var residentDivision: String?
    package var circumstances: [Circumstance]?
    package var serviceUnit: String?
    package var household: String?
    package var hasNoPhone: Bool?
    package var civilCapacity: CivilCapacity?
    package var guardian: Related?
    package var relative: Related?
    package var compared = false

    /// Somebody with a contact point of their own, out of three columns.
    package struct Related: Sendable, Equatable {
        package var name: String
        package var relation: String
        package var phone: String?

        package init(name: String, relation: String, phone: String?) {
            self.name = name
            self.relation = relation
            self.phone = phone
        }
    }
}

/// Why a row, or a header, cannot be read: in both languages, without repeating what stood there.
package struct RosterMistake: Error, Sendable, Equatable {
    package let column: RosterColumn?
    package let code: String
    package let zh: String
    package let en: String

    package init(_ column: RosterColumn?, _ code: String, zh: String, en: String) {
        self.column = column
        self.code = code
        self.zh = zh
        self.en = en
    }
}

/// The columns of a roster file, by their Chinese or English heading in any order. Raw values are the English headings.
package enum RosterColumn: String, Sendable, CaseIterable {
    case name, identityNumber, category, station, phone, address, registeredDivision, residentDivision, circumstances,
        serviceUnit, household, civilCapacity, guardianName, guardianRelation, guardianPhone, relativeName,
        relativeRelation, relativePhone, fileComplete, remark

    /// The heading people here write first; others are taken as well, see ``named(_:)``.
    package var chinese: String { self.headings[0] }

    /// Without these a row says nothing.
    package var isRequired: Bool { [.name, .identityNumber, .category, .station].contains(self) }

    private var headings: [String] {
        switch self {
        case .name: ["姓名"]
        case .identityNumber: ["身份证号", "公民身份号码", "身份证号码", "身份号码"]
        case .category: ["类别", "优抚对象类别", "人员类别", "身份类别"]
        case .station: ["服务站", "所属服务站", "乡镇（街道）", "乡镇街道", "服务站编号"]
        case .phone: ["电话", "联系电话", "手机号", "手机号码"]
        case .address: ["现住址", "住址", "家庭住址"]
        case .registeredDivision: ["户籍地代码", "户籍地", "户籍地行政区划代码"]
        case .residentDivision: ["常住地代码", "常住地", "常住地行政区划代码"]
        case .circumstances: ["行动不便情况", "行动不便"]
        case .serviceUnit: ["部队（单位）", "部队", "单位", "服役部队"]
        case .household: ["户号", "户口簿号"]
        case .civilCapacity: ["民事行为能力"]
        case .guardianName: ["监护人姓名", "监护人"]
        case .guardianRelation: ["与监护人关系", "监护人关系"]
        case .guardianPhone: ["监护人电话"]
        case .relativeName: ["联系人姓名", "联系人"]
        case .relativeRelation: ["与联系人关系", "联系人关系"]
        case .relativePhone: ["联系人电话"]
        case .fileComplete: ["档案完整", "已核对"]
        case .remark: ["备注"]
        }
    }

    /// The column of a heading; blanks, brackets of either width and the case of letters make no difference.
    package static func named(_ heading: String) -> RosterColumn? {
        let key = Self.key(heading)
        return Self.byHeading[key]
    }

    private static let byHeading: [String: RosterColumn] = {
        var known: [String: RosterColumn] = [:]
        for column in Self.allCases {
            for heading in column.headings + [column.rawValue] { known[Self.key(heading)] = column }
        }
        return known
    }()

    private static func key(_ heading: String) -> String {
        String(
            heading.lowercased().compactMap { character in
                switch character {
                case _ where character.isWhitespace, "_", "-", "\u{FEFF}": nil
                case "(": "（"
                case ")": "）"
                default: character
                }
            })
    }
}

/// Which column stands where in a file, from its first row.
package struct RosterHeader: Sendable, Equatable {
    private let columns: [RosterColumn?]

    /// - Throws: ``RosterMistake`` naming the columns that are missing or stand twice. Headings nobody knows are passed over:
    ///   offices keep columns of their own.
    package init(_ headings: [String]) throws(RosterMistake) {
        self.columns = headings.map(RosterColumn.named)
        for column in RosterColumn.allCases where self.columns.filter({ $0 == column }).count > 1 {
            throw RosterMistake(
                column, "roster.header", zh: "表头中“\(column.chinese)”一栏出现多次，请只保留一栏。",
                en: "The heading \(column.rawValue) stands more than once: keep one.")
        }
        let missing = RosterColumn.allCases.filter { $0.isRequired && !self.columns.contains($0) }
        guard missing.isEmpty else {
            throw RosterMistake(
                missing[0], "roster.header",
                zh: "第一行应为表头，缺少：\(missing.map(\.chinese).joined(separator: "、"))。",
                en:
                    "The first row must be the headings; missing: \(missing.map { "\($0.chinese) (\($0.rawValue))" }.joined(separator: ", "))."
            )
        }
    }

    /// Headings that are passed over.
    package var unknownCount: Int { self.columns.count { $0 == nil } }

    /// Reads one row.
    ///
    /// - Throws: Every mistake of the row.
    package func row(_ fields: [String]) throws(RosterMistakes) -> RosterRow {
        var row = RosterRow()
        var mistakes: [RosterMistake] = []
        guard fields.count == self.columns.count else {
            throw RosterMistakes([
                RosterMistake(
                    nil, "roster.columns", zh: "该行有\(fields.count)栏，表头有\(self.columns.count)栏，请检查多余或缺少的逗号。",
                    en:
                        "The row has \(fields.count) fields and the header \(self.columns.count): look for a comma too many or too few."
                )
            ])
        }
        var related: [RosterColumn: String] = [:]
        for (column, field) in zip(self.columns, fields) {
            let text = Self.trimmed(field)
            guard let column, !text.isEmpty else { continue }
            do throws(RosterMistake) {
                try Self.read(text, column, into: &row, &related)
            } catch {
                mistakes.append(error)
            }
        }
        for column in RosterColumn.allCases where column.isRequired && row.lacks(column) {
            guard !mistakes.contains(where: { $0.column == column }) else { continue }
            mistakes.append(
                RosterMistake(
                    column, "roster.empty", zh: "“\(column.chinese)”没有填写。", en: "\(column.rawValue) is empty."))
        }
        row.guardian = Self.related(
            related[.guardianName], related[.guardianRelation], related[.guardianPhone], standard: "监护")
        row.relative = Self.related(
            related[.relativeName], related[.relativeRelation], related[.relativePhone], standard: "亲属")
        guard mistakes.isEmpty else { throw RosterMistakes(mistakes) }
        return row
    }

    private static func read(
        _ text: String, _ column: RosterColumn, into row: inout RosterRow, _ related: inout [RosterColumn: String]
    ) throws(RosterMistake) {
        switch column {
        case .name: row.name = text
        // Spreadsheets keep a number from being rounded by a leading apostrophe or ="…".
        case .identityNumber: row.identityNumber = Self.unquoted(text)
        case .category:
            for part in Self.parts(text) { row.categories.append(try Self.category(part)) }
        case .station: row.station = Self.unquoted(text)
        case .phone:
            if ["无", "无电话", "没有", "none"].contains(text.lowercased()) {
                row.hasNoPhone = true
            } else {
                row.phones = Self.parts(text).map(Self.unquoted)
            }
        case .address: row.address = text
        case .registeredDivision: row.registeredDivision = Self.unquoted(text)
        case .residentDivision: row.residentDivision = Self.unquoted(text)
        case .circumstances:
            var circumstances: [Circumstance] = []
            for part in Self.parts(text) where part != "无" { circumstances.append(try Self.circumstance(part)) }
            row.circumstances = circumstances
        case .serviceUnit: row.serviceUnit = text
        case .household: row.household = Self.unquoted(text)
        case .civilCapacity:
            guard let capacity = CivilCapacity.allCases.first(where: { text == $0.rawValue || text == $0.chinese })
            else {
                throw RosterMistake(
                    column, "roster.capacity",
                    zh: "民事行为能力应为：\(CivilCapacity.allCases.map(\.chinese).joined(separator: "、"))。",
                    en: "The civil capacity must be one of full, limited, none.")
            }
            row.civilCapacity = capacity
        case .fileComplete:
            guard let value = Self.truth(text) else {
                throw RosterMistake(
                    column, "roster.truth", zh: "“\(column.chinese)”请填“是”或“否”。",
                    en: "\(column.rawValue) must be 是 (yes) or 否 (no).")
            }
            row.compared = value
        case .guardianName, .guardianRelation, .guardianPhone, .relativeName, .relativeRelation, .relativePhone:
            related[column] = Self.unquoted(text)
        case .remark: break
        }
    }

    private static func category(_ text: String) throws(RosterMistake) -> Category {
        guard let category = Category.allCases.first(where: { text == $0.chinese || text == $0.rawValue }) else {
            throw RosterMistake(
                .category, "roster.category",
                zh: "没有这个类别，可用：\(Category.allCases.map(\.chinese).joined(separator: "、"))。",
                en:
                    "There is no such category; there are: \(Category.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        return category
    }

    private static func circumstance(_ text: String) throws(RosterMistake) -> Circumstance {
        guard let value = Circumstance.allCases.first(where: { text == $0.chinese || text == $0.rawValue }) else {
            throw RosterMistake(
                .circumstances, "roster.circumstance",
                zh: "行动不便情况应为：\(Circumstance.allCases.map(\.chinese).joined(separator: "、"))。",
                en: "The circumstances are: \(Circumstance.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return value
    }

    private static func related(
        _ name: String?, _ relation: String?, _ phone: String?, standard: String
    ) -> RosterRow.Related? {
        guard let name else { return nil }
        return RosterRow.Related(name: name, relation: relation ?? standard, phone: phone)
    }

    private static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "是", "y", "yes", "true", "1", "√", "完整", "已核对": true
        case "否", "n", "no", "false", "0", "×", "不完整", "未核对": false
        default: nil
        }
    }

    /// Several values in one field.
    private static func parts(_ text: String) -> [String] {
        text.split { "、;；/|".contains($0) }.map { Self.trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    private static func unquoted(_ text: String) -> String {
        var part = text[...]
        if part.hasPrefix("=\""), part.hasSuffix("\""), part.utf8.count > 3 { part = part.dropFirst(2).dropLast() }
        if part.first == "'" || part.first == "’" { part = part.dropFirst() }
        return Self.trimmed(String(part))
    }

    private static func trimmed(_ text: String) -> String {
        var part = text[...]
        while let first = part.first, first.isWhitespace || first == "\u{FEFF}" { part = part.dropFirst() }
        while let last = part.last, last.isWhitespace { part = part.dropLast() }
        return String(part)
    }
}

/// All that is wrong with one row.
package struct RosterMistakes: Error, Sendable, Equatable {
    package let mistakes: [RosterMistake]

    package init(_ mistakes: [RosterMistake]) { self.mistakes = mistakes }
}

extension RosterRow {
    fileprivate func lacks(_ column: RosterColumn) -> Bool {
        switch column {
        case .name: self.name.isEmpty
        case .identityNumber: self.identityNumber.isEmpty
        case .category: self.categories.isEmpty
        case .station: self.station.isEmpty
        default: false
        }
    }
}
