import Contracts
import FoundationEssentials
import Glibc
import NIOConcurrencyHelpers
import Subprocess
import SystemPackage

/// The processes of a run: started, watched, started again when they die, and stopped in good order at the end.
final class Fleet: Sendable {
    /// One process of the fleet.
    struct Member: Sendable, Hashable {
        let service: ServiceName
        /// From 1.
        let instance: Int
    }

    private struct State {
        var running: [Member: pid_t] = [:]
        var starts: [Member: Int] = [:]
        var stopping = false
        /// Members that are not started again before they are let.
        var held: Set<Member> = []
    }

    let run: Run
    let members: [Member]
    /// Extra environment for a member's first start only: a planned crash must not repeat for ever.
    let firstStart: [Member: [String: String]]
    private let state = NIOLockedValueBox(State())

    /// - Parameter more: of services that run another number of times than the rest, 0 for those that do not run at all.
    init(
        run: Run, instances: Int = 1, more: [ServiceName: Int] = [:], firstStart: [Member: [String: String]] = [:]
    ) {
        self.run = run
        self.members = ServiceName.allCases.flatMap { service in
            (0..<(more[service] ?? instances)).map { Member(service: service, instance: $0 + 1) }
        }
        self.firstStart = firstStart
    }

    /// Runs until the task is cancelled; then every process gets SIGTERM, and SIGKILL after 15 seconds.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for member in self.members { group.addTask { try await self.keep(member) } }
        }
    }

    /// Migrates every database of the run.
    func migrate() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in ServiceName.allCases {
                group.addTask {
                    let member = Member(service: service, instance: 1)
                    let result = try await Subprocess.run(
                        .path(FilePath("\(self.run.installation.binDirectory)/\(service.rawValue)")),
                        arguments: ["migrate"], environment: self.environment(member, first: false), output: .discarded,
                        error: .string(limit: 4096))
                    guard result.terminationStatus.isSuccess else {
                        throw OperationsError(
                            "\(service.rawValue) could not migrate its database: \(result.standardError)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    var processes: [Member: pid_t] { self.state.withLockedValue { $0.running } }

    /// How often each member was started.
    var starts: [Member: Int] { self.state.withLockedValue { $0.starts } }

    /// Sends a signal. - Returns: false when the member is not running now.
    @discardableResult
    func signal(_ member: Member, _ signal: CInt) -> Bool {
        guard let process = self.state.withLockedValue({ $0.running[member] }) else { return false }
        return kill(process, signal) == 0
    }

    private func keep(_ member: Member) async throws {
        var quickDeaths = 0
        while !Task.isCancelled {
            let started = ContinuousClock.now
            let first = self.state.withLockedValue { state in
                state.starts[member, default: 0] += 1
                return state.starts[member] == 1
            }
            let status = try await self.start(member, first: first)
            self.state.withLockedValue { $0.running[member] = nil }
            if Task.isCancelled { return }
            // A process that cannot even start says why in its log; starting it for ever would hide that.
            quickDeaths = ContinuousClock.now - started < .seconds(1) ? quickDeaths + 1 : 0
            if quickDeaths >= 20 {
                throw OperationsError(
                    "\(member.service.rawValue) ends at once (\(status)); see \(self.logFile(member)).")
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func start(_ member: Member, first: Bool) async throws -> String {
        let log = try FileDescriptor.open(
            FilePath(self.logFile(member)), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(15))]
        let result = try await Subprocess.run(
            .path(FilePath("\(self.run.installation.binDirectory)/\(member.service.rawValue)")), arguments: ["serve"],
            environment: self.environment(member, first: first), platformOptions: options, input: .none,
            output: .fileDescriptor(log, closeAfterSpawningProcess: false),
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            self.state.withLockedValue { $0.running[member] = execution.processIdentifier.value }
        }
        return "\(result.terminationStatus)"
    }

    func logFile(_ member: Member) -> String {
        "\(self.run.directory)/\(member.service.rawValue)-\(member.instance).log"
    }

    private func environment(_ member: Member, first: Bool) -> Environment {
        var values: [Environment.Key: String?] = [:]
        for (key, value) in self.run.environment(of: member.service, instance: member.instance) {
            values[Environment.Key(stringLiteral: key)] = value
        }
        // Whatever ends this process, the fleet does not outlive it.
        values["PROCESS_PARENT"] = "\(getpid())"
        if first {
            for (key, value) in self.firstStart[member] ?? [:] {
                values[Environment.Key(stringLiteral: key)] = value
            }
        }
        return Environment.inherit.updating(values)
    }
}
