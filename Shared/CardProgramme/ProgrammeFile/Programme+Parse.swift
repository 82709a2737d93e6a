extension Programme {
    /// Reads a programme file and finds every mistake in it: of syntax, of spelling, and of sense.
    ///
    /// - Parameters:
    ///   - yaml: The file's text.
    ///   - file: Its name, for the mistakes.
    package static func parse(yaml: String, file: String) throws(ProgrammeMistakes) -> Programme {
        var reader = ProgrammeReader(file: file)
        let programme = reader.programme(yaml)
        guard reader.yaml.mistakes.isEmpty, let programme else { throw ProgrammeMistakes(reader.yaml.mistakes) }
        return programme
    }
}

/// Builds a ``Programme`` from its file, section by section.
///
/// Each section is read even when others are wrong, so that one run of `programme check` shows everything.
struct ProgrammeReader {
    var yaml: YAMLReader

    init(file: String) {
        self.yaml = YAMLReader(file: file)
    }

    static let required = [
        "programme", "title", "document", "division", "time_zone", "window", "stations", "levels", "deadlines",
        "delivery_modes", "outreach_channels",
    ]
    static let optional = [
        "version", "amends", "stages", "batches", "plans", "banks", "card_kinds", "materials", "reasons", "targets",
        "matching",
        "leading_group", "refused_outright", "assumptions",
    ]

    mutating func programme(_ text: String) -> Programme? {
        guard let root = self.yaml.root(of: text),
            let fields = self.yaml.fields(root, path: "programme", required: Self.required, optional: Self.optional)
        else { return nil }
        let code = self.code(fields)
        let version = self.version(fields)
        let title = self.yaml.text(fields, "title")
        let document = self.yaml.text(fields, "document")
        let division = self.division(fields)
        self.checkTimeZone(fields)
        let window = fields["window"].flatMap { self.wholeWindow($0, path: "window") }
        let stages = self.stages(fields, within: window)
        let batches = self.batches(fields, within: window)
        let stations = self.stations(fields, division: division)
        let plans = self.plans(fields, stations: stations, within: window)
        self.checkTurns(root, fields, stations: stations, plans: plans)
        let banks = self.yaml.texts(fields, "banks") ?? []
        let cardKinds = self.cardKinds(fields)
        let materials = self.materials(fields)
        let reasons = self.reasons(fields)
        let levels = self.levels(fields)
        let deadlines = self.deadlines(fields)
        let modes = self.codes(fields, "delivery_modes", chinese: \DeliveryMode.chinese)
        let channels = self.codes(fields, "outreach_channels", chinese: \OutreachChannel.chinese)
        let matching = fields["matching"].flatMap { self.matching($0) }
        let group = fields["leading_group"].flatMap { self.leadingGroup($0) }
        let outright = self.refusedOutright(fields)
        let assumptions = self.assumptions(fields)
        guard self.yaml.mistakes.isEmpty, let code, let version, let title, let document, let division, let window,
            let stations, let plans, let levels, let deadlines
        else { return nil }
        return Programme(
            code: code, version: version.number, amends: version.amends, title: title, document: document,
            divisionCode: division, window: window, stages: stages, batches: batches, stations: stations,
            plans: plans.plans, banks: banks, cardKinds: cardKinds, materials: materials, reasons: reasons,
            levels: levels,
            deadlines: deadlines, deliveryModes: modes,
            outreachChannels: channels, matchingDepartments: matching?.departments ?? [],
            matchingFields: matching?.fields ?? [], leadingGroup: group, refusedOutright: outright,
            assumptions: (assumptions + plans.assumptions).sorted { $0.line < $1.line })
    }

    // MARK: - Who and when

    private mutating func code(_ fields: YAMLReader.Fields) -> String? {
        guard let node = fields["programme"], let code = self.yaml.text(fields, "programme") else { return nil }
        // It becomes part of database and queue names.
        let allowed = code.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        guard allowed, code.utf8.count <= 40 else {
            self.yaml.note(
                node, "programme 只能用小写字母、数字和连字符，最多40个字符。",
                "programme may have lower-case letters, digits and hyphens only, at most 40.")
            return nil
        }
        return code
    }

