import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// `youdai bench pipeline`: submissions from the counter to the recorded order, through five real processes.
struct PipelineBench: Sendable {
    struct Options: Sendable {
        var count = 20_000
        var connections = 64
        var photoBytes = 30_000
        var seed: UInt64 = 1
        /// Of the open loop, submissions a second; nil for half of what the closed loop reached, 0 for no open loop.
        var rate: Double?
        /// How long the open loop lasts.
        var openSeconds = 30.0
        var ceiling = true
        var staff = Staff.Numbers()
        /// Keep the run's databases and queues.
        var keep = false
    }

    let installation: Installation
    let programme: Programme
    let programmeFile: String
    let options: Options

    /// A day on which people of every batch may submit: after the last batch has opened (A1).
    private var moment: Date {
        let opening = self.programme.batches.last?.window.from ?? self.programme.window.from
        return WorkingDayCalendar.china.workingDay(onOrAfter: opening.adding(days: 9)).startOfDay
            .addingTimeInterval(10 * 3600)
    }

    func measure() async throws -> PipelineResult {
        let options = self.options
        try await RunRegister(installation: self.installation).removeOld(kind: "bench")
        let run = try await Run.create(
            kind: "bench", installation: self.installation, programmeFile: self.programmeFile, conducted: true)
        if options.keep { try RunRegister(installation: self.installation).markKept(run) }
        if let file = run.clockFile { try Conductor.write(self.moment, to: file) }
        // The open loop's people are made now, since how many it takes is known only later.
        let spare = options.rate == 0 ? 0 : min(options.count, 20_000)
        let population = try Population(
            programme: self.programme, count: options.count + spare, chance: Chance(seed: options.seed))
        Self.say(
            "\(run.name): \(Numbers.grouped(options.count)) submissions, \(options.connections) connections, photos of \(Numbers.grouped(options.photoBytes)) bytes"
        )
        var result = try await RunSession.with(run) { session in
            let flow = try await PipelineFlow(
                session: session, programme: self.programme, people: population.people, options: options,
                now: self.moment)
            do {
                let result = try await self.measure(flow)
                await flow.shutdown()
                return result
            } catch {
                await flow.shutdown()
                throw error
            }
        }
        if options.ceiling {
            // With the services stopped: what is measured here has the machine to itself.
            Self.say("ceiling: broker alone")
            let broker = try await BrokerCeiling(run: run, shape: result.shape).measure()
            Self.say("ceiling: database alone")
            let database = try await DatabaseCeiling(run: run, shape: result.shape).measure()
            result.ceiling?.parts += [broker, database]
        }
        if !options.keep { try await run.drop() }
        return result
    }

    private func measure(_ flow: PipelineFlow) async throws -> PipelineResult {
        let options = self.options
        Self.say("registering \(Numbers.grouped(options.count)) people")
        try await flow.applicants.register(0..<options.count, connections: options.connections)
        try await flow.quiesce()
        var result = try await flow.closedLoop()
        Self.say("closed loop: \(Numbers.fixed(result.rate, 1)) submissions/s")
        let rate = options.rate ?? result.rate / 2
        if rate > 0 {
            let spare = flow.people.count - options.count
            let arrivals = min(spare, max(100, Int(rate * options.openSeconds)))
            Self.say(
                "registering \(Numbers.grouped(arrivals)) more people, then an open loop at \(Numbers.fixed(rate, 1)) a second"
            )
            try await flow.applicants.register(
                options.count..<(options.count + arrivals), connections: options.connections)
            try await flow.quiesce()
            result.open = try await flow.openLoop(options.count..<(options.count + arrivals), rate: rate)
        }
        Self.say("audit")
        let verdict = try await Auditor(pools: flow.session.pools, settle: .seconds(3)).audit()
        result.audit = AuditReport(verdict: verdict).line
        result.isClean = verdict.isClean && verdict.parked == 0
        if options.ceiling {
            Self.say("ceiling: HTTP server alone")
            result.ceiling = Ceiling(parts: [try await HTTPCeiling(flow: flow, shape: result.shape).measure()])
        }
        return result
    }

    static func say(_ text: String) { Terminal.write("  \(text)\n") }
}
