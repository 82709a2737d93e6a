/// One thing an amendment changes.
package struct ProgrammeChange: Hashable, Sendable {
    /// What it is about.
    package enum Subject: String, Codable, Sendable, CaseIterable {
        case window, stages, batches, plans, phases, banks, stations, levels, limits, modes, catalogues, document
    }

    package let subject: Subject
    package let zh: String
    package let en: String

    package init(_ subject: Subject, zh: String, en: String) {
        self.subject = subject
        self.zh = zh
        self.en = en
    }
}

/// Why one programme is no amendment of another.
package struct AmendmentMistake: Error, Hashable, Sendable {
    package let zh: String
    package let en: String
}

extension Programme {
    /// Whether this programme amends the other: the same programme of the same division, a later version, and it names
    /// the one before it.
    package func checkAmends(_ old: Programme) throws(AmendmentMistake) {
        guard old.code == self.code, old.divisionCode == self.divisionCode else {
            throw AmendmentMistake(
                zh:
                    "不是同一方案：原为 \(old.code)（\(old.divisionCode)），现为 \(self.code)（\(self.divisionCode)）。修订不得改动 programme 和 division。",
                en:
                    "These are two programmes, \(old.code) (\(old.divisionCode)) and \(self.code) (\(self.divisionCode)): an amendment keeps programme and division."
            )
        }
        guard self.version > old.version else {
            throw AmendmentMistake(
                zh: "修订版的版本号须大于原版：原为第\(old.version)版，现为第\(self.version)版。请写 version: \(old.version + 1)。",
                en:
                    "An amendment has a higher version: the old one is \(old.version), this one \(self.version). Write version: \(old.version + 1)."
            )
        }
        guard self.amends == old.version else {
            throw AmendmentMistake(
                zh: "修订版须写明所修订的版本：请写 amends: \(old.version)。",
                en: "An amendment names the version it amends: write amends: \(old.version).")
        }
    }

    /// What is different in a newer issue of this programme, in the order of the file (R149).
    package func changes(to new: Programme) -> [ProgrammeChange] {
        var changes = ChangeList()
        changes.compare(.document, "名称", "title", self.title, new.title)
        changes.compare(.document, "文号", "document", self.document, new.document)
        changes.compare(.window, "方案期限", "programme window", "\(self.window)", "\(new.window)")
        self.compareStages(new, &changes)
        self.compareBatches(new, &changes)
        self.compareStations(new, &changes)
        self.comparePlans(new, &changes)
        changes.compareLists(.banks, "合作银行", "banks", self.banks, new.banks)
        self.compareLimits(new, &changes)
        self.compareLevels(new, &changes)
        changes.compareLists(
            .modes, "发证方式", "delivery modes", self.deliveryModes.map(\.chinese), new.deliveryModes.map(\.chinese))
        changes.compareLists(
            .modes, "宣传渠道", "outreach channels", self.outreachChannels.map(\.chinese),
            new.outreachChannels.map(\.chinese))
        self.compareCatalogues(new, &changes)
        return changes.list
    }

    private func compareStages(_ new: Programme, _ changes: inout ChangeList) {
        for code in Self.keys(self.stages.map(\.code), new.stages.map(\.code)) {
            let before = self.stages.first { $0.code == code }
            let after = new.stages.first { $0.code == code }
            changes.compare(
                .stages, "\(after?.name ?? before?.name ?? code)", "stage \(code)", before.map { "\($0.window)" },
                after.map { "\($0.window)" })
        }
    }

    private func compareBatches(_ new: Programme, _ changes: inout ChangeList) {
        for number in Self.keys(self.batches.map(\.number), new.batches.map(\.number)) {
            let before = self.batch(number)
            let after = new.batch(number)
            let (zh, en) = ("第\(number)批次", "batch \(number)")
            changes.compare(
                .batches, "\(zh)期限", "\(en) window", before.map { "\($0.window)" }, after.map { "\($0.window)" })
            changes.compareLists(
                .batches, "\(zh)类别", "\(en) categories", Self.names(before?.categories), Self.names(after?.categories))
            changes.compareLists(
                .modes, "\(zh)办理方式", "\(en) modes", before?.modes.map(\.chinese) ?? [],
                after?.modes.map(\.chinese) ?? [])
        }
    }