    /// Which issue of the plan it is, and which one it amends (R149).
    private mutating func version(_ fields: YAMLReader.Fields) -> (number: Int, amends: Int?)? {
        let number = fields["version"] == nil ? 1 : self.yaml.integer(fields, "version", in: 1...9999)
        let amends = self.yaml.integer(fields, "amends", in: 1...9999)
        guard let number, amends != nil || fields["amends"] == nil else { return nil }
        if let node = fields["amends"], let amends, amends >= number {
            self.yaml.note(
                node, "amends 应为较早的版本号，须小于本版本 \(number)。",
                "amends must be an earlier version, below this one, which is \(number).")
        } else if let node = fields["version"], number > 1, amends == nil {
            self.yaml.note(
                node, "第\(number)版须用 amends 写明修订的是哪一版，例如 amends: \(number - 1)。",
                "Version \(number) must say which one it amends, for example amends: \(number - 1).")
        }
        return (number, amends)
    }

    private mutating func division(_ fields: YAMLReader.Fields) -> String? {
        guard let node = fields["division"], let text = self.yaml.text(fields, "division") else { return nil }
        // The date is any valid one: only the division is tried.
        guard
            (try? IdentityNumber.synthetic(division: text, birthDate: CalendarDay(daysSince1970: 0), sequence: 0))
                != nil
        else {
            self.yaml.note(
                node, "division 应为6位行政区划代码（GB/T 2260），例如 \"341602\"。",
                "division must be a code of six digits (GB/T 2260), for example \"341602\".")
            return nil
        }
        return text
    }

    private mutating func checkTimeZone(_ fields: YAMLReader.Fields) {
        guard let node = fields["time_zone"], let zone = self.yaml.text(fields, "time_zone"), zone != "Asia/Shanghai"
        else { return }
        self.yaml.note(
            node, "time_zone 只能是 Asia/Shanghai：期限按北京时间的日期计算。",
            "time_zone can only be Asia/Shanghai: periods are counted in the days of that zone.")
    }

    /// The two days of a mapping that has `from` and `through` among its keys.
    mutating func window(_ fields: YAMLReader.Fields) -> Programme.Window? {
        let from = self.yaml.day(fields, "from")
        let through = self.yaml.day(fields, "through")
        if let node = fields["through"], let from, let through, through < from {
            self.yaml.note(
                node, "\(fields.path) 的结束日 \(through) 早于开始日 \(from)。",
                "\(fields.path) ends on \(through), before it begins on \(from).")
            return nil
        }
        guard let from, through != nil || fields["through"] == nil else { return nil }
        return Programme.Window(from: from, through: through)
    }

    /// The programme's own window; without an end it stays open (S1: 『…起』).
    private mutating func wholeWindow(_ node: YAMLReader.Value, path: String) -> Programme.Window? {
        guard let fields = self.yaml.fields(node, path: path, required: ["from"], optional: ["through"]) else {
            return nil
        }
        return self.window(fields)
    }

    /// Notes a window that reaches out of the programme's own.
    mutating func check(
        _ window: Programme.Window, of fields: YAMLReader.Fields, within whole: Programme.Window?
    ) {
        guard let whole else { return }
        if let node = fields["from"], !whole.contains(window.from) {
            self.yaml.note(
                node, "\(fields.path) 从 \(window.from) 开始，不在方案期限内。",
                "\(fields.path) begins on \(window.from), outside the programme's window.")
        }
        if let node = fields["through"], let through = window.through, !whole.contains(through) {
            self.yaml.note(
                node, "\(fields.path) 到 \(through) 结束，不在方案期限内。",
                "\(fields.path) ends on \(through), outside the programme's window.")
        }
    }

