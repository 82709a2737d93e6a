import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Messages and replies as the database has them at the end, and calls and the campaign as staff know them.
struct VoiceReport: Sendable {
    /// Messages of one purpose that are in one state.
    struct Line: Sendable {
        let purpose: String
        let state: MessageState
        let count: Int
        let parts: Int
    }

    /// Programme time from when a message was due until it was handed over, in minutes.
    struct Lateness: Sendable {
        var median = 0
        var ninth = 0
        var longest = 0
    }

    let ledger: VoiceLedger
    let waited: GatewayWatch.Waited
    let lines: [Line]
    let lateness: [String: Lateness]
    let replies: [(meaning: String, outcome: String, count: Int)]
    /// Calls nobody has made yet, and those that ended without one, by state.
    let tasks: [String: Int]

    init(ledger: VoiceLedger, gateway: GatewayWatch, pool: PostgresPool) async throws {
        self.ledger = ledger
        self.waited = gateway.waited
        self.lines = try await pool.query(
            """
            SELECT purpose, state, count(*), COALESCE(sum(parts) FILTER (WHERE submitted_at IS NOT NULL
                AND carried_by IS NULL), 0)::bigint
            FROM message WHERE means = 'message' GROUP BY purpose, state ORDER BY purpose, state
            """
        ).rows.map { row in
            let (purpose, state, count, parts) = try row.decode(String.self, String.self, Int.self, Int.self)
            return Line(purpose: purpose, state: MessageState(rawValue: state) ?? .unknown, count: count, parts: parts)
        }
        var lateness: [String: Lateness] = [:]
        for row in try await pool.query(
            """
            SELECT purpose, percentile_disc(0.5) WITHIN GROUP (ORDER BY late), percentile_disc(0.9) WITHIN GROUP (ORDER BY late),
                max(late)
            FROM (SELECT purpose, (extract(epoch FROM submitted_at - due_at) / 60)::bigint AS late FROM message
                WHERE submitted_at IS NOT NULL AND means = 'message') m GROUP BY purpose
            """
        ).rows {
            let (purpose, median, ninth, longest) = try row.decode(String.self, Int.self, Int.self, Int.self)
            lateness[purpose] = Lateness(median: median, ninth: ninth, longest: longest)
        }
        self.lateness = lateness
        self.replies = try await pool.query(
            "SELECT meaning, outcome, count(*) FROM reply GROUP BY meaning, outcome ORDER BY meaning, outcome"
        ).rows.map { row in
            let (meaning, outcome, count) = try row.decode(String.self, String.self, Int.self)
            return (meaning, outcome, count)
        }
        var tasks: [String: Int] = [:]
        for row in try await pool.query("SELECT state, count(*) FROM call_task GROUP BY state").rows {
            let (state, count) = try row.decode(String.self, Int.self)
            tasks[state] = count
        }
        self.tasks = tasks
    }

    var text: String {
        let replies: [[String]] =
            [["", "处理 done", "条数"]] + self.replies.map { [$0.meaning, $0.outcome, "\($0.count)"] }
        return """
            短信 Messages through the gateway, by purpose and end: 迟发分钟 minutes of programme time from due to handed over, median/p90/longest
            \(Terminal.table(self.messageRows))
            回复 Replies: what people wrote back, and what was done
            \(Terminal.table(replies, left: 2))
            致电 Calls by reason and outcome
            \(Terminal.table(self.callRows, left: 2))
            外出联系 The campaign to those living elsewhere (R25, R105)
            \(Terminal.table(self.campaignRows))
            短信合计 Messages in all: \(self.totals)
            回复合计 Replies in all: \(self.replies.reduce(0) { $0 + $1.count })
            致电合计 Calls in all: \(self.callTotals)
            外出联系合计 Campaign in all: \(self.campaignTotals)
            等待网关 Waited for the gateway: \(self.waitedText)

            """
    }

    private var callTotals: String {
        let states = self.tasks.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return (["made \(self.ledger.callCount)"] + states).joined(separator: ", ")
    }