    private func compareStations(_ new: Programme, _ changes: inout ChangeList) {
        for code in Self.keys(self.stations.map(\.code), new.stations.map(\.code)) {
            changes.compare(
                .stations, "服务站 \(code)", "station \(code)", self.station(code)?.name, new.station(code)?.name)
        }
    }

    private func comparePlans(_ new: Programme, _ changes: inout ChangeList) {
        for code in Self.keys(self.plans.map(\.station), new.plans.map(\.station)) {
            let before = self.plan(at: code)
            let after = new.plan(at: code)
            let name = new.station(code)?.name ?? self.station(code)?.name ?? code
            if (before == nil) != (after == nil) {
                changes.add(
                    .plans, zh: after == nil ? "\(name)：取消自定方案，改按全区批次" : "\(name)：改按自定方案（不再按全区批次）",
                    en: after == nil
                        ? "\(code): its own plan is dropped, the district's batches count"
                        : "\(code): a plan of its own instead of the district's batches")
            }
            changes.compare(.document, "\(name)文件", "\(code) document", before?.document, after?.document)
            changes.compareLists(.banks, "\(name)合作银行", "\(code) banks", before?.banks ?? [], after?.banks ?? [])
            let numbers = Self.keys(before?.phases.map(\.number) ?? [], after?.phases.map(\.number) ?? [])
            for number in numbers {
                let old = before?.phases.first { $0.number == number }
                let own = after?.phases.first { $0.number == number }
                Self.compare(old, own, "\(name)第\(number)阶段", "\(code) phase \(number)", &changes)
            }
        }
    }

    private static func compare(
        _ old: OfficePlan.Phase?, _ new: OfficePlan.Phase?, _ zh: String, _ en: String, _ changes: inout ChangeList
    ) {
        func window(_ phase: OfficePlan.Phase?) -> String? {
            phase.map { $0.window.map { "\($0)" } ?? "未公布 not announced" }
        }
        changes.compare(.phases, "\(zh)期限", "\(en) window", window(old), window(new))
        if let old, let new, old.who != new.who {
            changes.add(
                .phases, zh: "\(zh)对象：\(old.chinese) → \(new.chinese)",
                en: "\(en) is for: \(old.english) → \(new.english)")
        }
        if let old, let new, old.isAssumed != new.isAssumed {
            changes.add(
                .phases, zh: "\(zh)：\(new.isAssumed ? "标为假设" : "由假设改为正式")",
                en: "\(en): \(new.isAssumed ? "marked as an assumption" : "no longer an assumption")")
        }
        changes.compareLists(
            .modes, "\(zh)办理方式", "\(en) modes", old?.modes.map(\.chinese) ?? [], new?.modes.map(\.chinese) ?? [])
    }

    private func compareLimits(_ new: Programme, _ changes: inout ChangeList) {
        for (zh, en, period) in Deadlines.periods {
            changes.compare(
                .limits, zh, en, "\(period(self.deadlines).workingDays)", "\(period(new.deadlines).workingDays)",
                unit: ("个工作日", " working days"))
        }
        changes.compare(
            .limits, "联系不上退回省级", "return to the province", "\(self.deadlines.returnToProvinceMonths)",
            "\(new.deadlines.returnToProvinceMonths)", unit: ("个月", " months"))
        changes.compare(
            .limits, "每月统计上报日", "monthly report day", "\(self.deadlines.monthlyReportDay)",
            "\(new.deadlines.monthlyReportDay)", unit: ("日", ""))
    }

    private func compareLevels(_ new: Programme, _ changes: inout ChangeList) {
        for level in Level.allCases {
            let before = self.levels.first { $0.level == level }
            let after = new.levels.first { $0.level == level }
            changes.compare(
                .levels, "\(level.chinese)职责", "\(level.rawValue) duty", before.map { "\($0.duty)（\($0.office)）" },
                after.map { "\($0.duty)（\($0.office)）" })
        }
        changes.compare(
            .levels, "领导小组", "leading group", self.leadingGroup.map(Self.text), new.leadingGroup.map(Self.text))
    }