    private mutating func stages(_ fields: YAMLReader.Fields, within whole: Programme.Window?) -> [Programme.Stage] {
        guard let nodes = self.yaml.list(fields, "stages") else { return [] }
        var stages: [Programme.Stage] = []
        for (index, node) in nodes.enumerated() {
            guard
                let stage = self.yaml.fields(
                    node, path: "stages[\(index + 1)]", required: ["code", "name", "from"], optional: ["through"])
            else {
                continue
            }
            let code = self.yaml.text(stage, "code")
            let name = self.yaml.text(stage, "name")
            guard let window = self.window(stage), let code, let name else { continue }
            self.check(window, of: stage, within: whole)
            if stages.contains(where: { $0.code == code }) {
                self.yaml.note(stage["code"] ?? node, "阶段代码 \(code) 出现两次。", "The stage code \(code) stands twice.")
            }
            if let before = stages.last?.window.through, window.from <= before {
                self.yaml.note(
                    stage["from"] ?? node, "阶段 \(code) 与前一阶段重叠（前一阶段到 \(before)）。",
                    "Stage \(code) overlaps the one before, which ends on \(before).")
            }
            stages.append(Programme.Stage(code: code, name: name, window: window))
        }
        return stages
    }

    private mutating func batches(_ fields: YAMLReader.Fields, within whole: Programme.Window?) -> [Programme.Batch] {
        guard let nodes = self.yaml.list(fields, "batches") else { return [] }
        var batches: [Programme.Batch] = []
        var batchOf: [Category: Int] = [:]
        for (index, node) in nodes.enumerated() {
            guard
                let batch = self.yaml.fields(
                    node, path: "batches[\(index + 1)]", required: ["number", "from", "categories"],
                    optional: ["through", "modes"])
            else { continue }
            let number = self.yaml.integer(batch, "number", in: 1...99)
            let window = self.window(batch)
            if let window { self.check(window, of: batch, within: whole) }
            let categories = self.categories(batch, number: number ?? index + 1, batchOf: &batchOf)
            if let number, number != index + 1 {
                self.yaml.note(
                    batch["number"] ?? node, "批次应从1起连续编号，此处应为 \(index + 1)。",
                    "Batches are numbered from 1 without a gap; this one must be \(index + 1).")
            }
            if let window, let before = batches.last?.window.from, window.from < before {
                self.yaml.note(
                    batch["from"] ?? node, "批次 \(index + 1) 的开始日早于前一批次。",
                    "Batch \(index + 1) begins before the one before it.")
            }
            let modes = self.codes(batch, "modes", path: "\(batch.path).modes", chinese: \ServiceMode.chinese)
            guard let number, let window else { continue }
            batches.append(Programme.Batch(number: number, window: window, categories: categories, modes: modes))
        }
        let missing = Category.allCases.filter { batchOf[$0] == nil }
        if !missing.isEmpty, let node = fields["batches"] {
            self.yaml.note(
                node, "以下类别不在任何批次中，其人员将无法申请：\(missing.map { "\($0.rawValue)（\($0.chinese)）" }.joined(separator: "、"))。",
                "These categories are in no batch, so their people could never apply: \(missing.map(\.rawValue).joined(separator: ", "))."
            )
        }
        return batches
    }

    private mutating func categories(
        _ batch: YAMLReader.Fields, number: Int, batchOf: inout [Category: Int]
    ) -> Set<Category> {
        var categories: Set<Category> = []
        for (index, node) in (self.yaml.list(batch, "categories") ?? []).enumerated() {
            guard
                let category: Category = self.yaml.code(
                    node, path: "\(batch.path).categories[\(index + 1)]", chinese: \.chinese)
            else { continue }
            if let other = batchOf[category] {
                self.yaml.note(
                    node, "类别 \(category.rawValue) 已在第\(other)批次中。",
                    "The category \(category.rawValue) is already in batch \(other).")
            }
            batchOf[category] = batchOf[category] ?? number
            categories.insert(category)
        }
        return categories
    }
}
