import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// The people, the staff and the meters of one measurement.
struct PipelineFlow: Sendable {
    let session: RunSession
    let people: [RehearsalPerson]
    let options: PipelineBench.Options
    let applicants: Applicants
    let staff: Staff
    let log: WorkLog
    let stamps: Stamps
    let processes: ProcessMeter
    let databases: DatabaseMeter
    private let counter: Desk
    private let offices: Desk
    private let seed: UInt64
    /// What comes last before a card is ordered.
    private let lastAct: WorkLog.Act

    /// How long nothing may move before the measurement is called stuck.
    private static let patience = Duration.seconds(60)

    init(
        session: RunSession, programme: Programme, people: [RehearsalPerson], options: PipelineBench.Options, now: Date
    ) async throws {
        guard let notification = session.pools[.notification], let issuance = session.pools[.issuance] else {
            throw OperationsError("The run has no databases.")
        }
        self.session = session
        self.people = people
        self.options = options
        self.seed = options.seed
        self.lastAct = programme.bankChecks ? .bankCheck : .file
        self.log = WorkLog()
        // The open loop needs a connection for everybody who waits at once.
        self.counter = try Desk(
            run: session.run, division: programme.divisionCode, connections: max(512, options.connections))
        self.offices = try Desk(run: session.run, division: programme.divisionCode, connections: 256)
        self.applicants = Applicants(people: people, desk: self.counter, log: self.log, photoBytes: options.photoBytes)
        self.staff = Staff(
            desk: self.offices, stations: programme.stations.map(\.code), log: self.log,
            bankChecks: programme.bankChecks, now: now,
            numbers: options.staff)
        self.stamps = Stamps(notification: notification, issuance: issuance)
        self.databases = DatabaseMeter(pools: session.pools)
        self.processes = try await ProcessMeter(
            run: session.run, processes: session.fleet.processes, pool: notification)
        try await self.stamps.install()
    }

    func shutdown() async {
        await self.counter.shutdown()
        await self.offices.shutdown()
    }

    /// Waits until nothing is in flight, writes a checkpoint, and lets the counters settle, so that a phase starts at rest
    /// and pays for itself only.
    func quiesce() async throws {
        try await QuietWatch(pools: self.session.pools).wait()
        try await self.stamps.notification.execute("CHECKPOINT")
        try await Task.sleep(for: DatabaseMeter.settling)
    }

    // MARK: - Closed loop

    func closedLoop() async throws -> PipelineResult {
        let count = self.options.count
        let rows = try await self.databases.read()
        self.log.reset()
        let before = try await self.processes.read()
        let startWall = Date.now.timeIntervalSince1970
        let start = ContinuousClock.now
        try await self.withStaff(upTo: count) {
            try await self.applicants.submit(0..<count, connections: self.options.connections)
        }
        // What intake is told of the last orders belongs to their cost, though not to their time.
        try await QuietWatch(pools: self.session.pools).wait()
        let after = try await self.processes.read()
        let memory = self.processes.memory()
        let log = self.log.snapshot
        try await Task.sleep(for: DatabaseMeter.settling)
        let database = DatabaseCost(from: rows, to: try await self.databases.read(widths: true))
        let ordered = try await self.stamps.ordered()
        let recorded = try await self.stamps.recorded(.cardOrdered)
        guard ordered.count == count, recorded.count == count else {
            throw OperationsError("\(ordered.count) were ordered and \(recorded.count) recorded, of \(count).")
        }
        return PipelineResult(
            count: count, photoBytes: self.options.photoBytes, connections: self.options.connections,
            seconds: max(ordered.last, recorded.last) - startWall, start: start, startWall: startWall, log: log,
            ordered: ordered, recorded: recorded, cost: ProcessCost(from: before, to: after),
            names: self.processes.names,
            memory: memory, database: database, sizes: try await self.messageSizes(), refusals: self.refusals)
    }

    private var refusals: Int { self.counter.figures.refusals + self.offices.figures.refusals }

