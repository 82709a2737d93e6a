import CardProgramme
import Testing

@Suite("Mistakes in plans owned by offices")
struct OfficePlanMistakesTests {
    private static let binhai = OfficePlanTests.binhai

    private func mistakes(_ yaml: String) -> [ProgrammeMistake] {
        do throws(ProgrammeMistakes) {
            _ = try Programme.parse(yaml: yaml, file: "plan.yaml")
            return []
        } catch {
            return error.mistakes
        }
    }

    @Test(
        "are refused at their line with the reason",
        arguments: [
            ("version: 1", "version: 0", "whole number"),
            ("version: 1", "version: 2", "must say which one it amends"),
            ("version: 1", "version: 1\namends: 1", "must be an earlier version"),
            ("station: \"120116-02\"", "station: \"120116-20\"", "did you mean"),
            ("station: \"120116-02\"", "station: 古林街道", "did you mean \"120116-02\""),
            ("station: \"120116-02\"", "station: \"120116-01\"", "has two plans"),
            ("      - number: 2", "      - number: 4", "must be 2"),
            ("        from: 2022-03-15", "        from: 2022-02-30", "not a date that exists"),
            ("        from: 2022-03-15", "        from: 2022-02-01", "outside the programme's window"),
            ("        from: 2022-03-15", "        through: 2022-03-15", "has an end and no beginning"),
            ("        from: 2022-04-01", "        from: 2022-03-01", "begins before the phase before it"),
            ("        from: 2022-04-01", "        fro: 2022-04-01", "did you mean from"),
            ("{categories: [pensionRecipient], registered: here}", "{registered: here}", "who is meant"),
            ("registered: here}", "registered: local}", "can only be here"),
            ("past_age: 80}", "past_age: eighty}", "whole number"),
            ("past_age: 80}", "past_age: 800}", "whole number"),
            ("[seriouslyIll, ", "[seriouslyIl, ", "Write the code seriouslyIll"),
            ("[seriouslyIll, ", "[身患重病, ", "Write the code seriouslyIll"),
            ("modes: [phoneBooking, homeVisit, online]", "modes: [电话预约, homeVisit]", "Write the code phoneBooking"),
            ("modes: [phoneBooking, homeVisit, online]", "modes: [online, online]", "stands twice"),
            ("modes: [phoneBooking, homeVisit, online]", "modes: [teleport]", "has no code"),
            ("{groups: [keyPersons]}", "{groups: [keyPerson]}", "Write the code keyPersons"),
            ("banks: [农业银行, 邮储银行]", "banks: [农业银行, 农业银行]", "stands twice"),
            ("      zh: 原文列出三家", "      cn: 原文列出三家", "lacks “zh”"),
        ])
    func oneMistake(_ text: String, _ replacement: String, _ reason: String) {
        let changed = Self.binhai.replacing(text, with: replacement, maxReplacements: 1)
        #expect(changed != Self.binhai)
        let mistakes = self.mistakes(changed)
        let lines = Self.binhai.split(separator: "\n", omittingEmptySubsequences: false)
        let line = (lines.firstIndex { $0.contains(text) } ?? 0) + 1
        #expect(
            mistakes.contains { abs($0.line - line) <= 1 && $0.en.contains(reason) && !$0.zh.isEmpty }, "\(mistakes)")
    }

    @Test("that would leave people without a phase are refused: a condition is no catch-all")
    func uncovered() {
        let yaml = Self.binhai.replacing(
            "- {groups: [veterans, bereavedFamilies]}\n", with: "- {groups: [veterans], registered: here}\n")
        let mistakes = self.mistakes(yaml)
        #expect(
            mistakes.contains { $0.en.contains("in no phase of this station") && $0.zh.contains("烈士遗属") }, "\(mistakes)"
        )
    }

    @Test("that leave a station without plan and batches are refused")
    func withoutPlan() {
        let yaml = Self.binhai + "  - {code: \"120116-07\", name: 测试镇}\n"
        #expect(self.mistakes(yaml).contains { $0.en.contains("120116-07 测试镇") && $0.en.contains("no plan") })
    }

    @Test(
        "in catalogues are refused",
        arguments: [
            ("card_kinds: [{category: martyrFamily, kinds: [veteran]}]", "may narrow that, not widen it"),
            ("card_kinds: [{category: martyrFamily, kinds: []}]", "must not be an empty list"),
            ("materials: [{kind: veterans, also: [photo]}]", "Write the code veteran"),
            ("materials: [{kind: veteran, also: [photo]}, {kind: veteran, also: [photo]}]", "stands twice"),
            ("reasons: [{reason: photoUnsuitble}]", "Write the code photoUnsuitable"),
            ("reasons: [{reason: photoUnsuitable, zh: 重拍}]", "needs zh and en together"),
            ("reasons: [{reason: other, levels: [town]}]", "has no code"),
        ])
    func catalogues(_ text: String, _ reason: String) {
        let mistakes = self.mistakes(Self.binhai + text + "\n")
        #expect(mistakes.contains { $0.en.contains(reason) }, "\(mistakes)")
    }
}
