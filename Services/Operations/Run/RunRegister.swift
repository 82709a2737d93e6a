import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL

/// The runs an installation holds: found by their directories, removed when a newer one of their kind begins.
struct RunRegister: Sendable {
    let installation: Installation

    private var root: String { "\(self.installation.runDirectory)/rehearsals" }

    func markKept(_ run: Run) throws {
        try Data().write(to: URL(filePath: "\(run.directory)/kept"))
    }

    /// Removes earlier runs of a kind that were not kept and whose processes have ended.
    func removeOld(kind: String) async throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.root)) ?? []
        for name in names.sorted() where name.hasPrefix("\(kind)_") && Self.isName(name) {
            let directory = "\(self.root)/\(name)"
            guard !FileManager.default.fileExists(atPath: "\(directory)/kept") else { continue }
            let connection = try await PostgresConnection.connect(self.installation.administration())
            do {
                let busy = try await connection.query(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE \(name + "\\_%")"
                ).rows[0].decode(Int.self)
                // Somebody else's rehearsal is running beside this one.
                if busy > 0 {
                    await connection.close()
                    continue
                }
                for service in ServiceName.allCases {
                    _ = try await connection.query("DROP DATABASE IF EXISTS \(unsafe: "\(name)_\(service.rawValue)")")
                }
            } catch {
                await connection.close()
                throw error
            }
            await connection.close()
            try await Run.deleteQueues(namespace: name, broker: self.installation.broker)
            try await RunKeys(namespace: name, redis: self.installation.redis).delete()
            try? FileManager.default.removeItem(atPath: directory)
        }
    }

    /// Names become SQL identifiers: letters, digits and underscores only.
    private static func isName(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "_")
        }
    }
}
