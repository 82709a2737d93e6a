import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import PostgreSQL

/// `youdai bench notices`: a campaign planned for everybody, then, with all its messages waiting, reminders at known
/// instants, many messages due at once through the installation's Kannel, and receipts; each beside what the server it
/// leans on manages alone in the same run.
///
/// Programme time stands still while the campaign is planned and then runs as real time does, from an afternoon on on
/// which may be sent: the campaign's own messages wait for the evening. What differs from an installation at work: people
/// are written straight into the database, sealed as notification seals them; the far end of Kannel is the project's own
/// message centre, on the same machine; and the rate of the provider is set so high that it does not bind.
struct NoticesBench: Sendable {
    struct Options: Sendable {
        var people = 1_000_000
        /// How long each phase lasts.
        var seconds = 20.0
        /// Of the lateness phase, a second.
        var reminders = 100
        /// Of whoever brings receipts.
        var connections = 64
        var ceiling = true
        /// Keep the run's databases and queues.
        var keep = false
    }

    let installation: Installation
    let programme: Programme
    let programmeFile: String
    let options: Options

    /// Messages said before anything is measured.
    static let warmUp = 1_000
    /// What notification may hand to Kannel a second and at once: the most there is.
    static let rate = 5_000

    /// An afternoon on which may be sent, of a day after the last batch has opened (A1).
    private var moment: Date {
        let opening = self.programme.batches.last?.window.from ?? self.programme.window.from
        return WorkingDayCalendar.china.workingDay(onOrAfter: opening.adding(days: 9)).startOfDay
            .addingTimeInterval(14.5 * 3600 + 60)
    }

    func measure() async throws -> NoticesResult {
        let options = self.options
        let kannel = try KannelAccess(self.installation)
        try await kannel.check()
        try await RunRegister(installation: self.installation).removeOld(kind: "bench")
        var run = try await Run.create(
            kind: "bench", installation: self.installation, programmeFile: self.programmeFile, conducted: true)
        run.settings = kannel.settings(port: run.port(.notification, instance: 1), rate: Self.rate)
        if options.keep { try RunRegister(installation: self.installation).markKept(run) }
        guard let clock = run.clockFile else { throw OperationsError("The run has no clock.") }
        try Conductor.write(self.moment, to: clock)
        PipelineBench.say(
            "\(run.name): \(Numbers.grouped(options.people)) people, \(Numbers.fixed(options.seconds)) s a phase, 1 × notification; Kannel may be given \(Numbers.grouped(Self.rate)) messages a second"
        )
        let made = run
        let others = ServiceName.allCases.filter { $0 != .notification }
        var result = try await RunSession.with(
            made, more: Dictionary(uniqueKeysWithValues: others.map { ($0, 0) })
        ) { session in
            try await self.measure(session, kannel, clock: clock)
        }
        if options.ceiling {
            // With the service stopped: what is measured here has the machine to itself.
            PipelineBench.say("ceiling: PostgreSQL alone writes the campaign's rows")
            result.rows = try await PlanningCeiling(run: made).measure()
            PipelineBench.say("ceiling: PostgreSQL alone commits receipts")
            result.commits = try await ReceiptCeiling(run: made, seconds: options.seconds).measure()
        }
        await kannel.shutdown()
        if !options.keep { try await made.drop() }
        return result
    }

    private func measure(
        _ session: RunSession, _ kannel: KannelAccess, clock: String
    ) async throws -> NoticesResult {
        let ground = try NoticesGround(session: session, programme: self.programme, now: self.moment)
        var result = NoticesResult(options: self.options)
        PipelineBench.say("sealing and writing \(Numbers.grouped(self.options.people)) people")
        result.sealed = try await ground.fill(self.options.people)
        result.campaign = try await CampaignFlow(
            session: session, programme: self.programme, people: self.options.people
        )
        .measure()
        let ticker = try ProgrammeTicker(from: self.moment, file: clock)
        return try await ticker.running { [result] in
            var result = result
            let flow = try await NoticesFlow(
                session: session, ground: ground, kannel: kannel, ticker: ticker, options: self.options)
            do {
                try await flow.measure(&result)
                await flow.shutdown()
            } catch {
                await flow.shutdown()
                throw error
            }
            return result
        }
    }
}

/// What a run reached.
struct NoticesResult: Sendable {
    /// So many of something in so long.
    struct Phase: Sendable {
        var done = 0
        var seconds = 0.0
        var latencies = Latencies([])
        var cost: ProcessCost?
        /// Seconds from the first to the last at the far end.
        var arrival: Double?

        /// A second, at the far end.
        var arrivalRate: Double? { self.arrival.map { Double(self.done) / max($0, 0.001) } }
        var rate: Double { self.seconds > 0 ? Double(self.done) / self.seconds : 0 }
    }

    /// Planning, with the memory of notification in kilobytes.
    struct Campaign: Sendable {
        var drawn = Phase()
        var planned = Phase()
        var before = 0
        var drawingPeak = 0
        /// The largest of each quarter of the planning.
        var quarters: [Int] = []
        var peak = 0
    }

    let options: NoticesBench.Options
    var sealed = Phase()
    var campaign = Campaign()
    /// Until it was decided, and until Kannel had answered.
    var decided = Latencies([])
    var answered = Latencies([])
    /// Planned messages that waited meanwhile.
    var waiting = 0
    var dispatched = Phase()
    var kannel: Phase?
    /// What the far end counted of each.
    var arrived = ""
    var receipts = Phase()
    var http: Phase?
    var rows: PlanningCeiling.Figures?
    var commits: Phase?
    var names: [String] = []
}

/// Programme time that goes on as real time does.
final class ProgrammeTicker: Sendable {
    private let start: Date
    private let began = ContinuousClock.now
    private let file: String

    /// How often services see it move.
    private static let step = Duration.milliseconds(2)

    init(from start: Date, file: String) throws {
        self.start = start
        self.file = file
    }

    var now: Date { self.start.addingTimeInterval((ContinuousClock.now - self.began).asSeconds) }

    /// Lets it run for as long as `body` takes.
    func running<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try Conductor.write(self.now, to: self.file)
                    try? await Task.sleep(for: Self.step)
                }
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let finished = try await group.next() {
                if let finished { return finished }
            }
            throw CancellationError()
        }
    }
}
