import CardProgramme
import FoundationEssentials
import Glibc
import ServiceRuntime

/// The rehearsal as it runs: the programme's date and a bar per stage. On a terminal it redraws itself; elsewhere it
/// prints one line per programme month.
actor LiveView {
    private static let groups: [(name: String, stages: [SubmissionStage])] = [
        ("受理检查 station", [.awaitingStationCheck, .returnedToApplicant, .returnedToStation]),
        ("核实     centre", [.awaitingVerification, .returnedToCentre]),
        ("初审     bureau", [.awaitingInitialReview, .returnedToBureau]),
        ("审核备案 above", [.awaitingAudit, .awaitingFiling, .awaitingRuling, .awaitingBankCheck]),
        ("制证     making", [.ordered, .reordered, .inProduction, .produced, .inTransit, .parcelRefused, .cardLost]),
        ("在途在站 to hand", [.atCentre, .onWayToStation, .atStation]),
        ("已发放   delivered", [.delivered]),
        ("退回上级 back up", [.backAtCentre, .backAtCity, .backAtProvince]),
        ("不予发放 refused", [.refused, .discontinued]),
    ]

    private let people: Int
    private let isTerminal: Bool
    private let started = ContinuousClock.now
    private var lastDraw: ContinuousClock.Instant?
    private var drawnLines = 0
    private var lastMonth = 0

    init(people: Int) {
        self.people = people
        self.isTerminal = isatty(1) == 1
    }

    func show(_ day: CalendarDay, _ ledger: RehearsalLedger, final: Bool = false) {
        if self.isTerminal {
            let now = ContinuousClock.now
            if !final, let last = self.lastDraw, now - last < .milliseconds(100) { return }
            self.lastDraw = now
            self.draw(day, ledger)
        } else if day.month != self.lastMonth || final {
            self.lastMonth = day.month
            let delivered = ledger.stages[.delivered, default: 0]
            Terminal.write(
                "  \(day)  registered \(ledger.registered)  submitted \(ledger.files.count { $0.submission != nil })  delivered \(delivered)  (\(self.elapsed))\n"
            )
        }
    }

    private var elapsed: String {
        let seconds = (ContinuousClock.now - self.started).components.seconds
        return "\(seconds) s"
    }

    private func draw(_ day: CalendarDay, _ ledger: RehearsalLedger) {
        var lines = [
            "  \(day.chinese)  \(day)  ·  已登记 registered \(ledger.registered) / \(self.people)  ·  \(self.elapsed)"
        ]
        for (name, stages) in Self.groups {
            let count = stages.reduce(0) { $0 + ledger.stages[$1, default: 0] }
            let width = 48
            let filled = self.people == 0 ? 0 : (count * width + self.people - 1) / self.people
            let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
            lines.append("  \(Terminal.padded(name, 20)) \(bar) \(count)")
        }
        var text = self.drawnLines > 0 ? "\u{1b}[\(self.drawnLines)A" : ""
        for line in lines { text += "\u{1b}[2K\(line)\n" }
        self.drawnLines = lines.count
        Terminal.write(text)
    }
}

/// Text on standard output, with the width Chinese characters have there.
enum Terminal {
    static func write(_ text: String) {
        SystemCalls.write(Array(text.utf8), to: STDOUT_FILENO)
    }

    static func printError(_ text: String) {
        SystemCalls.write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    /// On standard error and without a line's end: a bar that is drawn over.
    static func printPart(_ text: String) {
        SystemCalls.write(Array(text.utf8), to: STDERR_FILENO)
    }

    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ((0x2e80...0xffef).contains($1.value) ? 2 : 1) }
    }

    /// Filled with spaces on the right to a width in columns.
    static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - Self.width(text)))
    }

    /// Filled with spaces on the left.
    static func right(_ text: String, _ columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - Self.width(text))) + text
    }

    /// A table with a header line; the first columns are on the left, all others on the right.
    static func table(_ rows: [[String]], left: Int = 1) -> String {
        guard let columns = rows.map(\.count).max() else { return "" }
        let widths = (0..<columns).map { column in
            rows.map { $0.count > column ? Self.width($0[column]) : 0 }.max() ?? 0
        }
        var text = ""
        for (index, row) in rows.enumerated() {
            let line =
                "  "
                + row.enumerated().map { column, cell in
                    column < left ? Self.padded(cell, widths[column]) : Self.right(cell, widths[column])
                }.joined(separator: "  ")
            text += String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
            if index == 0 {
                text += "  " + widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n"
            }
        }
        return text
    }
}