    private var waitedText: String {
        let time = Numbers.seconds(Self.seconds(self.waited.time))
        let last = self.waited.last.map { " (\($0.text))" } ?? ""
        return "\(self.waited.moments) moments, \(time), given up \(self.waited.givenUp)\(last)"
    }

    /// Without the way to phones nothing was sent; what a rehearsal then says.
    static let absent = """
        短信 Messages: 本安装没有短信网关，未发送；也不致电、不做外出联系 · this installation has no gateway for rehearsals: nothing was sent, nobody was called, and there was no campaign

        """

    private func count(_ states: MessageState...) -> Int {
        self.lines.filter { states.contains($0.state) }.reduce(0) { $0 + $1.count }
    }

    var totals: String {
        let open: [MessageState] = [.planned, .submitting, .unknown, .accepted, .buffered]
        return [
            "all \(self.lines.reduce(0) { $0 + $1.count })", "delivered \(self.count(.delivered))",
            "failed \(self.count(.failed, .rejected))", "without receipt \(self.count(.noReceipt))",
            "cancelled \(self.count(.cancelled))", "expired \(self.count(.expired))",
            "suppressed \(self.count(.suppressed))", "handed over \(self.count(.handedOver, .notNeeded))",
            "open \(self.lines.filter { open.contains($0.state) }.reduce(0) { $0 + $1.count })",
            "parts \(self.lines.reduce(0) { $0 + $1.parts })",
        ].joined(separator: ", ")
    }

    private var campaignTotals: String {
        guard let figures = self.ledger.figures else { return "none" }
        return [
            "people \(figures.drawn + figures.added)", "accounted \(figures.outcomes.values.reduce(0, +))",
            "open \(figures.open)", "letters \(self.ledger.lettersPosted)", "inquiries \(self.ledger.inquiries)",
            "signed \(self.ledger.signed)",
        ].joined(separator: ", ") + (self.ledger.isOver ? ", closed 1" : ", closed 0")
    }

    private var messageRows: [[String]] {
        let states = MessageState.allCases.filter { state in self.lines.contains { $0.state == state } }
        var rows = [[""] + states.map { "\($0.chinese) \($0.rawValue)" } + ["条 parts", "迟发 late"]]
        for purpose in Set(self.lines.map(\.purpose)).sorted() {
            let own = self.lines.filter { $0.purpose == purpose }
            let late = self.lateness[purpose].map { "\($0.median)/\($0.ninth)/\($0.longest)" } ?? "–"
            rows.append(
                [(MessagePurpose(rawValue: purpose)?.chinese ?? "") + " \(purpose)"]
                    + states.map { state in "\(own.filter { $0.state == state }.reduce(0) { $0 + $1.count })" }
                    + ["\(own.reduce(0) { $0 + $1.parts })", late])
        }
        return rows
    }

    private var callRows: [[String]] {
        var rows = [["", "结果 outcome", "次数"]]
        for (reason, outcomes) in self.ledger.calls.sorted(by: { $0.key.urgency < $1.key.urgency }) {
            for (outcome, count) in outcomes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                rows.append([
                    "\(reason.chinese) \(reason.english)", "\(outcome.chinese) \(outcome.english)", "\(count)",
                ])
            }
        }
        return rows
    }

    private var campaignRows: [[String]] {
        guard let figures = self.ledger.figures else { return [["", "无对象 nobody"]] }
        var rows = [["", "人数"], ["对象 people", "\(figures.drawn + figures.added)"]]
        for outcome in OutreachOutcome.allCases {
            guard let count = figures.outcomes[outcome.rawValue] else { continue }
            rows.append(["\(outcome.chinese) \(outcome.english)", "\(count)"])
        }
        for (result, count) in self.ledger.letters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            rows.append(["挂号信 letter: \(result.chinese) \(result.rawValue)", "\(count)"])
        }
        rows.append(["未交代 open", "\(figures.open)"])
        return rows
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
