import CardProgramme
import Crypto
import FoundationEssentials
import Messaging

/// The tables at the end of a rehearsal, and a digest of its totals: equal digests mean the same happened to everybody.
struct RehearsalReport: Sendable {
    let ledger: RehearsalLedger
    let programme: Programme

    var text: String {
        """

        人数 people · 提交 submitted · 站退/中心退/局退/市退/行退 returned by station, centre, bureau, city, bank · 不予 refused · 发放 delivered

        批次 By batch
        \(Terminal.table(self.rows { "第\($0.batch)批 batch \($0.batch)" }))
        服务站 By station
        \(Terminal.table(self.rows { person in self.programme.station(person.station).map { "\($0.code) \($0.name)" } ?? person.station }))
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

    /// SHA-256 over each person's end: stage, rounds, returns, days. The same for the same programme, people and seed,
    /// whatever was killed on the way.
    var digest: String {
        var hasher = SHA256()
        for (person, file) in zip(self.ledger.people, self.ledger.files) {
            let returns = Level.allCases.map { "\(file.returns[$0, default: 0])" }.joined(separator: ",")
            let line =
                "\(person.index) \(person.station) \(person.batch) \(file.stage?.rawValue ?? "-") \(file.round) \(returns) "
                + "\(file.submittedOn?.description ?? "-") \(file.deliveredOn?.description ?? "-")\n"
            hasher.update(data: Array(line.utf8))
        }
        return Hexadecimal.encode(Array(hasher.finalize().prefix(8)))
    }

    private func returns(_ level: Level) -> Int { self.ledger.files.reduce(0) { $0 + $1.returns[level, default: 0] } }

    private func rows(_ group: (RehearsalPerson) -> String) -> [[String]] {
        var rows = [["", "人数", "提交", "站退", "中心退", "局退", "市退", "行退", "不予", "发放"]]
        let groups = Dictionary(grouping: self.ledger.people, by: group).sorted { $0.key < $1.key }
        func row(_ name: String, _ people: [RehearsalPerson]) -> [String] {
            let files = people.map { self.ledger.files[$0.index] }
            func returned(_ level: Level) -> String { "\(files.reduce(0) { $0 + $1.returns[level, default: 0] })" }
            return [
                name, "\(people.count)", "\(files.count { $0.submission != nil })", returned(.station),
                returned(.centre),
                returned(.bureau), returned(.city), returned(.bank), "\(files.count { $0.stage == .refused })",
                "\(files.count { $0.stage == .delivered })",
            ]
        }
        for (name, people) in groups { rows.append(row(name, people)) }
        rows.append(row("合计 all", self.ledger.people))
        return rows
    }

    private var deadlineRows: [[String]] {
        var rows = [["", "初审 review, 7 days (R47)", "送达 delivery, 10 days (R48)"]]
        func text(_ deadlines: RehearsalLedger.Deadlines?) -> String {
            "\(deadlines?.kept ?? 0) / \(deadlines?.missed ?? 0)"
        }
        for batch in self.programme.batches.map(\.number) {
            rows.append([
                "第\(batch)批 batch \(batch)", text(self.ledger.initialReview[batch]), text(self.ledger.delivery[batch]),
            ])
        }
        return rows
    }
}
