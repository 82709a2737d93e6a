import Contracts
import Messaging
import TestSupport
import Testing

/// Each fault strikes while submissions flow. Afterwards the audit is clean, everybody's file says the same as without the
/// fault, and exactly those messages are parked that should be; the command itself compares and answers with its status.
@Suite("Faults while submissions flow", .serialized, .enabled(if: ServiceStandInstallation.current != nil))
struct FaultTests {
    static let services = ServiceName.allCases.map(\.rawValue)
    static let servers = ["rabbitmq", "postgresql"]

    private func harmless(_ fault: String) async throws {
        let run = try await FaultRun.run(fault)
        #expect(run.status == .exited(0), "\(run.output)")
        #expect(run.output.contains("ok     \(fault): "), "\(run.output)")
        #expect(run.output.contains("lost 0 doubled 0"), "\(run.output)")
    }

    @Test("The command knows every fault of the list")
    func list() async throws {
        let run = try await FaultRun.command(["list"])
        #expect(run.status == .exited(0))
        let names = Set(
            run.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) })
        for victim in Self.services + Self.servers {
            #expect(names.contains("kill9-\(victim)"))
            #expect(names.contains("stop20-\(victim)"))
        }
        for service in Self.services {
            for server in Self.servers { #expect(names.contains("cut-\(service)-\(server)")) }
        }
        for point in CrashPoint.ofMessages { #expect(names.contains("crash-\(point.rawValue)")) }
    }

    @Test("An unknown fault is refused with a sentence")
    func unknown() async throws {
        let run = try await FaultRun.run("kill9-everything")
        #expect(run.status == .exited(1))
        #expect(run.output.contains("There is no fault kill9-everything"))
    }

    @Test("kill -9 of a service", .timeLimit(.minutes(5)), arguments: FaultTests.services)
    func killService(service: String) async throws { try await self.harmless("kill9-\(service)") }

    @Test("kill -9 of a server", .timeLimit(.minutes(5)), arguments: FaultTests.servers)
    func killServer(server: String) async throws { try await self.harmless("kill9-\(server)") }

    @Test(
        "Twenty seconds of standing still", .timeLimit(.minutes(5)), arguments: FaultTests.services + FaultTests.servers
    )
    func stop(victim: String) async throws { try await self.harmless("stop20-\(victim)") }

    @Test(
        "Connections cut, frozen and half closed", .timeLimit(.minutes(5)), arguments: FaultTests.services,
        FaultTests.servers)
    func cut(service: String, server: String) async throws { try await self.harmless("cut-\(service)-\(server)") }

    @Test(
        "What arrives is doubled, disordered, unreadable, impossible, deadly or hostile", .timeLimit(.minutes(5)),
        arguments: [
            "duplicate-every-message", "reorder", "undecodable-body", "always-failing-subject", "process-crasher",
            "hostile-messages", "memory-alarm",
        ])
    func messages(fault: String) async throws { try await self.harmless(fault) }

    @Test(
        "A crash of every service at each step of consuming, sending and serving", .timeLimit(.minutes(5)),
        arguments: CrashPoint.ofMessages)
    func crash(point: CrashPoint) async throws { try await self.harmless("crash-\(point.rawValue)") }
}
