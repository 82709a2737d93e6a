import CardProgramme
import Contracts
import Messaging

/// The auditor's verdict for a person.
struct AuditReport: Sendable {
    let verdict: Auditor.Verdict
    /// Offending ids printed in full.
    var longest = 50

    var text: String {
        let order = ServiceName.allCases.compactMap { self.verdict.snapshots[$0] }
        var rows = [["service", "submissions", "outbox", "inbox", "held", "deferred", "parked", "discarded"]]
        for snapshot in order {
            let figures = snapshot.figures
            rows.append(
                [snapshot.service.rawValue]
                    + [
                        snapshot.stages.count, figures.outbox, figures.inbox, figures.held, figures.deferred,
                        figures.parked,
                        figures.discarded,
                    ].map(String.init))
        }
        var streams = [["stream", "subjects", "emitted", "applied"]]
        for producer in order {
            for (stream, keys) in Dictionary(grouping: producer.heads.keys, by: \.stream).sorted(by: { $0.key < $1.key }
            ) {
                let consumer = AuditComparison(snapshots: self.verdict.snapshots).consumer(of: keys[0])
                let emitted = keys.reduce(0) { $0 + (producer.heads[$1]?.number ?? 0) }
                let applied = keys.reduce(0) { $0 + (consumer?.cursors[$1]?.number ?? 0) }
                streams.append([stream, "\(keys.count)", "\(emitted)", "\(applied)"])
            }
        }
        var text = Terminal.table(rows) + "\n" + Terminal.table(streams) + "\n"
        let campaigns = order.flatMap(\.campaigns)
        if !campaigns.isEmpty {
            text +=
                Terminal.table(
                    [["campaign", "state", "people", "open", "accounted for"]]
                        + campaigns.map {
                            ["\($0.id)", $0.state.rawValue, "\($0.drawn + $0.added)", "\($0.open)", "\($0.ended)"]
                        }) + "\n"
        }
        for finding in self.verdict.findings.prefix(self.longest) { text += "  \(finding.text)\n" }
        if self.verdict.findings.count > self.longest {
            text += "  … and \(self.verdict.findings.count - self.longest) more\n"
        }
        return text + "  \(self.line)\n"
    }

    /// The verdict in one line, for the end of other reports.
    var line: String {
        let parked = self.verdict.parked
        let note = parked == 0 ? "" : "; \(parked) parked, see youdai parked list"
        return self.verdict.isClean
            ? "审计 Audit: clean. Every message emitted is applied or accounted for, every submission is in exactly one place\(note)."
            : "审计 Audit: \(self.verdict.findings.count) findings\(note)."
    }
}
