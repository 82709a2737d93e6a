import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import Messaging
import NIOConcurrencyHelpers
import PostgreSQL
import ServiceRuntime

/// Steps programme time: it moves on only when nothing is in flight, so nine months pass in minutes and do not depend on
/// the machine's speed (ARCHITECTURE §5).
final class Conductor: Sendable {
    private let file: String
    private let quiet: QuietWatch
    private let gateway: GatewayWatch?
    private let present: NIOLockedValueBox<Date>

    /// Makes the clock file, which the services read with every look at the time.
    ///
    /// - Parameter gateway: nil where nothing is sent.
    init(file: String, quiet: QuietWatch, gateway: GatewayWatch? = nil, start: Date) throws {
        self.file = file
        self.quiet = quiet
        self.gateway = gateway
        self.present = NIOLockedValueBox(start)
        try Self.write(start, to: file)
    }

    /// Waits until nothing is in flight, between the services and at the gateway, then sets the time.
    func step(to instant: Date) async throws {
        try await self.quiet.wait()
        try await self.gateway?.wait(at: self.present.withLockedValue { $0 })
        try self.set(instant)
    }

    /// Sets the time at once, for what waits for no message.
    func set(_ instant: Date) throws {
        try Self.write(instant, to: self.file)
        self.present.withLockedValue { $0 = instant }
    }

    static func write(_ instant: Date, to file: String) throws {
        let milliseconds = Int64((instant.timeIntervalSince1970 * 1000).rounded())
        guard let descriptor = SystemCalls.openForWriting(file) else {
            throw OperationsError("The clock file \(file) cannot be written.")
        }
        defer { close(descriptor) }
        // One write of eight bytes: a reader sees the old time or the new one.
        guard SystemCalls.writeNumber(milliseconds, to: descriptor) else {
            throw OperationsError("The clock file \(file) cannot be written.")
        }
    }
}

/// Tells when nothing is in flight: every message that any service wrote has been applied by its receiver.
struct QuietWatch: Sendable {
    let pools: [ServiceName: PostgresPool]
    /// How long nothing may move before the rehearsal is called stuck.
    var patience = Duration.seconds(120)

    /// What is under way now.
    struct Flight: Sendable, Equatable {
        var outbox = 0
        var unapplied = 0
        /// Held or deferred, and not behind a parked message.
        var waiting = 0
        var parked = 0

        var isQuiet: Bool { self.outbox == 0 && self.unapplied == 0 && self.waiting == 0 }
    }

    func wait() async throws {
        var last = Flight()
        var since = ContinuousClock.now
        var pause = Duration.milliseconds(2)
        while true {
            try Task.checkCancellation()
            do {
                let flight = try await self.look()
                if flight.isQuiet { return }
                if flight != last {
                    last = flight
                    since = ContinuousClock.now
                }
                guard ContinuousClock.now - since < self.patience else {
                    throw OperationsError(
                        "Nothing has moved for \(self.patience): \(last.outbox) in outboxes, \(last.unapplied) not applied, \(last.waiting) waiting, \(last.parked) parked. Run youdai audit and look at the services' logs."
                    )
                }
            } catch is PostgresError {
                // The server is being restarted; the services wait for it as well.
                pause = .milliseconds(200)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
    }

    func look() async throws -> Flight {
        struct Counts: Sendable {
            let service: ServiceName
            let heads: [String: Int]
            let cursors: [String: Int]
            let outbox: Int
            let waiting: Int
            let blocked: [String: Int]
        }
        let counts = try await withThrowingTaskGroup(of: Counts.self) { group in
            for (service, pool) in self.pools {
                group.addTask {
                    let rows = try await pool.query(
                        """
                        SELECT 'head', destination, sum(number)::bigint FROM stream_head GROUP BY destination
                        UNION ALL SELECT 'cursor', stream, sum(applied)::bigint FROM stream_cursor GROUP BY stream
                        UNION ALL SELECT 'outbox', '', count(*) FROM outbox
                        UNION ALL SELECT CASE WHEN b.number IS NULL THEN 'waiting' ELSE 'blocked' END, w.stream, count(*)
                          FROM waiting w
                          LEFT JOIN LATERAL (SELECT min(number) AS number FROM waiting p
                                             WHERE p.stream = w.stream AND p.subject = w.subject AND p.state = 'parked'
                                               AND p.number <= w.number) b ON true
                          WHERE w.stream IS NOT NULL GROUP BY 1, 2
                        """
                    ).rows
                    var heads: [String: Int] = [:]
                    var cursors: [String: Int] = [:]
                    var blocked: [String: Int] = [:]
                    var outbox = 0
                    var waiting = 0
                    for row in rows {
                        let (kind, name, number) = try row.decode(String.self, String.self, Int.self)
                        switch kind {
                        case "head": heads[name] = number
                        case "cursor": cursors[name] = number
                        case "outbox": outbox = number
                        case "waiting": waiting += number
                        default: blocked[name, default: 0] += number
                        }
                    }
                    return Counts(
                        service: service, heads: heads, cursors: cursors, outbox: outbox, waiting: waiting,
                        blocked: blocked)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        var flight = Flight()
        for producer in counts {
            flight.outbox += producer.outbox
            flight.waiting += producer.waiting
            flight.parked += producer.blocked.values.reduce(0, +)
            for (destination, emitted) in producer.heads {
                guard let service = ServiceName(rawValue: destination),
                    let consumer = counts.first(where: { $0.service == service })
                else { continue }
                let stream = Envelope.stream(from: producer.service, to: service)
                flight.unapplied += emitted - (consumer.cursors[stream] ?? 0) - (consumer.blocked[stream] ?? 0)
            }
        }
        return flight
    }
}
