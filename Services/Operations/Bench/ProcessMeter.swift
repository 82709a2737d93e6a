import Contracts
import FoundationEssentials
import Glibc
import PostgreSQL

/// Processor time and memory of the processes a measurement is about, as `/proc` tells them (proc(5)).
///
/// Processor time has the kernel's resolution of 10 ms a process, which is nothing over a phase of seconds.
struct ProcessMeter: Sendable {
    /// What of one process counts.
    struct Figures: Sendable {
        /// User and system, seconds.
        var cpu = 0.0
        /// Of children that ended and were waited for.
        var endedChildren = 0.0
        var parent: pid_t = 0
    }

    /// Resident memory in kilobytes.
    struct Memory: Sendable {
        var resident = 0
        var peak = 0
        /// Not shared with other processes of the server.
        var own = 0
        var shared = 0
    }

    /// Everything at one moment.
    struct Reading: Sendable {
        let at = ContinuousClock.now
        /// By the name in the report.
        var cpu: [String: Double] = [:]
        /// PostgreSQL's processes by what they do; a part of `cpu["PostgreSQL"]`.
        var backends: [pid_t: (label: String, cpu: Double)] = [:]
        /// All processors of the machine: busy seconds since boot, and how many there are.
        var busy = 0.0
    }

    static let postgres = "PostgreSQL"
    static let broker = "RabbitMQ"
    static let redis = "Redis"
    static let own = "youdai bench"

    /// With all processes of each.
    let services: [(name: String, processes: [pid_t])]
    let postmaster: pid_t?
    let beam: pid_t?
    let redis: pid_t?
    /// A database of the server, to learn which backend serves whom.
    let pool: PostgresPool
    let run: Run

    /// - Parameters:
    ///   - processes: of the services; they must live as long as this is used.
    ///   - servers: Further ones of the installation, by the names their processes are recorded under.
    init(run: Run, processes: [Fleet.Member: pid_t], servers: [String] = [], pool: PostgresPool) async throws {
        self.run = run
        self.pool = pool
        func recorded(_ name: String) -> pid_t? { Self.recorded(name, run.installation) }
        self.services =
            ServiceName.allCases.compactMap { service in
                let own = processes.filter { $0.key.service == service }.map(\.value).sorted()
                return own.isEmpty ? nil : (service.rawValue, own)
            } + servers.compactMap { name in recorded(name).map { (name, [$0]) } }
        let backend = try await pool.query("SELECT pg_backend_pid()").rows[0].decode(Int32.self)
        self.postmaster = Self.figures(of: backend)?.parent
        self.beam = recorded("rabbitmq")
        self.redis = recorded("redis")
    }

    /// A server's process as compose recorded it; nil where there is none.
    static func recorded(_ name: String, _ installation: Installation) -> pid_t? {
        let record = try? Data(contentsOf: URL(filePath: "\(installation.runDirectory)/pids/\(name).pid"))
        return record.flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n").first }.flatMap { pid_t($0) }
    }

    /// Names in the order of the report.
    var names: [String] { self.services.map(\.name) + [Self.postgres, Self.broker, Self.redis, Self.own] }

    func read() async throws -> Reading {
        var reading = Reading()
        reading.busy = Self.busySeconds()
        for (name, processes) in self.services {
            reading.cpu[name] = processes.reduce(0) { $0 + (Self.figures(of: $1)?.cpu ?? 0) }
        }
        reading.cpu[Self.own] = Self.figures(of: getpid())?.cpu ?? 0
        if let beam { reading.cpu[Self.broker] = Self.figures(of: beam)?.cpu ?? 0 }
        if let redis { reading.cpu[Self.redis] = Self.figures(of: redis)?.cpu ?? 0 }
        guard let postmaster, let server = Self.figures(of: postmaster) else { return reading }
        var sum = server.cpu + server.endedChildren
        let labels = try await self.labels()
        for child in Self.children(of: postmaster) {
            guard let figures = Self.figures(of: child) else { continue }
            sum += figures.cpu
            reading.backends[child] = (labels[child] ?? "other", figures.cpu)
        }
        reading.cpu[Self.postgres] = sum
        return reading
    }

