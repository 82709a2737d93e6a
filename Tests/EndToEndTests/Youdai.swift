import FoundationEssentials
import Glibc
import TestSupport

/// The `youdai` executable of the test installation, as an operator would use it.
struct Youdai {
    let installation: ServiceStandInstallation

    /// What a command left behind.
    struct Outcome {
        let ending: ServiceStandProcess.Ending
        let output: String
        let errors: String

        var isSuccess: Bool { self.ending == .exited(0) }
    }

    init() throws {
        guard let installation = ServiceStandInstallation.current else {
            throw ServiceStandError("YOUDAI_TEST_CONFIG names no operations.env")
        }
        self.installation = installation
    }

    /// Runs a command to its end.
    func run(_ arguments: String...) async throws -> Outcome {
        try await self.with(arguments) { _ in }.outcome
    }

    /// Runs a command with something happening to it on the way, and waits for its end.
    func with<T>(
        _ arguments: [String], _ body: (ServiceStandProcess) async throws -> T
    ) async throws -> (outcome: Outcome, value: T) {
        let directory = "\(self.installation.runDirectory)/logs"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let log = "\(directory)/youdai-\(UUID().uuidString.prefix(8))"
        let process = try ServiceStandProcess.start(
            self.installation.executable("youdai"), arguments,
            environment: [
                "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "YOUDAI_CONFIG": self.installation.file,
            ],
            outputFile: "\(log).out", errorFile: "\(log).err")
        let value: T
        do {
            value = try await body(process)
        } catch {
            process.signal(SIGKILL)
            _ = await process.ending()
            throw error
        }
        let ending = await process.ending()
        let outcome = Outcome(ending: ending, output: process.output, errors: process.errors)
        for ending in ["out", "err"] { try? FileManager.default.removeItem(atPath: "\(log).\(ending)") }
        return (outcome, value)
    }

    /// A folder of its own for as long as `body` takes.
    func withTemporaryDirectory<T>(_ body: (String) async throws -> T) async throws -> T {
        let directory = "\(self.installation.runDirectory)/end-to-end-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        return try await body(directory)
    }
}
