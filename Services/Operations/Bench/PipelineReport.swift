import Contracts
import FoundationEssentials

/// The tables of `youdai bench pipeline`.
struct PipelineReport: Sendable {
    let result: PipelineResult

    var text: String {
        var text = """

            端到端 End to end: \(Numbers.fixed(self.result.rate, 1)) submissions/s (\(Numbers.grouped(self.result.count)) in \(Numbers.fixed(self.result.seconds, 1)) s, \(self.result.connections) connections, photos of \(Numbers.grouped(self.result.photoBytes)) bytes; \(self.result.refusals) refusals)
            机器 Machine: \(ProcessMeter.processors) processors, \(Numbers.fixed(self.result.cost.busyShare * 100)) % busy, of which other programs and the kernel's threads \(Numbers.fixed(self.result.cost.othersShare * 100)) %

            各环节 Stages
            \(Terminal.table(self.stages))
            处理器 Processor seconds per 1 000 submissions · 内存 resident memory (MB)
            \(Terminal.table(self.processes))
            数据库进程 PostgreSQL by process, seconds per 1 000 submissions
            \(Terminal.table(self.backends))
            每件申请 Per submission
            \(Terminal.table(self.perSubmission))
            表 Rows per submission by table
            \(Terminal.table(self.tables))
            接口 Calls
            \(Terminal.table(self.calls))

            """
        if let open = self.result.open { text += self.openLoop(open) }
        if let ceiling = self.result.ceiling { text += self.ceiling(ceiling) }
        return text + "  \(self.result.audit)\n"
    }

    // MARK: - Closed loop

    private var stages: [[String]] {
        var rows = [["stage", "submissions", "per second", "first after", "last after"]]
        func row(_ name: String, _ count: Int, _ first: Double, _ last: Double) {
            rows.append(
                [
                    name, Numbers.grouped(count), Numbers.fixed(Double(count) / max(last - first, 0.001), 1),
                    "\(Numbers.fixed(first, 1)) s", "\(Numbers.fixed(last, 1)) s",
                ])
        }
        let steps: [(String, WorkLog.Act)] = [
            ("submitted", .submit), ("photo stored", .photo), ("checked", .check), ("verified", .verify),
            ("reviewed", .review), ("audited", .audit), ("filed", .file), ("bank checked", .bankCheck),
        ]
        for (name, act) in steps {
            guard let entry = self.result.log[act], let first = entry.first, let last = entry.last else { continue }
            row(name, entry.submissions, (first - self.result.start).asSeconds, (last - self.result.start).asSeconds)
        }
        for (name, span) in [
            ("ordered at issuance", self.result.ordered), ("recorded at notification", self.result.recorded),
        ] {
            row(name, span.count, span.first - self.result.startWall, span.last - self.result.startWall)
        }
        return rows
    }

    private func per1000(_ seconds: Double) -> String { Numbers.fixed(seconds * 1000 / Double(self.result.count), 2) }

    private var processes: [[String]] {
        let memory = Dictionary(uniqueKeysWithValues: self.result.memory.map { ($0.name, $0.memory) })
        var rows = [["process", "CPU s", "share", "now", "peak"]]
        for name in self.result.names {
            let cpu = self.result.cost.cpu[name] ?? 0
            let figures = memory[name] ?? ProcessMeter.Memory()
            rows.append(
                [
                    name, self.per1000(cpu), "\(Numbers.fixed(cpu / self.result.cost.total * 100, 1)) %",
                    Numbers.megabytes(figures.resident), figures.peak > 0 ? Numbers.megabytes(figures.peak) : "–",
                ])
        }
        rows.append(["all of them", self.per1000(self.result.cost.total), "100 %", "", ""])
        rows.append(["others and kernel threads", self.per1000(self.result.cost.others), "", "", ""])
        return rows
    }

    private var backends: [[String]] {
        [["process", "CPU s"]]
            + self.result.cost.backends.filter { $0.value > 0 }.sorted { $0.value > $1.value }.map {
                [$0.key, self.per1000($0.value)]
            }
    }