    private func compareCatalogues(_ new: Programme, _ changes: inout ChangeList) {
        for category in Category.allCases where self.cardKinds(for: [category]) != new.cardKinds(for: [category]) {
            func text(_ programme: Programme) -> [String] {
                CardKind.allCases.filter(programme.cardKinds(for: [category]).contains).map(\.chinese)
            }
            changes.compareLists(
                .catalogues, "\(category.chinese)可申领种类", "\(category.rawValue) card kinds", text(self), text(new))
        }
        for kind in CardKind.allCases {
            changes.compareLists(
                .catalogues, "\(kind.chinese)另需材料", "\(kind.rawValue) further materials",
                self.extraMaterials(for: kind),
                new.extraMaterials(for: kind))
        }
        for reason in ReturnReason.allCases {
            func text(_ programme: Programme) -> String? {
                programme.reasons.first { $0.reason == reason }.map { rule in
                    ([rule.levels.map(\.chinese).joined(separator: "、")] + [rule.zh ?? ""]).filter { !$0.isEmpty }
                        .joined(separator: "；")
                }
            }
            changes.compare(
                .catalogues, "退回原因“\(reason.chinese)”", "return reason \(reason.rawValue)", text(self), text(new))
        }
        changes.compareLists(
            .catalogues, "比对部门", "matching departments", self.matchingDepartments, new.matchingDepartments)
        changes.compareLists(.catalogues, "比对内容", "matching fields", self.matchingFields, new.matchingFields)
    }

    private static func text(_ group: LeadingGroup) -> String {
        "\(group.head)+\(group.deputies)+\(group.members)（\(group.office)）"
    }

    private static func names(_ categories: Set<Category>?) -> [String] {
        Category.allCases.filter { categories?.contains($0) ?? false }.map(\.chinese)
    }

    /// The keys of both sides, in order, each once.
    private static func keys<Key: Hashable & Comparable>(_ old: [Key], _ new: [Key]) -> [Key] {
        Set(old).union(new).sorted()
    }
}

extension Deadlines {
    /// Every period in working days, by name.
    static let periods: [(zh: String, en: String, of: @Sendable (Deadlines) -> Period)] = [
        ("初审时限", "initial review limit", { $0.initialReview }), ("送达时限", "delivery limit", { $0.delivery }),
        ("审核备案时限", "audit and filing limit", { $0.auditAndFiling }),
        ("服务站检查目标", "station check target", { $0.stationCheck }),
        ("核实目标", "verification target", { $0.verification }), ("补正目标", "correction target", { $0.correction }),
        ("移交目标", "hand-over target", { $0.handOver }),
    ]
}

/// Collects changes in both languages.
private struct ChangeList {
    private(set) var list: [ProgrammeChange] = []

    mutating func add(_ subject: ProgrammeChange.Subject, zh: String, en: String) {
        self.list.append(ProgrammeChange(subject, zh: zh, en: en))
    }

    mutating func compare(
        _ subject: ProgrammeChange.Subject, _ zh: String, _ en: String, _ old: String?, _ new: String?,
        unit: (zh: String, en: String) = ("", "")
    ) {
        guard old != new else { return }
        switch (old, new) {
        case (nil, .some(let new)):
            self.add(subject, zh: "新增\(zh)：\(new)\(unit.zh)", en: "new: \(en): \(new)\(unit.en)")
        case (.some(let old), nil):
            self.add(subject, zh: "取消\(zh)（原为 \(old)\(unit.zh)）", en: "gone: \(en) (was \(old)\(unit.en))")
        default:
            self.add(
                subject, zh: "\(zh)：\(old ?? "") → \(new ?? "")\(unit.zh)",
                en: "\(en): \(old ?? "") → \(new ?? "")\(unit.en)")
        }
    }

    mutating func compareLists(
        _ subject: ProgrammeChange.Subject, _ zh: String, _ en: String, _ old: [String], _ new: [String]
    ) {
        let added = new.filter { !old.contains($0) }
        let gone = old.filter { !new.contains($0) }
        guard !added.isEmpty || !gone.isEmpty else { return }
        let texts = added.map { "+\($0)" } + gone.map { "−\($0)" }
        self.add(
            subject, zh: "\(zh)：\(texts.joined(separator: "、"))", en: "\(en): \(texts.joined(separator: ", "))")
    }
}
