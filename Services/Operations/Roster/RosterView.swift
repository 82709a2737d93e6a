import CardProgramme
import FoundationEssentials
import Glibc
import ServiceRuntime
import SystemPackage

/// What `youdai roster import` shows: a bar while it reads, the bad rows, and what became of the rest.
final class RosterView {
    /// All bad rows, for whoever mends the file; written as they are found.
    struct Report {
        let path: String
        private let file: FileDescriptor
        fileprivate var descriptor: CInt { self.file.rawValue }

        init(path: String) throws(OperationsError) {
            do {
                self.file = try FileDescriptor.open(
                    FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                    permissions: [.ownerReadWrite])
            } catch {
                throw OperationsError("\(path) 无法写入 · cannot be written: check the path and its permissions.")
            }
            self.path = path
            SystemCalls.write(
                Array("\u{FEFF}行号 line,代码 code,原因,reason,可能的档案 likely file\r\n".utf8), to: self.file.rawValue)
        }
    }

    private static let shown = 20

    private let total: Int
    private let report: Report?
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let started = ContinuousClock.now
    private var lastDraw: ContinuousClock.Instant?
    private var badShown = 0

    init(file: String, report: Report?) {
        self.total = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
        self.report = report
    }

    func bad(_ row: RosterImport.Bad) {
        let likely = row.personID.map { " → \($0)" } ?? ""
        if self.badShown < Self.shown {
            self.clearBar()
            Terminal.write(
                "  第\(row.line)行：\(row.zh)\(likely)\n    line \(row.line): \(row.en)\(likely)\n")
        } else if self.badShown == Self.shown, self.report == nil {
            self.clearBar()
            Terminal.write("  …… 其余坏行请用 --report 文件 查看 · for all bad rows add --report FILE\n")
        }
        self.badShown += 1
        guard let report = self.report else { return }
        let fields = [
            "\(row.line)", row.code, row.zh, row.en, row.personID?.uuidString ?? "",
        ].map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
        SystemCalls.write(Array((fields.joined(separator: ",") + "\r\n").utf8), to: report.descriptor)
    }

    func progress(_ tally: RosterImport.Tally) {
        let now = ContinuousClock.now
        guard self.isTerminal, self.lastDraw.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
        self.lastDraw = now
        let share = self.total == 0 ? 1 : min(1, Double(tally.bytes) / Double(self.total))
        let filled = Int(share * 40)
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 40 - filled)
        Terminal.printPart(
            "\r\u{1b}[2K  \(bar) \(Int(share * 100)) %  \(Numbers.grouped(tally.rows)) 行  \(self.rate(tally, now - self.started)) 行/s"
        )
    }

    func finish(_ tally: RosterImport.Tally, took: Duration) {
        self.clearBar()
        var rows = [["", "人 people"]]
        rows.append(["新建 created", Numbers.grouped(tally.created)])
        rows.append(["更新 updated", Numbers.grouped(tally.updated)])
        rows.append(["无变化 unchanged", Numbers.grouped(tally.unchanged)])
        rows.append(["未入库 not taken in", Numbers.grouped(tally.bad)])
        rows.append(["疑似重复 likely doubles", Numbers.grouped(tally.likely)])
        Terminal.write(Terminal.table(rows))
        let peak = ProcessMeter.memory(of: getpid()).peak
        Terminal.write(
            "  \(tally.encoding?.rawValue ?? "ascii") · \(Numbers.seconds(Self.seconds(took))) · \(self.rate(tally, took)) 行/s rows a second · 内存峰值 peak memory \(Numbers.megabytes(peak)) MB\n"
        )
        if tally.unknownHeadings > 0 {
            Terminal.write("  \(tally.unknownHeadings) 个未知的栏已略过 · columns with unknown headings were passed over\n")
        }
        if let report = self.report, tally.bad > 0 { Terminal.write("  坏行清单 bad rows: \(report.path)\n") }
    }

    private func rate(_ tally: RosterImport.Tally, _ took: Duration) -> String {
        Numbers.grouped(Int(Double(tally.rows) / max(0.001, Self.seconds(took))))
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    private func clearBar() {
        if self.isTerminal, self.lastDraw != nil { Terminal.printPart("\r\u{1b}[2K") }
    }
}