    private var perSubmission: [[String]] {
        let count = Double(self.result.count)
        let database = self.result.database
        func each(_ value: Int, _ digits: Int = 2) -> String { Numbers.fixed(Double(value) / count, digits) }
        var rows = [["", "each"]]
        rows.append(["messages", each(database.messageCount)])
        for (stream, number) in database.messages.sorted(by: { $0.key < $1.key }) {
            rows.append(["  \(stream)", each(number)])
        }
        let calls = self.result.log.values.reduce(0) { $0 + $1.calls }
        rows.append(["HTTP requests", each(calls)])
        rows.append(["transactions that wrote", each(database.writes)])
        rows.append(["transactions that only read", each(max(0, database.commits - database.writes))])
        rows.append(["rows inserted", each(database.inserted)])
        rows.append(["rows updated", each(database.updated)])
        rows.append(["  of them heap-only", each(database.hotUpdated)])
        rows.append(["rows deleted", each(database.deleted)])
        rows.append(["write-ahead log, kB", Numbers.fixed(Double(database.walBytes) / count / 1000, 1)])
        rows.append(["syncs of the log", each(database.walSyncs)])
        return rows
    }

    private var tables: [[String]] {
        var rows = [["table", "inserted", "updated", "heap-only", "deleted", "indexes", "bytes"]]
        let count = Double(self.result.count)
        for service in ServiceName.allCases {
            let tables = (self.result.database.tables[service] ?? [:]).filter {
                Double($0.value.changed) / count >= 0.05
            }
            for (name, table) in tables.sorted(by: { $0.value.changed > $1.value.changed }) {
                rows.append(
                    ["\(service.rawValue).\(name)"]
                        + [table.inserted, table.updated, table.hotUpdated, table.deleted].map {
                            Numbers.fixed(Double($0) / count, 2)
                        }
                        + ["\(table.indexes)", Numbers.fixed(table.width)])
            }
        }
        return rows
    }

    private var calls: [[String]] {
        var rows = [["call", "per submission", "average"]]
        for act in WorkLog.Act.allCases {
            guard let entry = self.result.log[act], entry.calls > 0 else { continue }
            rows.append(
                [
                    act.rawValue, Numbers.fixed(Double(entry.calls) / Double(self.result.count), 3),
                    Numbers.seconds(entry.waiting.asSeconds / Double(entry.calls)),
                ])
        }
        return rows
    }

    // MARK: - Open loop and ceiling

    private func openLoop(_ open: OpenLoopResult) -> String {
        var rows = [["from the scheduled arrival to", "p50", "p99", "max"]]
        for (name, latencies) in [
            ("the submission's answer", open.accepted), ("the photo's answer", open.photo),
            ("“received” recorded at notification", open.received),
            ("ordered and recorded, all levels' desks included", open.ordered),
        ] {
            rows.append(
                [name] + [latencies.percentile(0.5), latencies.percentile(0.99), latencies.max].map(Numbers.seconds))
        }
        return """
            半负荷 Open loop at \(Numbers.fixed(open.rate, 1)) submissions/s: \(Numbers.grouped(open.arrivals)) arrivals in \(Numbers.fixed(open.span, 1)) s; machine \(Numbers.fixed(open.cost.busyShare * 100)) % busy
            \(Terminal.table(rows))

            """
    }

    private func ceiling(_ ceiling: Ceiling) -> String {
        var rows = [["alone", "submissions/s", "ms of the clock", "ms of processors", "others", "work per submission"]]
        for part in ceiling.parts {
            rows.append(
                [
                    part.name, Numbers.fixed(1 / part.wall), Numbers.fixed(part.wall * 1000, 3),
                    Numbers.fixed(part.cpu * 1000, 3), "\(Numbers.fixed(part.cost.othersShare * 100)) %", part.work,
                ])
        }
        let rate = self.result.rate
        let own = self.result.cost.total / Double(self.result.count)
        // What the pipeline would have reached had the others' share of the machine been its own.
        let alone = rate / max(0.05, 1 - self.result.cost.othersShare)
        return """
            上限 Ceiling
            \(Terminal.table(rows))
              one after the other: \(Numbers.fixed(ceiling.byWall, 1)) submissions/s, of which the pipeline reaches \(Numbers.fixed(rate / ceiling.byWall * 100)) %
              processors alone:    \(Numbers.fixed(ceiling.byCPU, 1)) submissions/s, of which the pipeline reaches \(Numbers.fixed(rate / ceiling.byCPU * 100)) %
              with the others' share given back the pipeline would make \(Numbers.fixed(alone, 1)) submissions/s, \(Numbers.fixed(alone / ceiling.byWall * 100)) % and \(Numbers.fixed(alone / ceiling.byCPU * 100)) %
              processor time per submission: \(Numbers.fixed(own * 1000, 2)) ms, of which the ceiling's work is \(Numbers.fixed(Double(ProcessMeter.processors) / ceiling.byCPU / own * 100)) %

            """
    }
}
