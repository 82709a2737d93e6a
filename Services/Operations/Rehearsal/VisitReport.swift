import CardProgramme
import Contracts

/// Appointments and desks in the tables at the end of a rehearsal: crowding, waiting, who did not come (R115–R120).
struct VisitReport: Sendable {
    let ledger: RehearsalLedger
    let programme: Programme

    var text: String {
        """
        预约 Appointments: 放号 counter seats on days with visitors · 预约 booked = 办结 done + 未到 missed + 取消 cancelled · 改约 moved · 待改约/已告知 orphaned and told
        \(Terminal.table(self.bookingRows))
        现场 At the stations: 每半小时到号人数与窗口能力 people per half hour against what the desks can do · 等候分钟 minutes of waiting · 一次办成 done with the first visit (R27)
        \(Terminal.table(self.deskRows))
        预约合计 Appointments in all: \(self.totals)
        余号核对 Free seats: 核对时段 compared \(self.ledger.seatsCompared) · 不一致 differing \(self.ledger.seatsDiffering)

        """
    }

    var totals: String {
        let all = self.all
        return [
            "booked \(all.booked)", "done \(all.done)", "missed \(all.missed)", "cancelled \(all.cancelled)",
            "moved \(all.moved)", "orphaned \(all.orphaned)", "told \(all.told)", "walk-ins \(all.walkIns)",
            "home visits \(all.byWay[.homeVisit, default: 0])", "first visits \(all.firstVisits)",
            "sufficed \(all.firstVisitsSufficed)",
        ].joined(separator: ", ")
    }

    private var all: StationTally {
        self.stations.reduce(StationTally()) { $0 + self.tally($1.code) }
    }

    private var stations: [Programme.Station] { self.programme.stations }

    private func tally(_ station: String) -> StationTally { self.ledger.tallies[station] ?? StationTally() }

    private var bookingRows: [[String]] {
        var rows = [
            [
                "", "放号 seats", "预约 booked", "网上 online", "电话 phone", "入户 home", "集中 session", "办结 done", "未到 missed",
                "未到率", "取消", "改约", "待改约/已告知", "现场取号 walk-ins",
            ]
        ]
        func row(_ name: String, _ tally: StationTally) -> [String] {
            func way(_ way: Visit.Way) -> String { "\(tally.byWay[way, default: 0])" }
            return [
                name, "\(tally.seats)", "\(tally.booked)", way(.online), way(.hotline), way(.homeVisit),
                way(.collective), "\(tally.done)", "\(tally.missed)", Self.share(tally.missed, of: tally.booked),
                "\(tally.cancelled)", "\(tally.moved)", "\(tally.orphaned)/\(tally.told)", "\(tally.walkIns)",
            ]
        }
        for station in self.stations { rows.append(row("\(station.code) \(station.name)", self.tally(station.code))) }
        rows.append(row("合计 all", self.all))
        return rows
    }

    private var deskRows: [[String]] {
        var rows = [
            [
                "", "能力 capacity", "平均 mean", "最多 busiest", "超能力 above", "等候 mean", "九成 p90", "最长 longest", "一次办成 R27",
            ]
        ]
        // In half hours in which anybody came; in all, each station against its own desks.
        var everywhere: [(people: Int, capacity: Int)] = []
        for station in self.stations {
            let tally = self.tally(station.code)
            let capacity = (self.ledger.seats[station.code]?.capacity.desks ?? 0) * 30 / Script.minutesPerVisit
            let counts = tally.halfHours.values.map { (people: $0, capacity: capacity) }
            everywhere += counts
            rows.append(Self.row("\(station.code) \(station.name)", "\(capacity)", counts, tally))
        }
        rows.append(Self.row("合计 all", "–", everywhere, self.all))
        return rows
    }

    private static func row(
        _ name: String, _ capacity: String, _ counts: [(people: Int, capacity: Int)], _ tally: StationTally
    ) -> [String] {
        let waits = tally.waits.sorted()
        let people = counts.reduce(0) { $0 + $1.people }
        return [
            name, capacity, Self.mean(people, counts.count), "\(counts.map(\.people).max() ?? 0)",
            Self.share(counts.count { $0.people > $0.capacity }, of: counts.count),
            Self.mean(waits.reduce(0, +), waits.count),
            waits.isEmpty ? "–" : "\(waits[(waits.count * 9 + 9) / 10 - 1])", "\(waits.last ?? 0)",
            Self.share(tally.firstVisitsSufficed, of: tally.firstVisits),
        ]
    }

    private static func mean(_ sum: Int, _ count: Int) -> String {
        count == 0 ? "–" : Numbers.fixed(Double(sum) / Double(count), 1)
    }

    private static func share(_ part: Int, of all: Int) -> String {
        all == 0 ? "–" : Numbers.fixed(Double(part) * 100 / Double(all), 1) + " %"
    }
}
