import Contracts
import FoundationEssentials
import Glibc
import TestSupport

/// The five services a running `youdai rehearse` has started.
struct FleetWatch {
    let youdai: ServiceStandProcess

    /// Those that serve now; while the databases are migrated there are others.
    var serving: [ServiceName: ProcessTable.Entry] {
        var found: [ServiceName: ProcessTable.Entry] = [:]
        for child in ProcessTable.children(of: self.youdai.id) where child.arguments == ["serve"] {
            if let service = ServiceName(rawValue: child.name) { found[service] = child }
        }
        return found
    }

    /// Looks again and again until something is so; the suite's time limit bounds it.
    ///
    /// - Throws: ``ServiceStandError`` when `youdai` ends before.
    func until<T>(_ what: String, _ look: () -> T?) async throws -> T {
        while true {
            if let value = look() { return value }
            guard !self.youdai.hasEnded else {
                throw ServiceStandError("youdai ended before \(what): \(self.youdai.output)\(self.youdai.errors)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// All five, as soon as they serve.
    func all() async throws -> [ProcessTable.Entry] {
        try await self.until("all services ran") {
            let serving = self.serving
            return serving.count == ServiceName.allCases.count ? Array(serving.values) : nil
        }
    }

    /// Until the rehearsal itself has begun: people are being registered.
    func untilPlaying() async throws {
        _ = try await self.until("the rehearsal began") { self.youdai.output.contains("2022-") ? true : nil }
    }

    /// Kills every service several times, one after the other, until enough or until the rehearsal has ended.
    ///
    /// - Returns: how often each was killed and came back.
    func killInTurn(times: Int, pause: Duration) async throws -> [ServiceName: Int] {
        var kills: [ServiceName: Int] = [:]
        for _ in 0..<times {
            for service in ServiceName.allCases {
                guard !self.youdai.hasEnded else { return kills }
                // The pause makes a death fall anywhere in the work; nothing is waited for.
                try await Task.sleep(for: pause)
                guard let process = self.serving[service] else { continue }
                kill(process.id, SIGKILL)
                let isBack = try? await self.until("\(service.rawValue) was started again") {
                    self.serving[service].flatMap { $0 == process ? nil : true }
                }
                // At the very end of the rehearsal nobody starts it again, and nothing is proved by it.
                if isBack == true { kills[service, default: 0] += 1 }
            }
        }
        return kills
    }
}
