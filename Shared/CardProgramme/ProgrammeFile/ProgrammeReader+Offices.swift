extension ProgrammeReader {
    // MARK: - Stations and levels

    mutating func stations(_ fields: YAMLReader.Fields, division: String?) -> [Programme.Station]? {
        guard let nodes = self.yaml.list(fields, "stations") else { return nil }
        var stations: [Programme.Station] = []
        for (index, node) in nodes.enumerated() {
            let path = "stations[\(index + 1)]"
            guard let station = self.yaml.fields(node, path: path, required: ["code", "name"]) else { continue }
            let name = self.yaml.text(station, "name")
            guard let code = self.stationCode(station, division: division), let name else { continue }
            if stations.contains(where: { $0.code == code }) {
                self.yaml.note(station["code"] ?? node, "服务站代码 \(code) 出现两次。", "The station code \(code) stands twice.")
            }
            if stations.contains(where: { $0.name == name }) {
                self.yaml.note(station["name"] ?? node, "服务站“\(name)”出现两次。", "The station “\(name)” stands twice.")
            }
            stations.append(Programme.Station(code: code, name: name))
        }
        return stations
    }

    private mutating func stationCode(_ station: YAMLReader.Fields, division: String?) -> String? {
        guard let node = station["code"], let code = self.yaml.text(station, "code") else { return nil }
        let bytes = Array(code.utf8)
        let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        guard bytes.count == 9, bytes[..<6].allSatisfy(isDigit), bytes[6] == UInt8(ascii: "-"),
            bytes[7...].allSatisfy(isDigit)
        else {
            self.yaml.note(
                node, "\(station.path).code 应为“区划代码-两位数字”，例如 \"\(division ?? "341602")-01\"。",
                "\(station.path).code must be the division, a hyphen and two digits, for example \"\(division ?? "341602")-01\"."
            )
            return nil
        }
        if let division, !code.hasPrefix(division) {
            self.yaml.note(
                node, "\(station.path).code 不属于区划 \(division)。",
                "\(station.path).code is not of the division \(division).")
            return nil
        }
        return code
    }

    mutating func levels(_ fields: YAMLReader.Fields) -> [Programme.LevelDuty]? {
        guard let nodes = self.yaml.list(fields, "levels") else { return nil }
        var levels: [Programme.LevelDuty] = []
        for (index, node) in nodes.enumerated() {
            let path = "levels[\(index + 1)]"
            guard
                let duty = self.yaml.fields(
                    node, path: path, required: ["level", "duty", "office"], optional: ["returns_to"]),
                let levelNode = duty["level"],
                let level: Level = self.yaml.code(levelNode, path: "\(path).level", chinese: \.chinese)
            else { continue }
            let returnsTo: Holder? = duty["returns_to"].flatMap {
                self.yaml.code($0, path: "\(path).returns_to", chinese: \.chinese)
            }
            if level != Self.order(index) {
                let expected = Self.order(index)?.rawValue ?? "-"
                self.yaml.note(
                    levelNode,
                    "级别应依次为 station、centre、bureau、city、province，银行校验的方案再加 bank，此处应为 \(expected)。",
                    "Levels go station, centre, bureau, city, province and, where the bank checks, bank; here \(expected) is due."
                )
            }
            if duty["returns_to"] == nil || returnsTo != nil, returnsTo != Self.returnRoute(of: level) {
                let route = Self.returnRoute(of: level)?.rawValue
                self.yaml.note(
                    duty["returns_to"] ?? node,
                    route.map { "\(level.rawValue) 只能退回 \($0)。" } ?? "\(level.rawValue) 不退回，请删除 returns_to。",
                    route.map { "\(level.rawValue) returns to \($0) and nobody else." }
                        ?? "\(level.rawValue) returns nothing; remove returns_to.")
            }
            let name = self.yaml.text(duty, "duty")
            let office = self.yaml.text(duty, "office")
            guard let name, let office else { continue }
            levels.append(Programme.LevelDuty(level: level, duty: name, office: office, returnsTo: returnsTo))
        }
        // The bank's check is a step some programmes have and some have not (N23).
        let needed = Level.allCases.filter { $0 != .bank }
        if nodes.count < needed.count, let node = fields["levels"] {
            let missing = needed.dropFirst(nodes.count).map(\.rawValue).joined(separator: ", ")
            self.yaml.note(node, "levels 缺少：\(missing)。", "levels lacks: \(missing).")
        }
        return levels
    }

    private static func order(_ index: Int) -> Level? {
        Level.allCases.indices.contains(index) ? Level.allCases[index] : nil
    }

    /// To whom the state machine lets a level return (R64, R81, R84).
    private static func returnRoute(of level: Level) -> Holder? {
        let step: SubmissionStep
        switch level {
        case .station: step = .checkReturned
        case .centre: step = .verificationReturned
        case .bureau: step = .initialReviewReturned
        case .city: step = .auditReturned
        case .bank: step = .bankCheckReturned
        case .province: return nil
        }
        return SubmissionStateMachine.stages(allowing: step).first
            .flatMap { SubmissionStateMachine.stage(after: step, from: $0) }?.holder
    }

    // MARK: - Deadlines

    /// The limits (`deadlines`) are required; `targets` for what the documents leave open have defaults (A8).
    mutating func deadlines(_ fields: YAMLReader.Fields) -> Deadlines? {
        let standard = Deadlines.standard
        let limits = fields["deadlines"].flatMap {
            self.yaml.fields(
                $0, path: "deadlines",
                required: ["initial_review_working_days", "delivery_working_days", "monthly_report_day"],
                optional: ["audit_and_filing_working_days", "return_to_province_months"])
        }
        let targets = fields["targets"].flatMap {
            self.yaml.fields(
                $0, path: "targets", required: [],
                optional: [
                    "station_check_working_days", "verification_working_days", "correction_working_days",
                    "hand_over_working_days",
                ])
        }
        guard let limits else { return nil }
        let initialReview = self.yaml.integer(limits, "initial_review_working_days", in: 1...250)
        let delivery = self.yaml.integer(limits, "delivery_working_days", in: 1...250)
        let report = self.yaml.integer(limits, "monthly_report_day", in: 1...31)
        let audit = self.yaml.integer(limits, "audit_and_filing_working_days", in: 1...250)
        let months = self.yaml.integer(limits, "return_to_province_months", in: 1...60)
        let check = self.target(targets, "station_check_working_days", standard.stationCheck)
        let verification = self.target(targets, "verification_working_days", standard.verification)
        let correction = self.target(targets, "correction_working_days", standard.correction)
        let handOver = self.target(targets, "hand_over_working_days", standard.handOver)
        guard let initialReview, let delivery, let report else { return nil }
        return Deadlines(
            initialReview: .init(workingDays: initialReview, nature: .limit),
            delivery: .init(workingDays: delivery, nature: .limit),
            auditAndFiling: .init(workingDays: audit ?? standard.auditAndFiling.workingDays, nature: .limit),
            stationCheck: check, verification: verification, correction: correction, handOver: handOver,
            returnToProvinceMonths: months ?? standard.returnToProvinceMonths, monthlyReportDay: report)
    }

    private mutating func target(
        _ targets: YAMLReader.Fields?, _ key: String, _ standard: Deadlines.Period
    ) -> Deadlines.Period {
        guard let targets, let days = self.yaml.integer(targets, key, in: 1...250) else { return standard }
        return Deadlines.Period(workingDays: days, nature: .target)
    }

    // MARK: - Lists and notes

    mutating func codes<Code: RawRepresentable<String> & CaseIterable & Equatable>(
        _ fields: YAMLReader.Fields, _ key: String, path: String? = nil, chinese: (Code) -> String
    ) -> [Code] {
        let path = path ?? key
        var codes: [Code] = []
        for (index, node) in (self.yaml.list(fields, key) ?? []).enumerated() {
            guard let code: Code = self.yaml.code(node, path: "\(path)[\(index + 1)]", chinese: chinese) else {
                continue
            }
            if codes.contains(code) {
                self.yaml.note(node, "\(path) 中 \(code.rawValue) 出现两次。", "\(code.rawValue) stands twice in \(path).")
            }
            codes.append(code)
        }
        return codes
    }

    /// Which grounds the province refuses outright; only those it would otherwise judge can be listed (N21, N22).
    mutating func refusedOutright(_ fields: YAMLReader.Fields) -> [Ground] {
        guard let node = fields["refused_outright"] else { return [] }
        let grounds: [Ground] = self.codes(fields, "refused_outright", chinese: \.chinese)
        for ground in grounds where ground.kind != .ruling {
            let known = Ground.allCases.filter { $0.kind == .ruling }.map(\.rawValue).joined(separator: ", ")
            self.yaml.note(
                node, "refused_outright 中的 \(ground.rawValue) 不是由省级研究的情形，只能写：\(known)。",
                "refused_outright lists \(ground.rawValue), which no province judges; it can only have: \(known).")
        }
        return grounds
    }

    mutating func matching(_ node: YAMLReader.Value) -> (departments: [String], fields: [String])? {
        guard let fields = self.yaml.fields(node, path: "matching", required: ["departments", "fields"]) else {
            return nil
        }
        return (self.yaml.texts(fields, "departments") ?? [], self.yaml.texts(fields, "fields") ?? [])
    }

    mutating func leadingGroup(_ node: YAMLReader.Value) -> Programme.LeadingGroup? {
        guard
            let fields = self.yaml.fields(
                node, path: "leading_group", required: ["head", "deputies", "members", "office"])
        else { return nil }
        let head = self.yaml.integer(fields, "head", in: 1...1)
        let deputies = self.yaml.integer(fields, "deputies", in: 0...99)
        let members = self.yaml.integer(fields, "members", in: 0...999)
        guard let office = self.yaml.text(fields, "office"), let head, let deputies, let members else { return nil }
        return Programme.LeadingGroup(head: head, deputies: deputies, members: members, office: office)
    }

    mutating func assumptions(_ fields: YAMLReader.Fields) -> [Programme.Assumption] {
        var assumptions: [Programme.Assumption] = []
        for (index, node) in (self.yaml.list(fields, "assumptions", allowsEmpty: true) ?? []).enumerated() {
            guard
                let assumption = self.yaml.fields(
                    node, path: "assumptions[\(index + 1)]", required: ["about", "zh", "en"]),
                let zh = self.yaml.text(assumption, "zh"), let en = self.yaml.text(assumption, "en"),
                let aboutNode = assumption["about"], let about = self.yaml.text(assumption, "about")
            else { continue }
            let sections = Self.required + Self.optional
            guard sections.contains(where: { about == $0 || about.hasPrefix("\($0).") }) else {
                self.yaml.note(
                    aboutNode, "about 应为本文件中的一个部分，例如 stations。",
                    "about must be a part of this file, for example stations.")
                continue
            }
            assumptions.append(Programme.Assumption(about: about, zh: zh, en: en, line: self.yaml.line(of: node)))
        }
        return assumptions
    }
}
