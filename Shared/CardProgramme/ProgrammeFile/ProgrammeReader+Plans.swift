extension ProgrammeReader {
    // MARK: - The stations' own plans

    /// The plans, and what they mark as assumed.
    mutating func plans(
        _ fields: YAMLReader.Fields, stations: [Programme.Station]?, within whole: Programme.Window?
    ) -> (plans: [OfficePlan], assumptions: [Programme.Assumption])? {
        guard fields["plans"] != nil else { return ([], []) }
        guard let nodes = self.yaml.list(fields, "plans") else { return nil }
        var plans: [OfficePlan] = []
        var assumptions: [Programme.Assumption] = []
        for (index, node) in nodes.enumerated() {
            guard
                let plan = self.yaml.fields(
                    node, path: "plans[\(index + 1)]", required: ["station", "phases"],
                    optional: ["document", "banks", "assumption"])
            else { continue }
            let station = self.planStation(plan, among: stations)
            if let station, let node = plan["station"], plans.contains(where: { $0.station == station }) {
                self.yaml.note(node, "服务站 \(station) 有两份方案，请只保留一份。", "The station \(station) has two plans; keep one.")
            }
            let document = self.yaml.text(plan, "document")
            let banks = self.yaml.texts(plan, "banks") ?? []
            let phases = self.phases(
                plan, of: "plans.\(station ?? "?")", within: whole, assumptions: &assumptions)
            if let assumption = self.assumption(plan, about: "plans.\(station ?? "?")") {
                assumptions.append(assumption)
            }
            guard let station else { continue }
            plans.append(
                OfficePlan(
                    station: station, document: document, banks: banks, phases: phases, line: self.yaml.line(of: node)))
        }
        return (plans, assumptions)
    }

    private mutating func planStation(_ plan: YAMLReader.Fields, among stations: [Programme.Station]?) -> String? {
        guard let node = plan["station"], let code = self.yaml.text(plan, "station") else { return nil }
        guard let stations, !stations.contains(where: { $0.code == code }) else { return code }
        let named = stations.first { $0.name == code }?.code
        let nearest = named ?? YAMLReader.nearest(to: code, among: stations.map(\.code))
        self.yaml.note(
            node, "\(plan.path).station 的“\(code)”不在 stations 中\(nearest.map { "，是否应为 \"\($0)\"？" } ?? "。")",
            "\(plan.path).station “\(code)” is none of the stations\(nearest.map { "; did you mean \"\($0)\"?" } ?? ".")"
        )
        return nil
    }

    private mutating func phases(
        _ plan: YAMLReader.Fields, of name: String, within whole: Programme.Window?,
        assumptions: inout [Programme.Assumption]
    ) -> [OfficePlan.Phase] {
        guard let nodes = self.yaml.list(plan, "phases") else { return [] }
        var phases: [OfficePlan.Phase] = []
        var named: Set<Category> = []
        for (index, node) in nodes.enumerated() {
            guard
                let phase = self.yaml.fields(
                    node, path: "\(plan.path).phases[\(index + 1)]", required: ["number", "who"],
                    optional: ["from", "through", "modes", "assumption"])
            else { continue }
            let number = self.yaml.integer(phase, "number", in: 1...99)
            if let number, number != index + 1 {
                self.yaml.note(
                    phase["number"] ?? node, "阶段应从1起连续编号，此处应为 \(index + 1)。",
                    "Phases are numbered from 1 without a gap; this one must be \(index + 1).")
            }
            let window = self.phaseWindow(phase, within: whole, after: phases.compactMap(\.window).last)
            let who = self.audiences(phase)
            for audience in who where audience.isUnconditional {
                named.formUnion(Category.allCases.filter(audience.names))
            }
            let modes = self.codes(phase, "modes", path: "\(phase.path).modes", chinese: \ServiceMode.chinese)
            let assumption = self.assumption(phase, about: "\(name).phases.\(index + 1)")
            if let assumption { assumptions.append(assumption) }
            phases.append(
                OfficePlan.Phase(
                    number: number ?? index + 1, window: window, who: who, modes: modes, isAssumed: assumption != nil))
        }
        let missing = Category.allCases.filter { !named.contains($0) }
        if !missing.isEmpty, phases.count == nodes.count, let node = plan["phases"] {
            self.yaml.note(
                node,
                "以下类别在本站任何阶段中都未被无条件列入，部分人员将无法申请：\(missing.map { "\($0.rawValue)（\($0.chinese)）" }.joined(separator: "、"))。请加入最后一个阶段。",
                "These categories stand in no phase of this station without a condition, so some of their people could never apply: \(missing.map(\.rawValue).joined(separator: ", ")). Add them to the last phase."
            )
        }
        return phases
    }

    /// Nil for a phase whose days are not announced.
    private mutating func phaseWindow(
        _ phase: YAMLReader.Fields, within whole: Programme.Window?, after last: Programme.Window?
    ) -> Programme.Window? {
        if phase["from"] == nil {
            if let node = phase["through"] {
                self.yaml.note(
                    node, "\(phase.path) 有结束日而没有开始日，请补上 from，或两者都不写（尚未公布）。",
                    "\(phase.path) has an end and no beginning: add from, or leave both out (not announced yet).")
            }
            return nil
        }
        guard let window = self.window(phase) else { return nil }
        self.check(window, of: phase, within: whole)
        if let last, window.from < last.from, let node = phase["from"] {
            self.yaml.note(
                node, "\(phase.path) 的开始日早于前一阶段（\(last.from)）。",
                "\(phase.path) begins before the phase before it, which begins on \(last.from).")
        }
        return window
    }

    private mutating func audiences(_ phase: YAMLReader.Fields) -> [Audience] {
        guard let nodes = self.yaml.list(phase, "who") else { return [] }
        var audiences: [Audience] = []
        for (index, node) in nodes.enumerated() {
            let path = "\(phase.path).who[\(index + 1)]"
            guard
                let who = self.yaml.fields(
                    node, path: path, required: [],
                    optional: [
                        "groups", "categories", "registered", "resident", "completed_age", "past_age", "circumstances",
                    ])
            else { continue }
            let groups = self.codes(who, "groups", path: "\(path).groups", chinese: \CategoryGroup.chinese)
            let categories = self.codes(
                who, "categories", path: "\(path).categories", chinese: \Category.chinese)
            if who["groups"] == nil, who["categories"] == nil {
                self.yaml.note(
                    node, "\(path) 须用 groups 或 categories 写明面向哪些人。",
                    "\(path) must say by groups or categories who is meant.")
            }
            let registered = self.isHere(who, "registered")
            let resident = self.isHere(who, "resident")
            let circumstances = self.codes(
                who, "circumstances", path: "\(path).circumstances", chinese: \Circumstance.chinese)
            audiences.append(
                Audience(
                    groups: Set(groups), categories: Set(categories), isRegisteredHere: registered,
                    isResidentHere: resident, completedAge: self.yaml.integer(who, "completed_age", in: 1...120),
                    pastAge: self.yaml.integer(who, "past_age", in: 1...120), circumstances: Set(circumstances)))
        }
        return audiences
    }

    /// `here` is the only place there is to name: the programme's own division.
    private mutating func isHere(_ who: YAMLReader.Fields, _ key: String) -> Bool {
        guard let node = who[key], let text = self.yaml.text(who, key) else { return false }
        guard text == "here" else {
            self.yaml.note(
                node, "\(who.path).\(key) 只能写 here（本区）；不限地区则删除该键。",
                "\(who.path).\(key) can only be here, the programme's own division; remove the key for anywhere.")
            return false
        }
        return true
    }

    private mutating func assumption(_ fields: YAMLReader.Fields, about: String) -> Programme.Assumption? {
        guard let node = fields["assumption"],
            let assumption = self.yaml.fields(node, path: "\(fields.path).assumption", required: ["zh", "en"]),
            let zh = self.yaml.text(assumption, "zh"), let en = self.yaml.text(assumption, "en")
        else { return nil }
        return Programme.Assumption(about: about, zh: zh, en: en, line: self.yaml.line(of: node))
    }

    /// Everybody's turn must be somewhere: in the district's batches, or in a plan of each station.
    mutating func checkTurns(
        _ root: YAMLReader.Value, _ fields: YAMLReader.Fields, stations: [Programme.Station]?,
        plans: (plans: [OfficePlan], assumptions: [Programme.Assumption])?
    ) {
        guard fields["batches"] == nil, let stations, let plans else { return }
        let without = stations.filter { station in !plans.plans.contains { $0.station == station.code } }
        guard !without.isEmpty else { return }
        let names = without.map { "\($0.code) \($0.name)" }.joined(separator: ", ")
        self.yaml.note(
            fields["plans"] ?? fields["stations"] ?? root,
            "未写 batches，而以下服务站没有自己的方案，其人员将无法申请：\(names)。请补 batches，或为每个服务站写 plans。",
            "There are no batches, and these stations have no plan of their own, so their people could never apply: \(names). Add batches, or a plan for each station."
        )
    }

    // MARK: - Catalogues

    mutating func materials(_ fields: YAMLReader.Fields) -> [Programme.ExtraMaterials] {
        var materials: [Programme.ExtraMaterials] = []
        for (index, node) in (self.yaml.list(fields, "materials") ?? []).enumerated() {
            let path = "materials[\(index + 1)]"
            guard let extra = self.yaml.fields(node, path: path, required: ["kind", "also"]),
                let kindNode = extra["kind"],
                let kind: CardKind = self.yaml.code(kindNode, path: "\(path).kind", chinese: \.chinese)
            else { continue }
            if materials.contains(where: { $0.kind == kind }) {
                self.yaml.note(kindNode, "\(kind.rawValue) 出现两次。", "\(kind.rawValue) stands twice.")
            }
            materials.append(
                Programme.ExtraMaterials(kind: kind, materials: self.yaml.texts(extra, "also") ?? []))
        }
        return materials
    }

    mutating func reasons(_ fields: YAMLReader.Fields) -> [Programme.ReasonRule] {
        var rules: [Programme.ReasonRule] = []
        for (index, node) in (self.yaml.list(fields, "reasons") ?? []).enumerated() {
            let path = "reasons[\(index + 1)]"
            guard
                let rule = self.yaml.fields(
                    node, path: path, required: ["reason"], optional: ["levels", "zh", "en"]),
                let reasonNode = rule["reason"],
                let reason: ReturnReason = self.yaml.code(reasonNode, path: "\(path).reason", chinese: \.chinese)
            else { continue }
            if rules.contains(where: { $0.reason == reason }) {
                self.yaml.note(reasonNode, "\(reason.rawValue) 出现两次。", "\(reason.rawValue) stands twice.")
            }
            if (rule["zh"] == nil) != (rule["en"] == nil) {
                self.yaml.note(node, "\(path) 的 zh 和 en 须同时填写。", "\(path) needs zh and en together.")
            }
            let levels = self.codes(rule, "levels", path: "\(path).levels", chinese: \Level.chinese)
            rules.append(
                Programme.ReasonRule(
                    reason: reason, levels: levels, zh: self.yaml.text(rule, "zh"), en: self.yaml.text(rule, "en")))
        }
        return rules
    }

    /// Kinds of card by category, never wider than the national measure (N2, N3).
    mutating func cardKinds(_ fields: YAMLReader.Fields) -> [Category: Set<CardKind>] {
        var kinds: [Category: Set<CardKind>] = [:]
        for (index, node) in (self.yaml.list(fields, "card_kinds") ?? []).enumerated() {
            let path = "card_kinds[\(index + 1)]"
            guard let rule = self.yaml.fields(node, path: path, required: ["category", "kinds"]),
                let categoryNode = rule["category"],
                let category: Category = self.yaml.code(categoryNode, path: "\(path).category", chinese: \.chinese)
            else { continue }
            if kinds[category] != nil {
                self.yaml.note(categoryNode, "\(category.rawValue) 出现两次。", "\(category.rawValue) stands twice.")
            }
            let named = Set(self.codes(rule, "kinds", path: "\(path).kinds", chinese: \CardKind.chinese))
            let allowed = CardKind.allowed(for: [category])
            if let node = rule["kinds"], !named.isSubset(of: allowed) {
                let list = CardKind.allCases.filter(allowed.contains).map(\.rawValue).joined(separator: ", ")
                self.yaml.note(
                    node, "国家办法只允许\(category.chinese)申领：\(list)；方案只能收紧，不能放宽。",
                    "The national measure allows \(category.rawValue) only \(list); a programme may narrow that, not widen it."
                )
            }
            kinds[category] = named
        }
        return kinds
    }
}
