import FoundationEssentials

/// The tables of `youdai bench notices`.
struct NoticesReport: Sendable {
    let result: NoticesResult

    private typealias Phase = NoticesResult.Phase

    var text: String {
        let options = self.result.options
        return """

            通知 Notices: \(Numbers.grouped(options.people)) people, 1 × notification, \(ProcessMeter.processors) processors
            \(Terminal.table(self.planning))
            \(self.memory)
            到点延迟 Lateness: \(Numbers.grouped(self.result.decided.count)) reminders, \(options.reminders) a second, \(Numbers.grouped(self.result.waiting)) other messages waiting
            \(Terminal.table(self.lateness))
            发送与回执 Dispatch and receipts
            \(Terminal.table(self.rates))
              \(self.arrivals)
              at the message centre \(self.result.arrived), each once; every one delivered by its receipt
            处理器 Processor ms each
            \(Terminal.table(self.processors))

            """
    }

    private func share(_ phase: Phase, _ ceiling: Phase?) -> String {
        guard let ceiling, ceiling.rate > 0 else { return "–" }
        return "\(Numbers.fixed(phase.rate / ceiling.rate * 100)) %"
    }

    private var planning: [[String]] {
        let campaign = self.result.campaign
        var rows = [["", "rows/s", "s", "PostgreSQL alone, rows/s", "of that"]]
        func row(_ name: String, _ phase: Phase, _ ceiling: Phase?) {
            rows.append([
                name, Numbers.fixed(phase.rate), Numbers.fixed(phase.seconds, 1),
                ceiling.map { Numbers.fixed($0.rate) } ?? "–", self.share(phase, ceiling),
            ])
        }
        row("people sealed and written by the bench", self.result.sealed, nil)
        row("people drawn and counted", campaign.drawn, self.result.rows?.drawn)
        row("lines given their message", campaign.planned, self.result.rows?.planned)
        return rows
    }

    private var memory: String {
        let campaign = self.result.campaign
        let quarters = campaign.quarters.map { Numbers.megabytes($0) }.joined(separator: ", ")
        return
            "  memory of notification, MB: before \(Numbers.megabytes(campaign.before)), drawing \(Numbers.megabytes(campaign.drawingPeak)), planning by quarters \(quarters), peak \(Numbers.megabytes(campaign.peak))"
    }

    private var lateness: [[String]] {
        var rows = [["", "p50", "p99", "max"]]
        for (name, latencies) in [("decided", self.result.decided), ("taken by Kannel", self.result.answered)] {
            rows.append(
                [name]
                    + [latencies.percentile(0.5), latencies.percentile(0.99), latencies.max].map { Numbers.seconds($0) }
            )
        }
        return rows
    }

    private var arrivals: String {
        let (own, alone) = (self.result.dispatched.arrivalRate ?? 0, self.result.kannel?.arrivalRate)
        let share = alone.map {
            ", straight into Kannel \(Numbers.fixed($0)), of that \(Numbers.fixed(own / $0 * 100)) %"
        }
        return "from the first to the last at the message centre, a second: \(Numbers.fixed(own))\(share ?? "")"
    }

    private var rates: [[String]] {
        var rows = [["", "per second", "in all", "s", "p50", "p99", "busy", "others", "of what is below"]]
        func row(_ name: String, _ phase: Phase?, of ceilings: [Phase?]) {
            guard let phase else { return }
            rows.append([
                name, Numbers.fixed(phase.rate), Numbers.grouped(phase.done), Numbers.fixed(phase.seconds, 1),
                Numbers.seconds(phase.latencies.percentile(0.5)), Numbers.seconds(phase.latencies.percentile(0.99)),
                phase.cost.map { "\(Numbers.fixed($0.busyShare * 100)) %" } ?? "–",
                phase.cost.map { "\(Numbers.fixed($0.othersShare * 100)) %" } ?? "–",
                ceilings.map { self.share(phase, $0) }.joined(separator: ", "),
            ])
        }
        row("messages through notification", self.result.dispatched, of: [self.result.kannel])
        row("straight into Kannel", self.result.kannel, of: [])
        row("receipts", self.result.receipts, of: [self.result.http, self.result.commits])
        row("HTTP server alone, empty answers", self.result.http, of: [])
        row("PostgreSQL alone, one commit each", self.result.commits, of: [])
        return rows
    }

    /// Until the last receipt had come, so of a message and its receipts together.
    private var processors: [[String]] {
        let phases = [
            ("messages", self.result.dispatched), ("straight into Kannel", self.result.kannel ?? Phase()),
            ("receipts", self.result.receipts), ("empty answers", self.result.http ?? Phase()),
        ].filter { $0.1.cost != nil }
        var rows = [["process"] + phases.map(\.0)]
        func row(_ name: String, _ value: (ProcessCost) -> Double) {
            rows.append(
                [name]
                    + phases.map { _, phase in
                        phase.cost.map { Numbers.fixed(value($0) * 1000 / Double(max(1, phase.done)), 3) } ?? "–"
                    })
        }
        for name in self.result.names where phases.contains(where: { $0.1.cost?.cpu[name] ?? 0 > 0.05 }) {
            row(name) { $0.cpu[name] ?? 0 }
        }
        row("all of them") { $0.total }
        row("others and kernel threads") { $0.others }
        return rows
    }
}
