import FoundationEssentials
import Glibc
import ServiceRuntime
import Subprocess
import SystemPackage

/// The installation's RabbitMQ and PostgreSQL, for faults: killed, started again, frozen, put under memory alarm.
struct ServerControl: Sendable {
    enum Server: String, Sendable, CaseIterable { case rabbitmq, postgresql }

    /// `compose/lib/server`
    let command: String
    let runDirectory: String

    /// - Throws: ``OperationsError`` when the installation names no command for its servers.
    init(installation: Installation, file: String?) throws {
        let environment = ProcessInfo.processInfo.environment
        let path =
            file ?? Installation.environmentKeys.lazy.compactMap { environment[$0] }.first ?? Installation.standardFile
        guard let data = try? Data(contentsOf: URL(filePath: path)), let text = String(validating: data, as: UTF8.self),
            let command = try ConfigurationSources.parse(text, file: path)["SERVER_COMMAND"], !command.isEmpty
        else { throw OperationsError("\(path) has no SERVER_COMMAND. Run compose/up again to write it anew.") }
        self.command = command
        self.runDirectory = installation.runDirectory
    }

    @discardableResult
    private func call(_ arguments: String...) async throws -> String {
        let result = try await Subprocess.run(
            .path(FilePath(self.command)), arguments: Arguments(arguments),
            environment: .inherit.updating(["RUN_DIRECTORY": self.runDirectory, "PORT_OFFSET": nil]),
            output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw OperationsError(
                "\(self.command) \(arguments.joined(separator: " ")) failed: \(result.standardError)")
        }
        return result.standardOutput.trimmed
    }

    /// `kill -9`, and then a start that waits until the server answers.
    func killAndStart(_ server: Server) async throws {
        try await self.call("kill", server.rawValue)
        try await self.call("start", server.rawValue)
    }

    /// Every process of the server stands still for a while: its connections stay open, and nothing answers.
    func freeze(_ server: Server, for duration: Duration) async throws {
        guard let main = pid_t(try await self.call("pid", server.rawValue)) else {
            throw OperationsError("\(self.command) pid \(server.rawValue) gave no process id.")
        }
        // The parent first, so that it starts no more children meanwhile.
        let processes = [main] + Self.children(of: main)
        for process in processes { kill(process, SIGSTOP) }
        defer { for process in processes.reversed() { kill(process, SIGCONT) } }
        try await Task.sleep(for: duration)
    }

    /// RabbitMQ takes no messages while its memory is above the watermark.
    func memoryAlarm(for duration: Duration) async throws {
        try await self.call("rabbitmqctl", "set_vm_memory_high_watermark", "0.000001")
        do {
            try await Task.sleep(for: duration)
        } catch {
            // The alarm outlives this command; it must not outlive the fault.
            try await Self.shielded { try await self.endAlarm() }
            throw error
        }
        try await self.endAlarm()
    }

    private func endAlarm() async throws {
        try await self.call("rabbitmqctl", "set_vm_memory_high_watermark", "absolute", "1536MiB")
    }

    private static func shielded(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await Task.detached { try await body() }.value
    }

    private static func children(of parent: pid_t) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { process in
            guard let stat = try? String(contentsOf: URL(filePath: "/proc/\(process)/stat"), encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return false }
            // After the name, which may hold anything: state, parent …
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            return fields.count > 1 && pid_t(fields[1]) == parent
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(self.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
