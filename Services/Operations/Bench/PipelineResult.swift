import Contracts
import FoundationEssentials

/// What the closed loop reached.
struct PipelineResult: Sendable {
    let count: Int
    let photoBytes: Int
    let connections: Int
    /// From the first submission sent to the last order's notice recorded.
    let seconds: Double
    let start: ContinuousClock.Instant
    let startWall: Double
    let log: [WorkLog.Act: WorkLog.Entry]
    let ordered: Stamps.Span
    let recorded: Stamps.Span
    let cost: ProcessCost
    let names: [String]
    let memory: [(name: String, memory: ProcessMeter.Memory)]
    let database: DatabaseCost
    let sizes: [String: MessageShape]
    let refusals: Int
    var open: OpenLoopResult?
    var ceiling: Ceiling?
    var audit = ""
    var isClean = false

    /// Submissions a second, end to end.
    var rate: Double { Double(self.count) / self.seconds }

    var shape: RunShape {
        RunShape(
            count: self.count, photoBytes: self.photoBytes, log: self.log,
            messages: self.sizes.sorted { $0.key < $1.key }.map(\.value), database: self.database)
    }
}

/// What the open loop saw. Latencies are seconds from the scheduled arrival.
struct OpenLoopResult: Sendable {
    let rate: Double
    let arrivals: Int
    /// How long people came.
    let span: Double
    /// The submission was answered.
    let accepted: Latencies
    /// The photo was answered too.
    let photo: Latencies
    /// “Received” is recorded at notification: outbox, broker, inbox, and nobody's decision.
    let received: Latencies
    /// The card is ordered and that is recorded at notification: all levels, with the time their lists lie on desks.
    let ordered: Latencies
    let cost: ProcessCost
}
