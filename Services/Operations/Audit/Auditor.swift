import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL

/// Proves that nothing was lost, invented or doubled (ARCHITECTURE §3.12).
///
/// There is no snapshot over five databases, so what does not agree is looked at again: what is merely under way agrees a
/// moment later, and only what has not moved until the settle deadline is called a loss. It therefore runs beside live
/// traffic.
struct Auditor: Sendable {
    struct Verdict: Sendable {
        let snapshots: [ServiceName: AuditSnapshot]
        let findings: [AuditFinding]
        let looks: Int
        var isClean: Bool { self.findings.isEmpty }
        var parked: Int { self.snapshots.values.reduce(0) { $0 + $1.figures.parked } }
    }

    let pools: [ServiceName: PostgresPool]
    /// How long a disagreement may stand before it counts.
    var settle = Duration.seconds(10)

    func audit() async throws -> Verdict {
        var since: [AuditFinding: ContinuousClock.Instant] = [:]
        var looks = 0
        while true {
            let comparison = try await self.compare()
            looks += 1
            let now = ContinuousClock.now
            let findings = comparison.findings
            // A finding that changed is a finding that moved.
            since = since.filter { findings.contains($0.key) }
            for finding in findings where since[finding] == nil { since[finding] = now }
            let settled = since.values.allSatisfy { now - $0 >= self.settle }
            if settled {
                return Verdict(
                    snapshots: comparison.snapshots,
                    findings: findings.sorted { ($0.subject.uuidString, $0.text) < ($1.subject.uuidString, $1.text) },
                    looks: looks)
            }
            try await Task.sleep(for: min(self.settle / 4, .seconds(1)))
        }
    }

    func compare() async throws -> AuditComparison {
        try await withThrowingTaskGroup(of: AuditSnapshot.self) { group in
            for (service, pool) in self.pools { group.addTask { try await AuditSnapshot.read(service, pool) } }
            var snapshots: [ServiceName: AuditSnapshot] = [:]
            for try await snapshot in group { snapshots[snapshot.service] = snapshot }
            return AuditComparison(snapshots: snapshots)
        }
    }
}
