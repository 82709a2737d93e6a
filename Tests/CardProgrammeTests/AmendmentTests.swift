import CardProgramme
import Testing

@Suite("An amendment")
struct AmendmentTests {
    private static let text = OfficePlanTests.binhai

    private func amended(_ replacements: (String, String)...) throws -> Programme {
        var yaml = Self.text.replacing("version: 1", with: "version: 2\namends: 1")
        for (old, new) in replacements {
            let changed = yaml.replacing(old, with: new)
            #expect(changed != yaml, "“\(old)” is not in the file")
            yaml = changed
        }
        return try Programme.parse(yaml: yaml, file: "amended.yaml")
    }

    private func original() throws -> Programme { try Programme.parse(yaml: Self.text, file: "original.yaml") }

    @Test("says each thing it changes in both languages, and nothing else")
    func changes() throws {
        let old = try self.original()
        let new = try self.amended(
            ("from: 2022-03-15\n        who: *hardToTravel", "from: 2022-03-08\n        who: *hardToTravel"),
            ("{groups: [keyPersons]}", "{groups: [keyPersons, veterans]}"),
            ("banks: [农业银行, 邮储银行]", "banks: [农业银行, 光大银行]"),
            ("initial_review_working_days: 7", "initial_review_working_days: 5"),
            ("modes: [appointment, homeVisit]", "modes: [appointment, homeVisit, online]"),
            ("delivery_modes: [brought, ceremony, agreed]", "delivery_modes: [brought, agreed]"),
            ("through: 2022-12-31}", "through: 2023-01-20}"))
        try new.checkAmends(old)
        let changes = old.changes(to: new)
        func has(_ subject: ProgrammeChange.Subject, _ text: String) -> Bool {
            changes.contains { $0.subject == subject && ($0.zh.contains(text) || $0.en.contains(text)) }
        }
        #expect(has(.window, "2022-02-28 – 2022-12-31 → 2022-02-28 – 2023-01-20"))
        #expect(has(.phases, "古林街道第2阶段期限：2022-03-15 – … → 2022-03-08 – …"))
        #expect(has(.phases, "120116-06 phase 1 is for: key persons → key persons, veterans"))
        #expect(has(.banks, "中塘镇合作银行：+光大银行、−邮储银行"))
        #expect(has(.limits, "initial review limit: 7 → 5 working days"))
        #expect(has(.modes, "新村街道第1阶段办理方式：+网上申请"))
        #expect(has(.modes, "delivery modes: −集体颁发"))
        #expect(changes.count == 7, "\(changes.map(\.en))")
        #expect(changes.allSatisfy { !$0.zh.isEmpty && !$0.en.isEmpty })
    }

    @Test("that only moves lines or comments changes nothing")
    func nothing() throws {
        let old = try self.original()
        #expect(old.changes(to: try self.amended()).isEmpty)
        #expect(old.changes(to: try self.amended(("plans:\n", "# moved\n\n\nplans:\n"))).isEmpty)
    }

    @Test("gives a phase its days, takes one away, and makes an assumption firm")
    func phases() throws {
        let old = try self.original()
        let withdrawn = try self.amended(("        from: 2022-03-15\n        who:\n", "        who:\n"))
        #expect(old.changes(to: withdrawn).contains { $0.en.contains("2022-03-15 – … → 未公布 not announced") })
        #expect(withdrawn.changes(to: old).contains { $0.en.contains("未公布 not announced → 2022-03-15 – …") })
        let firm = try self.amended(
            (
                "        assumption:\n          zh: 原文写“陆续”办理，未分阶段，也未写办理方式和银行；按一个阶段、各种方式均可、银行不限处理。\n          en: “one after another” without phases, ways or banks; taken as one phase, every way, any bank\n",
                ""
            ))
        #expect(old.changes(to: firm).map(\.zh) == ["北塘街道第1阶段：由假设改为正式"])
    }

    @Test("to district batches names moved categories and windows")
    func batches() throws {
        let text = OfficePlanTests.qiaocheng
        let old = try Programme.parse(yaml: text, file: "q.yaml")
        let new = try Programme.parse(
            yaml: text.replacing("programme: qiaocheng-2022", with: "programme: qiaocheng-2022\nversion: 2\namends: 1")
                .replacing("through: 2022-03-31", with: "through: 2022-04-15")
                .replacing("      - illVeteran              # 带病回乡退伍军人\n", with: "")
                .replacing("      - martyrElderlyChild ", with: "      - illVeteran\n      - martyrElderlyChild "),
            file: "q2.yaml")
        let changes = old.changes(to: new).map(\.zh)
        #expect(
            changes == [
                "第1批次期限：2022-03-01 – 2022-03-31 → 2022-03-01 – 2022-04-15", "第1批次类别：+带病回乡退伍军人", "第2批次类别：−带病回乡退伍军人",
            ])
    }

    @Test("must be the same programme, a later version, and name the one it amends")
    func refused() throws {
        let old = try self.original()
        func refusal(_ new: Programme, of old: Programme) -> String? {
            do throws(AmendmentMistake) {
                try new.checkAmends(old)
                return nil
            } catch {
                #expect(!error.zh.isEmpty)
                return error.en
            }
        }
        let qiaocheng = try Programme.parse(yaml: OfficePlanTests.qiaocheng, file: "q.yaml")
        #expect(refusal(qiaocheng, of: old)?.contains("two programmes") == true)
        #expect(refusal(old, of: old)?.contains("version: 2") == true)
        let second = try self.amended()
        #expect(refusal(second, of: old) == nil)
        #expect(refusal(old, of: second)?.contains("higher version") == true)
        let fourth = try Programme.parse(
            yaml: Self.text.replacing("version: 1", with: "version: 4\namends: 3"), file: "4.yaml")
        #expect(refusal(fourth, of: old)?.contains("amends: 1") == true)
    }
}