    func memory() -> [(name: String, memory: Memory)] {
        // Of several processes the largest.
        var rows = self.services.map { service in
            let all = service.processes.map(Self.memory(of:))
            return (service.name, all.max { $0.resident < $1.resident } ?? Memory())
        }
        if let postmaster {
            var total = Self.memory(of: postmaster)
            for child in Self.children(of: postmaster) {
                let memory = Self.memory(of: child)
                total.own += memory.own
                // Every process maps the same shared buffers; counting them once is the truth.
                total.shared = max(total.shared, memory.shared)
            }
            total.resident = total.own + total.shared
            total.peak = 0
            rows.append((Self.postgres, total))
        }
        if let beam { rows.append((Self.broker, Self.memory(of: beam))) }
        rows.append((Self.own, Self.memory(of: getpid())))
        return rows
    }

    private func labels() async throws -> [pid_t: String] {
        var labels: [pid_t: String] = [:]
        for row in try await self.pool.query(
            "SELECT pid, coalesce(datname, ''), application_name, backend_type FROM pg_stat_activity"
        ).rows {
            let (process, database, application, kind) = try row.decode(
                Int32.self, String.self, String.self, String.self)
            if let service = self.run.databases.first(where: { $0.value == database })?.key {
                labels[process] = application == "youdai" ? "this bench" : "backends of \(service.rawValue)"
            } else {
                labels[process] = database.isEmpty ? kind : "other databases"
            }
            if kind.hasPrefix("autovacuum") { labels[process] = "autovacuum" }
        }
        return labels
    }

    // MARK: - /proc

    static func figures(of process: pid_t) -> Figures? {
        guard let data = try? Data(contentsOf: URL(filePath: "/proc/\(process)/stat")) else { return nil }
        // The second field is a name in parentheses that may itself hold anything.
        let text = String(decoding: data, as: UTF8.self)
        guard let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 14 else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        func seconds(_ index: Int) -> Double { (Double(fields[index]) ?? 0) / ticks }
        return Figures(
            cpu: seconds(11) + seconds(12), endedChildren: seconds(13) + seconds(14), parent: pid_t(fields[1]) ?? 0)
    }

    static func children(of parent: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { Self.figures(of: $0)?.parent == parent }
    }

    static func memory(of process: pid_t) -> Memory {
        guard let data = try? Data(contentsOf: URL(filePath: "/proc/\(process)/status")) else { return Memory() }
        var values: [Substring: Int] = [:]
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(whereSeparator: { $0 == ":" || $0 == " " || $0 == "\t" })
            if parts.count >= 2, let value = Int(parts[1]) { values[parts[0]] = value }
        }
        return Memory(
            resident: values["VmRSS"] ?? 0, peak: values["VmHWM"] ?? 0, own: values["RssAnon"] ?? 0,
            shared: values["RssShmem"] ?? 0)
    }

    static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Everything but idling and waiting for disks, of all processors together.
    private static func busySeconds() -> Double {
        guard let data = try? Data(contentsOf: URL(filePath: "/proc/stat")),
            let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first
        else { return 0 }
        let figures = line.split(separator: " ").dropFirst().prefix(8).map { Double($0) ?? 0 }
        guard figures.count == 8 else { return 0 }
        let idle = figures[3] + figures[4]
        return (figures.reduce(0, +) - idle) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

/// What a phase cost.
struct ProcessCost: Sendable {
    let wall: Double
    /// Processor seconds by name.
    let cpu: [String: Double]
    /// PostgreSQL's share by kind of process, those that ended meanwhile left out.
    let backends: [String: Double]
    /// Processor seconds of everything else on the machine: other people's programs, and the kernel's own threads.
    let others: Double

    init(from start: ProcessMeter.Reading, to end: ProcessMeter.Reading) {
        self.wall = (end.at - start.at).asSeconds
        self.cpu = Dictionary(uniqueKeysWithValues: end.cpu.map { ($0, max(0, $1 - (start.cpu[$0] ?? 0))) })
        var backends: [String: Double] = [:]
        for (process, (label, cpu)) in end.backends {
            backends[label, default: 0] += max(0, cpu - (start.backends[process]?.cpu ?? 0))
        }
        self.backends = backends
        self.others = max(0, end.busy - start.busy - self.cpu.values.reduce(0, +))
    }

    var total: Double { self.cpu.values.reduce(0, +) }
    /// Share of the machine that others used.
    var othersShare: Double { self.others / (self.wall * Double(ProcessMeter.processors)) }
    /// Share of the machine that was busy at all.
    var busyShare: Double { (self.total + self.others) / (self.wall * Double(ProcessMeter.processors)) }
}
