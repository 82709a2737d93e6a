import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import Messaging
import PostgreSQL
import ServiceRuntime

/// Runs submissions through one fault and says what became of them.
struct FaultRunner: Sendable {
    struct Outcome: Sendable {
        let line: String
        let digest: String
        /// What is wrong; empty when the fault did no harm.
        let problems: [String]
    }

    let installation: Installation
    let servers: ServerControl
    let programme: Programme
    let programmeFile: String
    let people: Int
    let seed: UInt64
    let concurrency: Int
    var keep = false

    /// The day on which the whole flow takes place: the last batch may submit since nine days.
    private var day: CalendarDay {
        (self.programme.batches.map(\.window.from).max() ?? self.programme.window.from).adding(days: 9)
    }

    /// - Parameter expected: the digest of the same flow without a fault; nil when that is not known.
    func run(_ fault: Fault, expected: String?) async throws -> Outcome {
        try await RunRegister(installation: self.installation).removeOld(kind: "fault")
        let run = try await Run.create(
            kind: "fault", installation: self.installation, programmeFile: self.programmeFile, conducted: true)
        if self.keep { try RunRegister(installation: self.installation).markKept(run) }
        let chance = Chance(seed: self.seed)
        let ledger = FlowLedger(
            people: try Population(programme: self.programme, count: self.people, chance: chance).people,
            bankChecks: self.programme.bankChecks)
        let clock = try FlowClock(file: run.clockFile ?? "", day: self.day)
        let crashSubject = UUID()
        let preparation = try await self.prepare(fault, run, crashSubject)
        do {
            let outcome = try await RunSession.with(run, firstStart: preparation.firstStart) { session in
                try await self.play(
                    fault, session, ledger, clock, chance, preparation, crashSubject: crashSubject, expected: expected)
            }
            await preparation.proxy?.stop()
            if !self.keep { try await run.drop() }
            return outcome
        } catch {
            await preparation.proxy?.stop()
            throw OperationsError("\(fault.name): \(error) (logs and databases: \(run.name))\(Self.errors(of: run))")
        }
    }

