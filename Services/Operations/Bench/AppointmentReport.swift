import FoundationEssentials

/// The tables of `youdai bench appointments`, for one way of counting.
struct AppointmentReport: Sendable {
    let result: AppointmentResult

    private typealias Phase = AppointmentResult.Phase

    private var phases: [(name: String, phase: Phase)] {
        [
            ("booked, one request", self.result.one), ("booked, two requests", self.result.two),
            ("refused, sold out", self.result.refused), ("looked at what is free", self.result.looks),
            ("booked, at half the rate", self.result.open),
        ]
    }

    var text: String {
        let options = self.result.options
        return """

            预约 Appointments: \(options.counted ? "Redis counts the seats" : "the database answers alone"), \(options.instances) × intake, \(Numbers.grouped(options.slots)) slots × \(options.seats) seats, \(options.connections) connections
            \(Terminal.table(self.rates))
            处理器 Processor ms each, until the voice knew of all
            \(Terminal.table(self.processors))
            \(self.ceiling)  \(self.result.checks.joined(separator: "\n  "))

            """
    }

    private var rates: [[String]] {
        var rows = [["", "per second", "in all", "s", "p50", "p99", "max", "machine", "others", "voice later", "else"]]
        for (name, phase) in self.phases {
            rows.append(
                [
                    name, Numbers.fixed(phase.rate), Numbers.grouped(phase.done), Numbers.fixed(phase.seconds, 1),
                ]
                    + [phase.latencies.percentile(0.5), phase.latencies.percentile(0.99), phase.latencies.max].map {
                        Numbers.seconds($0)
                    } + [
                        "\(Numbers.fixed((phase.cost?.busyShare ?? 0) * 100)) %",
                        "\(Numbers.fixed((phase.cost?.othersShare ?? 0) * 100)) %", Numbers.seconds(phase.settled),
                        phase.others.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(
                            separator: ", "),
                    ])
        }
        return rows
    }

    private var processors: [[String]] {
        var rows = [["process"] + self.phases.map(\.name)]
        func row(_ name: String, _ value: (ProcessCost) -> Double) {
            rows.append(
                [name]
                    + self.phases.map { _, phase in
                        phase.cost.map { Numbers.fixed(value($0) * 1000 / Double(max(1, phase.done)), 3) } ?? "–"
                    })
        }
        for name in self.result.names where self.phases.contains(where: { $0.phase.cost?.cpu[name] ?? 0 > 0.05 }) {
            row(name) { $0.cpu[name] ?? 0 }
        }
        row("all of them") { $0.total }
        row("others and kernel threads") { $0.others }
        let backends = Set(self.phases.flatMap { $0.phase.cost?.backends.keys.map { $0 } ?? [] })
        for name in backends.sorted()
        where self.phases.contains(where: { $0.phase.cost?.backends[name] ?? 0 > 0.2 }) {
            row("PostgreSQL: \(name)") { $0.backends[name] ?? 0 }
        }
        return rows
    }

    private var ceiling: String {
        guard !self.result.parts.isEmpty else { return "" }
        var rows = [["alone", "per second", "ms of processors", "others", "work"]]
        for part in self.result.parts {
            rows.append(
                [
                    part.name, Numbers.fixed(1 / part.wall), Numbers.fixed(part.cpu * 1000, 3),
                    "\(Numbers.fixed(part.cost.othersShare * 100)) %", part.work,
                ])
        }
        // One commit each: what a service that does not group could reach. Grouped it is shown beside.
        let alone = self.result.parts.filter { $0.name != "Database, grouped" }
        let all = Ceiling(parts: alone)
        let together = Ceiling(parts: self.result.parts.filter { $0.name != "Database" })
        let counting = Ceiling(parts: alone.filter { $0.name != "Database" })
        let http = Ceiling(parts: alone.filter { $0.name == "HTTP server" })
        func line(_ name: String, _ rate: Double, _ ceiling: Ceiling) -> String {
            "  \(name): \(Numbers.fixed(rate)) of \(Numbers.fixed(ceiling.byWall)) one after the other, \(Numbers.fixed(rate / ceiling.byWall * 100)) %; by processors alone \(Numbers.fixed(ceiling.byCPU)), \(Numbers.fixed(rate / ceiling.byCPU * 100)) %\n"
        }
        return """
            上限 Ceiling
            \(Terminal.table(rows))
            \(line("booked, one request", self.result.one.rate, all))\(line("the same, with grouped commits", self.result.one.rate, together))\(line("refused", self.result.refused.rate, self.result.options.counted ? counting : all))\(line("looked", self.result.looks.rate, http))
            """
    }
}
