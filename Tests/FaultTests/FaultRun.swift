import FoundationEssentials
import TestSupport

/// `youdai fault` as a process: what an operator would run by hand.
struct FaultRun {
    /// Fewer people than the 2,000 the command takes by itself, so that all faults fit into one test run.
    static let people = 300

    let status: ServiceStandProcess.Ending
    let output: String

    static func command(_ arguments: [String]) async throws -> FaultRun {
        guard let installation = ServiceStandInstallation.current else {
            throw ServiceStandError("YOUDAI_TEST_CONFIG names no operations.env")
        }
        let log = "\(installation.runDirectory)/logs/fault-\(UUID().uuidString.prefix(8)).log"
        // The servers' command line needs a usual environment; the installation is named by the test's own.
        var environment = ProcessInfo.processInfo.environment
        environment["YOUDAI_CONFIG"] = installation.file
        let process = try ServiceStandProcess.start(
            installation.executable("youdai"), ["fault"] + arguments, environment: environment, outputFile: log)
        let ending = await process.ending()
        let run = FaultRun(status: ending, output: process.output)
        try? FileManager.default.removeItem(atPath: log)
        return run
    }

    static func run(_ fault: String, people: Int = FaultRun.people) async throws -> FaultRun {
        try await Self.command(["run", fault, "--people", "\(people)", "--seed", "1"])
    }
}
