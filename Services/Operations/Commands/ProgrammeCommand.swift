import ArgumentParser
import CardProgramme
import Contracts
import FoundationEssentials

/// `youdai programme check | show | amend`
struct ProgrammeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programme", abstract: "Work on a programme file.",
        subcommands: [Check.self, Show.self, Amend.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "检查方案文件：逐条列出错误所在的行与原因 · List every mistake of a programme file with line and reason.")

        @Argument(help: "The programme file (YAML).")
        var file: String

        func run() throws {
            let programme = try ProgrammeFile.load(self.file)
            for note in programme.notes(file: self.file) { Terminal.write("\(note)\n") }
            let phases = programme.plans.reduce(0) { $0 + $1.phases.count }
            let plans = phases == 0 ? "" : ", \(programme.plans.count) plans with \(phases) phases"
            Terminal.write(
                "\(self.file): 正确 ok: \(programme.title), version \(programme.version), \(programme.batches.count) batches\(plans), \(programme.stations.count) stations, \(programme.window)\n"
            )
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "显示某日各服务站受理哪些人、以何种方式、关联哪些银行 · Show what is open on a day: where, for whom, in which ways.")

        @Argument(help: "The programme file (YAML).")
        var file: String
        @Option(help: "The day, for example 2022-03-20; today if left out.")
        var day: String?

        func run() throws {
            let programme = try ProgrammeFile.load(self.file)
            var day = CalendarDay(Date.now)
            if let text = self.day {
                guard let given = CalendarDay(text) else {
                    throw OperationsError("--day \(text) is not a date that exists: write 2022-03-20.")
                }
                day = given
            }
            Terminal.write(ProgrammeDay(programme: programme, day: day).text)
        }
    }

    struct Amend: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "比较两版方案，逐条列出修订内容 · Say what an amendment changes.")

        @Argument(help: "The programme as it is.")
        var old: String
        @Argument(help: "The amendment: the same programme with a higher version and “amends”.")
        var new: String

        func run() throws {
            let old = try ProgrammeFile.load(self.old)
            let new = try ProgrammeFile.load(self.new)
            do throws(AmendmentMistake) {
                try new.checkAmends(old)
            } catch {
                throw OperationsError("\(self.new): \(error.zh) · \(error.en)")
            }
            let changes = old.changes(to: new)
            Terminal.write(
                "\(new.title) · 第\(old.version)版 → 第\(new.version)版 version \(old.version) → \(new.version)\n")
            for change in changes { Terminal.write("  - \(change.zh) · \(change.en)\n") }
            Terminal.write(
                changes.isEmpty
                    ? "没有任何改动 · Nothing is changed.\n"
                    : "共\(changes.count)处改动；受理服务以新文件重新启动后，会复查名册上所有人员并列出受影响的人 · \(changes.count) changes; when intake starts with the new file it looks at everybody on the roster again and lists who is concerned.\n"
            )
        }
    }
}

/// Reads programme files for commands.
enum ProgrammeFile {
    /// - Throws: ``OperationsError`` with one line per mistake.
    static func load(_ path: String) throws(OperationsError) -> Programme {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw OperationsError("\(path) cannot be read: check the path.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw OperationsError("\(path) is not UTF-8 text: save it as UTF-8.")
        }
        let programme: Programme
        do {
            programme = try Programme.parse(yaml: text, file: path)
        } catch {
            throw OperationsError("\(path) has mistakes:\n\(error)")
        }
        // Only here: the rules know no materials, the services' interfaces do.
        for extra in programme.materials {
            for code in extra.materials where MaterialKind(rawValue: code) == nil {
                throw OperationsError(
                    "\(path) has mistakes:\n\(path): materials: 没有“\(code)”这种材料 · there is no kind of material “\(code)”; known: \(MaterialKind.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
        }
        return programme
    }
}

/// What is open on one day, as a table.
struct ProgrammeDay {
    let programme: Programme
    let day: CalendarDay

    var text: String {
        var text = "\(self.programme.title)（第\(self.programme.version)版）\n\(self.day.chinese) \(self.day)\n"
        text += "登记建档：每天对所有人开放 · registration is open to everybody every day (R68)\n"
        if !self.programme.window.contains(self.day) {
            text += "该日不在方案期限内 · outside the programme's window \(self.programme.window)\n"
        }
        for stage in self.programme.stages where stage.window.contains(self.day) {
            text += "阶段 Stage: \(stage.name)（\(stage.window)）\n"
        }
        let own = self.programme.stations.filter { self.programme.plan(at: $0.code) != nil }
        let others = self.programme.stations.filter { self.programme.plan(at: $0.code) == nil }
        for station in own {
            text += "\n\(station.code) \(station.name)\(self.banks(station.code))\n"
            text += Terminal.table(self.rows(station.code), left: 4)
        }
        if let first = others.first {
            let names = others.map(\.name).joined(separator: "、")
            text += "\n全区批次 District's batches: \(names)\(self.banks(first.code))\n"
            text += Terminal.table(self.rows(first.code), left: 4)
        }
        return text
    }

    private func banks(_ station: String) -> String {
        let banks = self.programme.banks(at: station)
        return " · 银行 banks: \(banks.isEmpty ? "不限 any" : banks.joined(separator: "、"))"
    }

    private func rows(_ station: String) -> [[String]] {
        var rows = [["", "期限 window", "方式 ways", "对象 for whom"]]
        for offer in self.programme.offers(at: station, on: self.day) {
            let assumed = offer.isAssumed ? " *假设 assumed" : ""
            let modes = offer.modes.isEmpty ? "不限 any" : offer.modes.map(\.chinese).joined(separator: "、")
            rows.append([
                "\(offer.number) \(offer.standing.chinese) \(offer.standing.english)\(assumed)",
                offer.window.map { "\($0)" } ?? "未公布 not announced", modes, offer.zh.first ?? "",
            ])
            for group in offer.zh.dropFirst() { rows.append(["", "", "", group]) }
        }
        return rows
    }
}