    /// Runs the staff beside `arrivals` and ends when everybody up to `total` has arrived at both ends.
    private func withStaff<T: Sendable>(
        upTo total: Int, _ arrivals: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        let filed = self.log.submissions(self.lastAct)
        let already = try await self.stamps.finished().recorded
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                try await self.staff.work()
                return nil
            }
            group.addTask {
                let value = try await arrivals()
                try await self.finish(total, filedBefore: filed, recordedBefore: already)
                return value
            }
            defer { group.cancelAll() }
            while let finished = try await group.next() {
                if let finished { return finished }
            }
            throw CancellationError()
        }
    }

    private func finish(_ total: Int, filedBefore: Int, recordedBefore: Int) async throws {
        var last = -1
        var since = ContinuousClock.now
        while true {
            // Nothing can have arrived that was not filed and checked; until then the databases are left alone.
            let filed = self.log.submissions(self.lastAct) - filedBefore
            var moved = filed
            if filed >= total - recordedBefore {
                let (ordered, recorded) = try await self.stamps.finished()
                if ordered >= total, recorded >= total { return }
                moved += ordered + recorded
            }
            if moved != last {
                last = moved
                since = .now
            }
            guard ContinuousClock.now - since < Self.patience else { throw try await self.stuck(total) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func stuck(_ total: Int) async throws -> OperationsError {
        let (ordered, recorded) = try await self.stamps.finished()
        let stages = [WorkLog.Act.submit, .check, .verify, .review, .audit, .file, .bankCheck]
            .map { "\($0.rawValue) \(self.log.submissions($0))" }.joined(separator: ", ")
        return OperationsError(
            "Nothing has moved for \(Self.patience): \(stages), ordered \(ordered), recorded \(recorded) of \(total). See the logs in \(self.session.run.directory)."
        )
    }

    // MARK: - Open loop

    func openLoop(_ range: Range<Int>, rate: Double) async throws -> OpenLoopResult {
        self.log.reset()
        let before = try await self.processes.read()
        let startWall = Date.now.timeIntervalSince1970
        let arrivals = try await self.withStaff(upTo: range.upperBound) {
            try await self.applicants.submit(range, rate: rate, chance: Chance(seed: self.seed))
        }
        let after = try await self.processes.read()
        let received = try await self.stamps.moments(.submissionReceived, since: startWall - 1)
        let ordered = try await self.stamps.moments(.cardOrdered, since: startWall - 1)
        return OpenLoopResult(
            rate: rate, arrivals: arrivals.count,
            span: (arrivals.map(\.scheduled).max() ?? startWall) - startWall,
            accepted: Latencies(arrivals.map { $0.accepted - $0.scheduled }),
            photo: Latencies(arrivals.map { $0.photoStored - $0.scheduled }),
            received: Latencies(
                arrivals.compactMap { arrival in received[arrival.submission].map { $0 - arrival.scheduled } }),
            ordered: Latencies(
                arrivals.compactMap { arrival in ordered[arrival.submission].map { $0 - arrival.scheduled } }),
            cost: ProcessCost(from: before, to: after))
    }

    // MARK: - Shape of the messages

    /// Average size of what each stream carries, and how much of it takes the lane of key persons.
    private func messageSizes() async throws -> [String: MessageShape] {
        var sizes: [String: MessageShape] = [:]
        for (service, pool) in self.session.pools {
            for row in try await pool.query(
                """
                SELECT destination, type, avg(octet_length(body))::float8, avg((lane = 'first')::int)::float8, count(*)
                FROM emitted WHERE type NOT LIKE 'contact.%' GROUP BY destination, type
                """
            ).rows {
                let (destination, type, bytes, first, count) = try row.decode(
                    String.self, String.self, Double.self, Double.self, Int.self)
                sizes["\(service.rawValue)>\(destination) \(type)"] = MessageShape(
                    producer: service, destination: ServiceName(rawValue: destination) ?? .intake, type: type,
                    bytes: Int(bytes), firstShare: first, count: count)
            }
        }
        return sizes
    }
}

/// One kind of message on one stream.
struct MessageShape: Sendable {
    let producer: ServiceName
    let destination: ServiceName
    let type: String
    /// Of the body.
    let bytes: Int
    /// Share that travels in the lane of key persons.
    let firstShare: Double
    let count: Int
}
