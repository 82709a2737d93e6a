import CardProgramme
import Crypto
import FoundationEssentials
import Messaging

/// The tables at the end of a rehearsal, and a digest of its totals: equal digests mean the same happened to everybody.
struct RehearsalReport: Sendable {
    let ledger: RehearsalLedger
    let programme: Programme
    let rates: RehearsalRates

    var text: String {
        """

        人数 people · 提交 submitted · 站退/中心退/局退/市退/行退 returned by station, centre, bureau, city, bank · 不予 refused · 发放 delivered · 有例外 with an exception

        批次或阶段 By batch or phase
        \(Terminal.table(self.rows { "第\($0.batch)\(self.turn.zh) \(self.turn.en) \($0.batch)" }))
        服务站 By station
        \(Terminal.table(self.rows { person in self.programme.station(person.station).map { "\($0.code) \($0.name)" } ?? person.station }))
        例外 Exceptions by kind: how often, and how it ended
        \(Terminal.table(self.exceptionRows))
        首日 First days: the first day on which each office takes submissions (R148)
        \(Terminal.table(self.firstDayRows, left: 2))
        \(VisitReport(ledger: self.ledger, programme: self.programme).text)
        时限 Deadlines in working days (按时 kept / 超期 missed)
        \(Terminal.table(self.deadlineRows))
        合计 Totals: \(self.totals)
        摘要 Digest of what happened to everybody: \(self.digest)

        """
    }

    var totals: String {
        let ledger = self.ledger
        return [
            "people \(ledger.people.count)", "submitted \(ledger.files.count { $0.submission != nil })",
            "delivered \(ledger.stages[.delivered, default: 0])", "refused \(ledger.stages[.refused, default: 0])",
            "returns station \(self.returns(.station)) centre \(self.returns(.centre)) bureau \(self.returns(.bureau)) city \(self.returns(.city)) bank \(self.returns(.bank))",
            "last day \(ledger.lastDay)",
        ].joined(separator: ", ")
    }

    /// People whose way has not ended: every obligation has to close.
    var unfinished: Int {
        self.ledger.files.count { file in
            guard let stage = file.stage else { return true }
            return !stage.isFinal && stage != .backAtProvince
        }
    }

    /// SHA-256 over each person's end: stage, rounds, returns, days, and every turn at the station with its slot. The same for the same programme, people and seed,
    /// whatever was killed on the way.
    var digest: String {
        var hasher = SHA256()
        for (person, file) in zip(self.ledger.people, self.ledger.files) {
            let returns = Level.allCases.map { "\(file.returns[$0, default: 0])" }.joined(separator: ",")
            let line =
                "\(person.index) \(person.station) \(person.batch) \(file.stage?.rawValue ?? "-") \(file.round) \(returns) "
                + "\(file.submittedOn?.description ?? "-") \(file.deliveredOn?.description ?? "-") "
                + file.exceptions.sorted().map(\.rawValue).joined(separator: ",") + " \(file.story)\n"
            hasher.update(data: Array(line.utf8))
        }
        return Hexadecimal.encode(Array(hasher.finalize().prefix(8)))
    }

    private func returns(_ level: Level) -> Int { self.ledger.files.reduce(0) { $0 + $1.returns[level, default: 0] } }

    private func rows(_ group: (RehearsalPerson) -> String) -> [[String]] {
        var rows = [["", "人数", "提交", "站退", "中心退", "局退", "市退", "行退", "不予", "发放", "有例外"]]
        let groups = Dictionary(grouping: self.ledger.people, by: group).sorted { $0.key < $1.key }
        func row(_ name: String, _ people: [RehearsalPerson]) -> [String] {
            let files = people.map { self.ledger.files[$0.index] }
            func returned(_ level: Level) -> String { "\(files.reduce(0) { $0 + $1.returns[level, default: 0] })" }
            return [
                name, "\(people.count)", "\(files.count { $0.submission != nil })", returned(.station),
                returned(.centre),
                returned(.bureau), returned(.city), returned(.bank), "\(files.count { $0.stage == .refused })",
                "\(files.count { $0.stage == .delivered })", "\(files.count { !$0.exceptions.isEmpty })",
            ]
        }
        for (name, people) in groups { rows.append(row(name, people)) }
        rows.append(row("合计 all", self.ledger.people))
        return rows
    }

    private var exceptionRows: [[String]] {
        var rows = [
            ["", "比例 rate", "涉及 people", "已发放 delivered", "不予 refused", "退回省 back at the province", "其他 other"]
        ]
        for exception in RehearsalException.allCases {
            let files = self.ledger.files.filter { $0.exceptions.contains(exception) }
            func ended(_ stage: SubmissionStage) -> Int { files.count { $0.stage == stage } }
            let known = [SubmissionStage.delivered, .refused, .backAtProvince].map(ended)
            rows.append(
                [exception.title, Numbers.fixed(self.rates[exception] * 100, 1) + " %", "\(files.count)"]
                    + known.map(String.init) + ["\(files.count - known.reduce(0, +))"])
        }
        return rows
    }

    /// What people are counted by: the district's batches, or phases where offices have plans of their own.
    private var turn: (zh: String, en: String) {
        self.programme.plans.isEmpty
            ? ("批", "batch") : self.programme.batches.isEmpty ? ("阶段", "phase") : ("批/阶段", "batch/phase")
    }

    /// The days are those of the plan, so that an office where nobody came on its first day shows a nought.
    private var firstDayRows: [[String]] {
        var rows = [["", "首日 first day", "首日申领 on it", "最多一日 busiest", "日均 a day"]]
        for station in self.programme.stations {
            let opens = self.programme.offers(at: station.code, on: self.programme.window.from)
                .compactMap(\.window?.from).min()
            let first = opens ?? self.programme.window.from
            let counts = self.ledger.daily[station.code, default: [:]]
            let all = counts.values.reduce(0, +)
            let mean = counts.isEmpty ? 0 : (all * 10 + counts.count / 2) / counts.count
            rows.append([
                "\(station.code) \(station.name)", "\(first)", "\(counts[first, default: 0])",
                "\(counts.values.max() ?? 0)", "\(mean / 10).\(mean % 10)",
            ])
        }
        return rows
    }

    private var deadlineRows: [[String]] {
        var rows = [["", "初审 review, 7 days (R47)", "送达 delivery, 10 days (R48)"]]
        func text(_ deadlines: RehearsalLedger.Deadlines?) -> String {
            "\(deadlines?.kept ?? 0) / \(deadlines?.missed ?? 0)"
        }
        for batch in Set(self.ledger.people.map(\.batch)).sorted() {
            rows.append([
                "第\(batch)\(self.turn.zh) \(self.turn.en) \(batch)", text(self.ledger.initialReview[batch]),
                text(self.ledger.delivery[batch]),
            ])
        }
        return rows
    }
}
