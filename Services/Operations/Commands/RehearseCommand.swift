import ArgumentParser
import CardProgramme
import Contracts
import FoundationEssentials

/// `youdai rehearse PROGRAMME --people N --seed S`
struct RehearseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract:
            "演练：按方案把全部人员从登记办到发证 · Play a whole programme against real services, with databases and queues of its own."
    )

    @OptionGroup var installation: InstallationOptions
    @Argument(help: "The programme file.")
    var programme: String
    @Option(help: "How many synthetic people.")
    var people = 2000
    @Option(help: "All chance comes from this number: the same seed gives the same totals.")
    var seed: UInt64 = 1
    @Option(help: "Desks at every station; otherwise two to four by chance.")
    var desks: Int?
    @Option(help: "Calls under way at once.")
    var concurrency = 24
    @Option(
        name: .customLong("rate"),
        help:
            "例外的比例 · How often something goes wrong: \(RehearsalException.allCases.map { "\($0.rawValue)=\($0.standardRate)" }.joined(separator: ", ")); of phones: \(PhoneHabit.allCases.map { "\($0.rawValue)=\($0.standardRate)" }.joined(separator: ", ")); all=0 for none."
    )
    var rates: [String] = []
    @Flag(help: "Keep this rehearsal's databases and queues; otherwise the next rehearsal removes them.")
    var keep = false

    func run() async throws {
        guard (1...200_000).contains(self.people) else { throw OperationsError("--people is from 1 to 200000.") }
        guard (1...256).contains(self.concurrency) else { throw OperationsError("--concurrency is from 1 to 256.") }
        guard self.desks.map((1...50).contains) ?? true else { throw OperationsError("--desks is from 1 to 50.") }
        let rates = try RehearsalRates(self.rates)
        let installation = try self.installation.load()
        let programme = try ProgrammeFile.load(self.programme)
        let started = ContinuousClock.now
        try await RunRegister(installation: installation).removeOld(kind: "rehearsal")
        let gateway = installation.gateway
        try await gateway?.check()
        let run = try await Run.create(
            kind: "rehearsal", installation: installation, programmeFile: self.programme, conducted: true,
            gateway: gateway)
        if self.keep { try RunRegister(installation: installation).markKept(run) }
        Terminal.write("演练 Rehearsal \(run.name): \(programme.title), \(self.people) people, seed \(self.seed)\n")
        let chance = Chance(seed: self.seed)
        let script = Script(programme: programme, calendar: .china, chance: chance, rates: rates, desks: self.desks)
        let population = try Population(programme: programme, count: self.people, chance: chance, rates: rates)
        let opening = programme.window.from.startOfDay
        if let file = run.clockFile { try Conductor.write(opening, to: file) }
        let concurrency = self.concurrency
        let clean = try await RunSession.with(run) { session in
            let desk = try Desk(run: run, division: programme.divisionCode, connections: concurrency)
            let voice = session.pools[.notification]
            let watch = gateway == nil ? nil : voice.map { GatewayWatch(pool: $0) }
            let conductor = try Conductor(
                file: run.clockFile ?? "", quiet: QuietWatch(pools: session.pools), gateway: watch, start: opening)
            let rehearsal = Rehearsal(
                script: script, people: population.people, desk: desk, conductor: conductor, concurrency: concurrency,
                gateway: watch)
            let view = LiveView(people: population.people.count)
            try await rehearsal.play { day, ledger in await view.show(day, ledger) }
            let ledger = await rehearsal.ledger
            await view.show(ledger.lastDay, ledger, final: true)
            let verdict = try await Auditor(pools: session.pools, settle: .seconds(3)).audit()
            let report = RehearsalReport(ledger: ledger, programme: programme, rates: rates)
            Terminal.write(report.text)
            if let watch, let voice {
                Terminal.write(try await VoiceReport(ledger: ledger.voice, gateway: watch, pool: voice).text)
            } else {
                Terminal.write(VoiceReport.absent)
            }
            let audit = AuditReport(verdict: verdict)
            Terminal.write(verdict.isClean ? "\(audit.line)\n" : audit.text)
            let figures = desk.figures
            Terminal.write(
                "调用 Calls: \(figures.calls), lost answers \(figures.lostAnswers), refusals \(figures.refusals); process starts \(session.fleet.starts.values.reduce(0, +)); \((ContinuousClock.now - started).components.seconds) s\n"
            )
            await desk.shutdown()
            let starts = session.fleet.starts.values.reduce(0, +)
            let isCounted = ledger.seatsDiffering == 0 || starts > ServiceName.allCases.count
            if !isCounted {
                Terminal.write("余号与数据库不一致 · The count of free seats differed although no service had died.\n")
            }
            if report.unfinished > 0 {
                Terminal.write("未办结 \(report.unfinished) 人 · not finished: \(report.unfinished) people\n")
            }
            let problem = watch == nil ? nil : ledger.voice.problem
            if let problem { Terminal.write("\(problem)\n") }
            return verdict.isClean && report.unfinished == 0 && isCounted && problem == nil
        }
        if !clean { throw ExitCode(1) }
    }
}
