import CardProgramme
import FoundationEssentials
import Testing

@Suite("A programme file")
struct ProgrammeFileTests {
    /// The product's own file, read once.
    static let qiaocheng: String = {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let data = try? Data(contentsOf: URL(filePath: root + "/compose/programmes/qiaocheng-2022.yaml"))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }()

    private func programme() throws -> Programme {
        try Programme.parse(yaml: Self.qiaocheng, file: "qiaocheng-2022.yaml")
    }

    private func mistakes(_ yaml: String) -> [ProgrammeMistake] {
        do throws(ProgrammeMistakes) {
            _ = try Programme.parse(yaml: yaml, file: "plan.yaml")
            return []
        } catch {
            return error.mistakes
        }
    }

    /// The line, from 1, on which a text first stands.
    private func line(of text: String, in yaml: String) -> Int {
        yaml.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(text) }.map { $0 + 1 }
            ?? 0
    }

    @Test("of Qiaocheng says what the district's plan says")
    func qiaocheng() throws {
        let programme = try self.programme()
        #expect(programme.code == "qiaocheng-2022")
        #expect(programme.document == "谯退役军人优〔2022〕5号")
        #expect(programme.divisionCode == "341602")
        #expect(programme.window == Programme.Window(from: day("2022-03-01"), through: day("2022-11-30")))
        #expect(programme.stages.map(\.window.from) == [day("2022-03-01"), day("2022-09-21"), day("2022-11-01")])
        #expect(programme.stages.map(\.name) == ["集中受理阶段", "集中发证阶段", "重点核查阶段"])
        #expect(programme.batches.map(\.number) == [1, 2, 3])
        #expect(programme.batches.map(\.window.through) == [day("2022-03-31"), day("2022-04-30"), day("2022-09-20")])
        #expect(programme.batches[0].categories.count == 8)
        #expect(programme.batches[1].categories == [.illVeteran, .ruralSoldierOver60])
        #expect(programme.stations.count == 25)
        #expect(programme.stations.map(\.code) == (1...25).map { "341602-\($0 < 10 ? "0" : "")\($0)" })
        #expect(programme.stations.first?.name == "花戏楼街道" && programme.stations.last?.name == "赵桥乡")
        #expect(programme.station("341602-04")?.name == "古井镇")
        #expect(programme.station("341602-26") == nil)
        #expect(programme.levels.map(\.level) == Level.allCases)
        #expect(programme.levels.map(\.returnsTo) == [.applicant, .station, .centre, .bureau, nil, .bureau])
        #expect(programme.bankChecks)
        #expect(programme.deadlines == .standard)
        #expect(programme.deliveryModes == [.brought, .ceremony, .agreed])
        #expect(programme.outreachChannels == [.sms, .wechat, .phone, .post])
        #expect(programme.matchingFields == ["生存", "婚姻", "社保", "违法违纪"])
        let group = try #require(programme.leadingGroup)
        #expect([group.head, group.deputies, group.members] == [1, 2, 5] && group.office == "优待抚恤股")
    }

    @Test("shows its assumptions as notes with their lines, not as mistakes")
    func notes() throws {
        let notes = try self.programme().notes(file: "qiaocheng-2022.yaml")
        #expect(notes.count == 3)
        #expect(notes.first?.line == self.line(of: "- about: stations", in: Self.qiaocheng))
        #expect(notes.first?.description.hasPrefix("qiaocheng-2022.yaml:") == true)
        #expect(notes.first?.description.contains("note: 假设（stations）") == true)
        let short = try WorkingDayCalendar(
            version: "t", years: ChinaWorkingDays2020To2026.years().filter { $0.year < 2022 })
        #expect(try self.programme().notes(file: "f", calendar: short).contains { $0.en.contains("provisional") })
    }

    @Test(
        "with one thing changed is refused at that line with the reason",
        arguments: [
            ("programme: qiaocheng-2022", "programme: Qiaocheng 2022", "lower-case letters"),
            ("title: 亳州", "titel: 亳州", "did you mean title"),
            ("division: \"341602\"", "division: \"34160\"", "six digits"),
            ("division: \"341602\"", "division: \"991602\"", "six digits"),
            ("time_zone: Asia/Shanghai", "time_zone: Asia/Urumqi", "can only be Asia/Shanghai"),
            (
                "window: {from: 2022-03-01, through: 2022-11-30}", "window: {from: 2022-02-31, through: 2022-11-30}",
                "not a date that exists"
            ),
            (
                "window: {from: 2022-03-01, through: 2022-11-30}", "window: {from: 2022-12-01, through: 2022-11-30}",
                "before it begins"
            ),
            ("window: {from: 2022-03-01, through: 2022-11-30}", "window: {through: 2022-11-30}", "lacks “from”"),
            ("window: {from: 2022-03-01, through: 2022-11-30}", "window: all year", "must be a mapping"),
            ("{code: issuing, name", "{code: intake, name", "stands twice"),
            ("from: 2022-09-21, through: 2022-10-31", "from: 2022-09-20, through: 2022-10-31", "overlaps"),
            (
                "from: 2022-11-01, through: 2022-11-30", "from: 2022-11-01, through: 2022-12-31",
                "outside the programme's window"
            ),
            ("  - number: 2", "  - number: 3", "this one must be 2"),
            ("  - number: 2", "  - number: two", "whole number"),
            ("    from: 2022-04-01", "    from: 2022-02-01", "begins before the one before it"),
            ("    through: 2022-04-30", "    through: 2022-03-30", "before it begins"),
            ("      - warVeteran ", "      - warVeterans ", "Write the code warVeteran"),
            ("      - warVeteran ", "      - 参战退役军人 ", "Write the code warVeteran"),
            ("      - warVeteran ", "      - 太空退役军人 ", "has no code"),
            ("      - illVeteran ", "      - warVeteran ", "already in batch 1"),
            ("{level: centre, duty", "{level: bureau, duty", "here centre is due"),
            ("returns_to: station}", "returns_to: applicant}", "returns to station and nobody else"),
            ("office: 亳州市退役军人事务局, returns_to: bureau}", "office: 亳州市退役军人事务局}", "returns to bureau and nobody else"),
            ("office: 安徽省退役军人事务厅}", "office: 安徽省退役军人事务厅, returns_to: city}", "remove returns_to"),
            ("  initial_review_working_days: 7", "  initial_review_working_days: 7 working days", "whole number"),
            ("  delivery_working_days: 10", "  delivery_working_days: 0", "whole number"),
            ("  delivery_working_days: 10", "  delivery_working_days:", "is empty"),
            ("  monthly_report_day: 20", "  monthly_report_day: 32", "whole number"),
            (
                "  station_check_working_days: 3", "  station_chek_working_days: 3",
                "did you mean station_check_working_days"
            ),
            (
                "delivery_modes: [brought, ceremony, agreed]", "delivery_modes: [brought, 集体颁发, agreed]",
                "Write the code ceremony"
            ),
            ("delivery_modes: [brought, ceremony, agreed]", "delivery_modes: [brought, brought]", "stands twice"),
            ("delivery_modes: [brought, ceremony, agreed]", "delivery_modes: brought", "must be a list"),
            ("delivery_modes: [brought, ceremony, agreed]", "delivery_modes: []", "must not be an empty list"),
            ("  fields: [生存, 婚姻, 社保, 违法违纪]", "  fields: [生存, 生存]", "stands twice"),
            ("  fields: [生存, 婚姻, 社保, 违法违纪]", "  fields: [生存, [婚姻]]", "must be a single value"),
            ("leading_group: {head: 1,", "leading_group: {head: 2,", "whole number"),
            ("  - about: stations", "  - about: weather", "about must be a part"),
            ("{code: \"341602-02\"", "{code: \"341602-01\"", "stands twice"),
            ("{code: \"341602-02\"", "{code: \"341602-2\"", "a hyphen and two digits"),
            ("{code: \"341602-02\"", "{code: \"341603-02\"", "not of the division"),
            ("name: 薛阁街道", "name: 花戏楼街道", "stands twice"),
            ("name: 薛阁街道", "name: \"\"", "is empty"),
            ("name: 薛阁街道", "name: 薛阁街道, town: x", "no key “town”"),
        ])
    func oneMistake(_ text: String, _ replacement: String, _ reason: String) {
        let line = self.line(of: text, in: Self.qiaocheng)
        #expect(line > 0)
        let mistakes = self.mistakes(Self.qiaocheng.replacing(text, with: replacement, maxReplacements: 1))
        #expect(mistakes.contains { $0.line == line && $0.en.contains(reason) }, "\(mistakes)")
        #expect(mistakes.allSatisfy { $0.file == "plan.yaml" && $0.line > 0 && $0.column > 0 && !$0.zh.isEmpty })
    }

    @Test(
        "without a section is refused and the section is named",
        arguments: [
            "programme", "title", "document", "division", "time_zone", "window", "delivery_modes", "outreach_channels",
        ])
    func missing(_ key: String) {
        let yaml = Self.qiaocheng.split(separator: "\n").filter { !$0.hasPrefix("\(key):") }.joined(separator: "\n")
        #expect(self.mistakes(yaml).contains { $0.en.contains("lacks “\(key)”") && $0.zh.contains("缺少") })
    }

    @Test("shows all its mistakes at once, in the order of lines")
    func several() {
        let yaml = Self.qiaocheng.replacing("time_zone: Asia/Shanghai", with: "time_zone: UTC")
            .replacing("through: 2022-04-30", with: "through: 2022-04-31").replacing("341602-25", with: "341602-24")
        let mistakes = self.mistakes(yaml)
        #expect(mistakes.count == 3)
        #expect(mistakes.map(\.line) == mistakes.map(\.line).sorted())
        let first = self.line(of: "time_zone:", in: Self.qiaocheng)
        #expect(mistakes.first?.description.hasPrefix("plan.yaml:\(first):12: error: ") == true)
    }

    @Test("that leaves a category in no batch is refused: its people could never apply")
    func noBatch() {
        let yaml = Self.qiaocheng.split(separator: "\n").filter { !$0.contains("- retiredOfficer") }.joined(
            separator: "\n")
        #expect(self.mistakes(yaml).contains { $0.en.contains("in no batch") && $0.zh.contains("军休干部") })
    }

    @Test(
        "that is no YAML, empty, or far too large is refused with a sentence",
        arguments: [
            ("", 1), ("   \n# nothing\n", 1), ("programme: [a\ntitle: b\n", 2), ("a: 1\na: 2\n", 1), ("- a\n- b\n", 1),
            ("just a word", 1),
            ("a: b: c", 1), ("programme: *nobody", 1), ("title: \"x\u{0}y\"", 1), ("a: &x [*x]", 1),
            ("? {a: 1}\n: b\n", 1), ("\ta: b", 1),
            ("--- a\n--- b\n", 2), ("{{{{", 1),
        ])
    func garbage(_ yaml: String, _ line: Int) {
        let mistakes = self.mistakes(yaml)
        #expect(!mistakes.isEmpty)
        #expect(mistakes.contains { abs($0.line - line) <= 1 }, "\(mistakes)")
        #expect(mistakes.allSatisfy { !$0.zh.isEmpty && !$0.en.isEmpty })
    }

    @Test("cut off anywhere or with characters thrown in never brings the reader down")
    func fuzz() {
        var generator = SeededGenerator(seed: 8)
        let text = Array(Self.qiaocheng.unicodeScalars)
        let pieces = Array("{}[]:,-&*#\"'\n\t |>%@`?!0a证".unicodeScalars)
        for _ in 0..<400 {
            var changed = Array(text.prefix(Int.random(in: 0...text.count, using: &generator)))
            for _ in 0..<Int.random(in: 0...5, using: &generator) where !changed.isEmpty {
                let index = Int.random(in: 0..<changed.count, using: &generator)
                changed[index] = pieces.randomElement(using: &generator) ?? "x"
            }
            var yaml = ""
            yaml.unicodeScalars.append(contentsOf: changed)
            _ = self.mistakes(yaml)
        }
        #expect(self.mistakes(String(repeating: "a: b\n", count: 300_000)).first?.en.contains("1 MB") == true)
        #expect(!self.mistakes(String(repeating: "[", count: 20_000)).isEmpty)
    }

    @Test("gives the earliest batch of all categories held, on the day asked for")
    func batches() throws {
        let programme = try self.programme()
        let old = day("1945-01-01")
        let today = day("2022-03-01")
        #expect(programme.batch(for: [.otherVeteran], birthDate: old, on: today) == 3)
        #expect(programme.batch(for: [.otherVeteran, .illVeteran], birthDate: old, on: today) == 2)
        #expect(
            programme.batch(for: [.otherVeteran, .illVeteran, .martyrElderlyChild], birthDate: old, on: today) == 1)
        #expect(programme.batch(for: [], birthDate: old, on: today) == nil)
        let nearly = day("1962-04-15")
        #expect(programme.batch(for: [.ruralSoldierOver60], birthDate: nearly, on: day("2022-04-14")) == 3)
        #expect(programme.batch(for: [.ruralSoldierOver60], birthDate: nearly, on: day("2022-04-15")) == 2)
        for category in Category.allCases {
            #expect(programme.batch(for: [category], birthDate: old, on: today) != nil)
        }
    }

    @Test("opens each batch on its first day and closes it after its last")
    func windows() throws {
        let programme = try self.programme()
        for (batch, from, through) in [
            (1, "2022-03-01", "2022-03-31"), (2, "2022-04-01", "2022-04-30"), (3, "2022-05-01", "2022-09-20"),
        ] {
            #expect(!programme.isOpen(batch: batch, on: day(from).adding(days: -1)))
            #expect(programme.isOpen(batch: batch, on: day(from)))
            #expect(programme.isOpen(batch: batch, on: day(through)))
            #expect(!programme.isOpen(batch: batch, on: day(through).adding(days: 1)))
        }
        #expect(!programme.isOpen(batch: 4, on: day("2022-05-01")))
    }

    @Test("admits nobody before the turn, and late-comers until intake ends")
    func admission() throws {
        let programme = try self.programme()
        let old = day("1945-01-01")
        func ask(_ category: Category, _ date: String) -> Programme.Admission {
            programme.admission(for: [category], birthDate: old, on: day(date))
        }
        #expect(ask(.warVeteran, "2022-02-28") == .notYet(batch: 1, opens: day("2022-03-01")))
        #expect(ask(.warVeteran, "2022-03-01") == .open(batch: 1))
        #expect(ask(.warVeteran, "2022-04-15") == .open(batch: 1))
        #expect(ask(.warVeteran, "2022-09-20") == .open(batch: 1))
        #expect(ask(.warVeteran, "2022-09-21") == .ended(batch: 1, on: day("2022-09-20")))
        #expect(ask(.otherVeteran, "2022-04-30") == .notYet(batch: 3, opens: day("2022-05-01")))
        #expect(ask(.otherVeteran, "2022-05-01") == .open(batch: 3))
        #expect(programme.admission(for: [], birthDate: old, on: day("2022-05-01")) == .noBatch)
    }

    @Test("may leave a batch open-ended")
    func openEnded() throws {
        let yaml = Self.qiaocheng.replacing("    through: 2022-03-31\n", with: "")
        let programme = try Programme.parse(yaml: yaml, file: "plan.yaml")
        #expect(programme.batches[0].window.through == nil)
        #expect(programme.isOpen(batch: 1, on: day("2022-06-01")))
    }

    @Test("may have no end, and the check says so as a note")
    func openEndedProgramme() throws {
        let yaml = Self.qiaocheng.replacing(
            "window: {from: 2022-03-01, through: 2022-11-30}", with: "window: {from: 2022-03-01}")
        let programme = try Programme.parse(yaml: yaml, file: "p.yaml")
        #expect(programme.window.contains(day("2031-01-01")))
        #expect(programme.notes(file: "p.yaml").contains { $0.en.contains("names no end") })
    }
}
