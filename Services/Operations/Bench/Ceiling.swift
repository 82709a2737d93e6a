import Contracts
import FoundationEssentials

/// What one of the three servers alone needs for the work of one submission.
struct CeilingPart: Sendable {
    let name: String
    /// What was done, for the report.
    let work: String
    /// Submissions' worth of work that was done.
    let submissions: Int
    let cost: ProcessCost

    /// Seconds one submission takes when this is all the machine does.
    var wall: Double { self.cost.wall / Double(self.submissions) }
    /// Processor seconds of one submission, of server and client together: both run on the same machine.
    var cpu: Double { self.cost.total / Double(self.submissions) }
}

/// How many submissions a second the same messages, rows and requests would allow if nothing else had to be done.
///
/// What it contains: the same number of messages of the same sizes, confirmed and acknowledged, through the same number of
/// quorum queues; as many writing transactions, reading transactions and inserted, updated and deleted rows of the same
/// average width in a table with as many indexes, committed as durably; as many requests with bodies of the same sizes.
/// Each with this project's own client, batched at least as well as the services do it.
///
/// What it does not contain: the services' own work (JSON, tokens, signatures, sealing, rules), joins and the number of
/// statements in a transaction, answers longer than a few words. What it cannot see: three servers that share caches and
/// disks slow one another down, so even a perfect system would not quite reach it.
struct Ceiling: Sendable {
    var parts: [CeilingPart]

    /// One server after the other, each with the machine to itself.
    var byWall: Double { 1 / self.parts.reduce(0) { $0 + $1.wall } }
    /// All at once and never waiting: the processors' time alone. Never lower than a real system can be, and not moved by
    /// other programs on the machine.
    var byCPU: Double { Double(ProcessMeter.processors) / self.parts.reduce(0) { $0 + $1.cpu } }
}

/// What an average submission of a run consists of.
struct RunShape: Sendable {
    let count: Int
    let photoBytes: Int
    let log: [WorkLog.Act: WorkLog.Entry]
    let messages: [MessageShape]
    let database: DatabaseCost

    /// Submissions' worth of work a part repeats: enough for seconds, and never more than was measured.
    var sample: Int { min(self.count, 4_000) }
}