    /// What the services themselves called an error, the newest five: an answer says no more than that there was one, and
    /// the logs may be gone by the time somebody reads it.
    private static func errors(of run: Run) -> String {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: run.directory)) ?? []
        let lines = files.filter { $0.hasSuffix(".log") }.flatMap { file -> [Substring] in
            guard let data = try? Data(contentsOf: URL(filePath: "\(run.directory)/\(file)")) else { return [] }
            return String(decoding: data, as: UTF8.self).split(separator: "\n")
                .filter { $0.contains("\"level\":\"error\"") || $0.contains("\"level\":\"critical\"") }
        }
        return lines.sorted().suffix(5).map { "\n  \($0.prefix(600))" }.joined()
    }

    private struct Preparation: Sendable {
        var firstStart: [Fleet.Member: [String: String]] = [:]
        var proxy: CuttableProxy?
        var tap: MessageTap?
        var crashing: [ServiceName] = []
    }

    private func prepare(_ fault: Fault, _ run: Run, _ crashSubject: UUID) async throws -> Preparation {
        var preparation = Preparation()
        SystemCalls.setEnvironment("FAULTS_CRASH_SUBJECT", nil)
        switch fault.kind {
        case .cut(let service, let server):
            let (host, port, key) =
                server == .postgresql
                ? (self.installation.databaseHost, self.installation.databasePort, "DATABASE_PORT")
                : (self.installation.amqpHost, self.installation.amqpPort, "AMQP_PORT")
            let proxy = CuttableProxy(to: host, port: port)
            preparation.proxy = proxy
            preparation.firstStart[.init(service: service, instance: 1)] = [key: "\(try await proxy.start())"]
        case .tap(let manner):
            preparation.tap = MessageTap(manner, run: run, seed: self.seed)
        case .crash(let point, let services):
            // Late enough to be in the middle, early enough to be reached when batches are large.
            let passing = max(2, min(20, self.people / 60))
            for service in services {
                preparation.firstStart[.init(service: service, instance: 1)] = [
                    "FAULTS_CRASH_AT": "\(point.rawValue):\(passing)"
                ]
            }
            preparation.crashing = services
        case .processCrasher:
            // Every start of the process must meet it, not the first alone: the processes inherit this.
            SystemCalls.setEnvironment("FAULTS_CRASH_SUBJECT", crashSubject.uuidString)
        default: break
        }
        return preparation
    }

    private func play(
        _ fault: Fault, _ session: RunSession, _ ledger: FlowLedger, _ clock: FlowClock, _ chance: Chance,
        _ preparation: Preparation, crashSubject: UUID, expected: String?
    ) async throws -> Outcome {
        let began = ContinuousClock.now
        let desk = try Desk(run: session.run, division: self.programme.divisionCode, connections: self.concurrency)
        let flow = FaultFlow(
            script: Script(programme: self.programme, calendar: .china, chance: chance), ledger: ledger, desk: desk,
            clock: clock, concurrency: self.concurrency)
        let injector = FaultInjector(
            fault: fault, session: session, servers: self.servers, ledger: ledger, programme: self.programme,
            proxy: preparation.proxy, crashSubject: crashSubject)
        try await preparation.tap?.install(self.installation.broker)
        let result = try await withThrowingTaskGroup(of: FaultInjector.Result?.self) { group in
            if let tap = preparation.tap {
                group.addTask {
                    try await tap.run()
                    return nil
                }
            }
            group.addTask {
                // Both must end: the flow, and the fault that strikes it. A flow that fails ends the strikes too, which would
                // otherwise wait for work that nobody does any more.
                let result = try await withThrowingTaskGroup(of: FaultInjector.Result?.self) { both in
                    both.addTask {
                        try await flow.run()
                        return nil
                    }
                    both.addTask { try await injector.run() }
                    var struck = FaultInjector.Result()
                    for try await ended in both { if let ended { struck = ended } }
                    return struck
                }
                let quiet = QuietWatch(pools: session.pools, patience: .seconds(90))
                try await quiet.wait()
                if let tap = preparation.tap {
                    let emitted = try await FaultTally.count(session.pools, submissions: []).emitted
                    guard try await tap.waitUntilPassed(emitted) else {
                        throw OperationsError("only \(tap.passed) of \(emitted) messages went through the tap")
                    }
                    try await quiet.wait()
                }
                return result
            }
            defer { group.cancelAll() }
            while let next = try await group.next() {
                if let next { return next }
            }
            throw CancellationError()
        }
        let flowed = ContinuousClock.now - began
        try await preparation.tap?.remove(self.installation.broker)
        let figures = desk.figures
        await desk.shutdown()
        let verdict = try await Auditor(pools: session.pools, settle: .seconds(3)).audit()
        let tally = try await FaultTally.count(session.pools, submissions: ledger.submissions)
        var problems = verdict.findings.prefix(10).map(\.text)
        let attempted = ledger.figures.attempted
        let accepted = ledger.figures.accepted
        if accepted != self.people { problems.append("only \(accepted) of \(self.people) submissions were accepted") }
        problems += tally.lost.prefix(5).map { "lost: \($0)" } + tally.doubled.prefix(5).map { "doubled: \($0)" }
        if tally.parked != result.expectedParked {
            problems.append("\(tally.parked) messages are parked, \(result.expectedParked) should be")
        }
        if tally.held != result.expectedHeld {
            problems.append("\(tally.held) messages are held, \(result.expectedHeld) should be")
        }
        if let expected, expected != tally.digest {
            problems.append("the totals' digest is \(tally.digest), without the fault it is \(expected)")
        }
        problems += self.unstruck(fault, result, preparation, session.fleet.starts)
        if problems.isEmpty, result.expectedHeld > 0 { problems += try await self.release(session) }
        let starts = session.fleet.starts.values.reduce(0, +)
        let strikes = result.strikes.isEmpty ? "" : ", struck at \(result.strikes.joined(separator: " "))"
        let line =
            "\(problems.isEmpty ? "ok    " : "FAILED") \(fault.name): attempted \(attempted) accepted \(accepted) "
            + "emitted \(tally.emitted) applied \(tally.applied) lost \(tally.lost.count) doubled \(tally.doubled.count) "
            + "parked \(tally.parked) · digest \(tally.digest) · \(flowed.components.seconds) s, \(figures.lostAnswers) lost answers, "
            + "\(starts) process starts\(strikes)"
        return Outcome(line: line, digest: tally.digest, problems: problems)
    }

    /// A fault that did not happen proves nothing.
    private func unstruck(
        _ fault: Fault, _ result: FaultInjector.Result, _ preparation: Preparation, _ starts: [Fleet.Member: Int]
    ) -> [String] {
        switch fault.kind {
        case .none, .tap: return []
        case .crash:
            return preparation.crashing.compactMap { service in
                starts[.init(service: service, instance: 1), default: 0] < 2
                    ? "\(service.rawValue) did not come to the step and did not crash" : nil
            }
        case .processCrasher where starts[.init(service: .notification, instance: 1), default: 0] < 4:
            return ["notification did not crash again and again"]
        case .cut(let service, _) where starts[.init(service: service, instance: 1), default: 0] > 1:
            return ["\(service.rawValue) ended when its connections were cut"]
        default: return result.strikes.isEmpty ? ["the flow had ended before the fault could strike"] : []
        }
    }

    /// Gives the parked messages up, as an operator would: what they block must go on.
    private func release(_ session: RunSession) async throws -> [String] {
        var problems: [String] = []
        for pool in session.pools.values {
            _ = try await ParkedMessages(pool: pool).discard(
                .init(), actor: "fault test", reason: "undecodable on purpose", dryRun: false)
        }
        try await QuietWatch(pools: session.pools, patience: .seconds(20)).wait()
        let tally = try await FaultTally.count(session.pools, submissions: [])
        if tally.parked + tally.held + tally.lost.count > 0 {
            problems.append(
                "after a discard \(tally.parked) are parked, \(tally.held) held, \(tally.lost.count) lost")
        }
        return problems
    }
}
