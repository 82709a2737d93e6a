import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import Redis

/// `youdai bench appointments`: bookings over HTTP, refusals and looks at what is free, beside what the three servers alone
/// allow in the same run.
///
/// Everybody books for themselves, each with a token of their own, so that no client limit binds and every booking pays for
/// a person and a token the service has not seen before. After each phase the database is counted: nothing oversold,
/// nobody with two, and the count in Redis equal to it.
struct AppointmentBench: Sendable {
    struct Options: Sendable {
        /// Slots that a booking phase spreads over; each has its own.
        var slots = 2_000
        var seats = 50
        var connections = 64
        /// How long each phase lasts.
        var seconds = 20.0
        /// Of intake.
        var instances = 1
        /// Whether Redis counts the seats, or the database answers alone.
        var counted = true
        var seed: UInt64 = 1
        var ceiling = true
        /// Keep the run's databases and queues.
        var keep = false
    }

    let installation: Installation
    let programme: Programme
    let programmeFile: String
    let options: Options

    /// Booking calls one applicant may make at once in the run; see `INTAKE_LIMIT_APPLICANT_BURST`.
    static let burst = 1_000_000

    /// A day on which people of every batch may submit: after the last batch has opened (A1).
    private var moment: Date {
        let opening = self.programme.batches.last?.window.from ?? self.programme.window.from
        return WorkingDayCalendar.china.workingDay(onOrAfter: opening.adding(days: 9)).startOfDay
            .addingTimeInterval(10 * 3600)
    }

    func measure() async throws -> AppointmentResult {
        let options = self.options
        try await RunRegister(installation: self.installation).removeOld(kind: "bench")
        var run = try await Run.create(
            kind: "bench", installation: self.installation, programmeFile: self.programmeFile, conducted: true)
        run.settings = [
            "INTAKE_SEATS_COUNTED": options.counted ? "yes" : "no", "INTAKE_LIMIT_APPLICANT_BURST": "\(Self.burst)",
        ]
        if options.keep { try RunRegister(installation: self.installation).markKept(run) }
        if let file = run.clockFile { try Conductor.write(self.moment, to: file) }
        PipelineBench.say(
            "\(run.name): \(options.counted ? "Redis counts the seats" : "the database answers alone"), \(options.instances) × intake, \(options.connections) connections, \(Numbers.fixed(options.seconds)) s a phase; one applicant may ask \(Numbers.grouped(Self.burst)) times at once here"
        )
        let made = run
        var result = try await RunSession.with(made, more: [.intake: options.instances]) { session in
            let ground = try await BookingGround.prepare(
                session: session, programme: self.programme, options: options, now: self.moment)
            let flow = try await BookingFlow(session: session, programme: self.programme, options: options)
            do {
                let result = try await self.measure(flow, ground)
                await flow.shutdown()
                return result
            } catch {
                await flow.shutdown()
                throw error
            }
        }
        if options.ceiling {
            // With the services stopped: what is measured here has the machine to itself.
            let ceiling = BookingCeiling(run: made, options: options)
            for grouped in [false, true] {
                PipelineBench.say("ceiling: database alone, \(grouped ? "grouped" : "one commit each")")
                result.parts.append(try await ceiling.database(grouped: grouped))
            }
            if let script = result.script {
                PipelineBench.say("ceiling: Redis alone")
                result.parts.append(try await ceiling.redis(script))
            }
        }
        try await SeatKeys(installation: self.installation, namespace: made.namespace).remove()
        if !options.keep { try await made.drop() }
        return result
    }

    private func measure(_ flow: BookingFlow, _ ground: BookingGround) async throws -> AppointmentResult {
        let options = self.options
        let keys = SeatKeys(installation: self.installation, namespace: flow.session.run.namespace)
        // Statements are prepared and caches filled before anything is measured; how fast it is says how many people the
        // phases need.
        let warm = min(2_000, ground.warmUp.count * ground.online - 10)
        var people = try await flow.people(try await ground.register(10 + warm + ground.online))
        let few = people.take(10)
        let seen = try await keys.watched(options.counted) { try await flow.book(few, in: ground.warmUp, seconds: 10) }
        let warmUp = try await flow.book(people.take(warm), in: ground.warmUp, seconds: 2)
        var result = AppointmentResult(options: options, names: flow.processes.names, script: seen.script)
        let rate = max(warmUp.rate, 200)
        func needed(_ factor: Double) -> Int {
            min(options.slots * ground.online, Int(rate * options.seconds * factor) + 200)
        }
        let (one, two, open) = (needed(1.8), needed(1.5), needed(0.8))
        PipelineBench.say("registering \(Numbers.grouped(one + two + open)) people")
        people.add(try await flow.people(try await ground.register(one + two + open)))
        try await flow.check(after: "warm-up", adding: seen.value.done + warmUp.done)

        PipelineBench.say("one request that holds and confirms")
        result.one = try await flow.phase {
            try await flow.book(people.take(one), in: ground.one, seconds: options.seconds)
        }
        try await flow.check(after: "one request", adding: result.one.done)

        PipelineBench.say("two requests")
        result.two = try await flow.phase {
            try await flow.holdAndConfirm(people.take(two), in: ground.two, seconds: options.seconds)
        }
        try await flow.check(after: "two requests", adding: result.two.done)

        PipelineBench.say("refusals on a sold-out slot")
        let sold = try await flow.book(people.take(ground.online), in: [ground.soldOut], seconds: 60)
        guard sold.done == ground.online else {
            throw OperationsError("\(sold.done) of \(ground.online) seats of the slot to be sold out were booked.")
        }
        result.refused = try await flow.phase {
            try await flow.ask(people.rest(5_000), for: ground.soldOut, seconds: options.seconds)
        }
        try await flow.check(after: "refusals", adding: sold.done)

        PipelineBench.say("looks at what is free")
        result.looks = try await flow.phase {
            try await flow.look(people.rest(5_000), at: ground.stations, seconds: options.seconds)
        }

        let half = result.one.rate / 2
        PipelineBench.say("bookings at \(Numbers.fixed(half)) a second")
        result.open = try await flow.phase {
            try await flow.arrive(
                people.take(min(open, Int(half * options.seconds))), in: ground.open, rate: half,
                chance: Chance(seed: options.seed))
        }
        try await flow.check(after: "half the rate", adding: result.open.done)
        result.checks = flow.checked
        if options.ceiling {
            PipelineBench.say("ceiling: HTTP server alone")
            result.parts.append(try await BookingCeiling(run: flow.session.run, options: options).http(flow))
        }
        return result
    }
}

/// What a run reached.
struct AppointmentResult: Sendable {
    /// One phase.
    struct Phase: Sendable {
        var done = 0
        /// Answers that were none of those wanted, by their code.
        var others: [String: Int] = [:]
        var seconds = 0.0
        var latencies = Latencies([])
        var cost: ProcessCost?
        /// How much later the voice knew of the last change.
        var settled = 0.0

        var rate: Double { self.seconds > 0 ? Double(self.done) / self.seconds : 0 }
    }

    let options: AppointmentBench.Options
    let names: [String]
    let script: SeatKeys.Script?
    var one = Phase()
    var two = Phase()
    var refused = Phase()
    var looks = Phase()
    var open = Phase()
    var parts: [CeilingPart] = []
    var checks: [String] = []
}
