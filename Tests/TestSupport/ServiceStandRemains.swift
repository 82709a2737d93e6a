import CardProgramme
import FoundationEssentials
import Glibc
import Logging
import Messaging
import NIOConcurrencyHelpers
import PostgreSQL
import RabbitMQ
import Redis

/// Removes what stands of earlier test runs left on the servers: their processes are gone, their databases are not.
enum ServiceStandRemains {
    /// First part of every stand's name.
    static let kind = "itest"

    static func remove(_ installation: ServiceStandInstallation) async throws {
        let administrator = try await PostgresConnection.connect(installation.administration())
        let rows = try await administrator.query(
            """
            SELECT d.datname FROM pg_database d WHERE d.datname LIKE \(Self.kind + "\\_%")
                AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)
            """
        ).rows
        var names: Set<String> = []
        for row in rows {
            let database = try row.decode(String.self)
            names.insert(database.split(separator: "_").prefix(2).joined(separator: "_"))
            try await administrator.execute("DROP DATABASE IF EXISTS \(identifier: database)")
        }
        await administrator.close()
        let gone = names
        try await AMQPConnection.withConnection(installation.broker) { connection in
            for name in gone {
                let topology = MessageTopology(namespace: name)
                for queue in topology.queueNames { try await connection.deleteQueue(queue) }
                for exchange in [topology.exchange, topology.deadLetters] {
                    try await connection.deleteExchange(exchange)
                }
            }
        }
        try await Self.removeKeys(of: gone, installation)
        for name in gone {
            try? FileManager.default.removeItem(atPath: "\(installation.runDirectory)/rehearsals/\(name)")
        }
    }
}

extension ServiceStandRemains {
    /// The counts of seats in Redis. A server that is not there has nothing to be removed now.
    private static func removeKeys(of names: Set<String>, _ installation: ServiceStandInstallation) async throws {
        guard !names.isEmpty else { return }
        let client = RedisClient(configuration: installation.redis, logger: Logger(label: "youdai-tests"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { group.cancelAll() }
            let deadline = ContinuousClock.now + .seconds(2)
            while client.serverIdentity == nil {
                guard ContinuousClock.now < deadline else { return }
                try await Task.sleep(for: .milliseconds(5))
            }
            for name in names {
                var cursor = "0"
                repeat {
                    let page = try await client.send(
                        RedisCommand("SCAN", .text(cursor), "MATCH", .text("\(name)[_:]*"), "COUNT", 1000)
                    ).asArray()
                    guard page.count == 2 else { break }
                    cursor = try page[0].asText()
                    let keys = try page[1].asArray().map { RedisArgument.bytes(try $0.asBytes()) }
                    if !keys.isEmpty { try await client.send(RedisCommand("DEL", keys)) }
                } while cursor != "0"
            }
        }
    }
}

/// Loopback ports nobody listens on, below the range the system hands out for outgoing connections.
package struct ServiceStandPorts {
    private var candidate = Int.random(in: 29_000..<31_500)

    package init() {}

    package mutating func next() throws(ServiceStandError) -> Int {
        for _ in 0..<500 {
            self.candidate += 1
            if Self.isFree(self.candidate) { return self.candidate }
        }
        throw ServiceStandError("there is no free port near \(self.candidate)")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// The stand's programme time: stands still until a test moves it.
package final class ServiceStandClock: Sendable {
    package let file: String
    private let descriptor: CInt
    private let ticks = NIOLockedValueBox(0)
    private let present = NIOLockedValueBox(ServiceStandClock.standard)
    /// Wednesday, 9 March 2022, 10:00 in Asia/Shanghai: the first batch is open.
    package static let standard = Date(timeIntervalSince1970: 1_646_791_200)

    package init(file: String) throws(ServiceStandError) {
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ServiceStandError("\(file) cannot be written") }
        self.file = file
        self.descriptor = descriptor
        self.set(Self.standard)
    }

    deinit { close(self.descriptor) }

    /// Moves on by a minute of the same day. The levels tell a second decision in one round by its time.
    package func tick() {
        self.set(
            self.ticks.withLockedValue { ticks in
                ticks += 1
                return Self.standard.addingTimeInterval(Double(ticks) * 60)
            })
    }

    /// What it shows.
    package var now: Date { self.present.withLockedValue { $0 } }

    package func set(_ instant: Date) {
        self.present.withLockedValue { $0 = instant }
        var value = Int64((instant.timeIntervalSince1970 * 1000).rounded()).littleEndian
        _ = unsafe withUnsafeBytes(of: &value) { unsafe pwrite(self.descriptor, $0.baseAddress, 8, 0) }
    }

    /// Runs `body` on another day at ten in the morning, and comes back.
    package func on<Value>(_ day: CalendarDay, _ body: () async throws -> Value) async throws -> Value {
        self.set(day.startOfDay.addingTimeInterval(10 * 3600))
        defer { self.set(Self.standard) }
        return try await body()
    }
}
