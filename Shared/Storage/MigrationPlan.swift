/// Compares the steps of a program with those a database has seen. Pure.
package struct MigrationPlan: Sendable {
    package struct Applied: Sendable, Hashable {
        package let version: Int
        package let checksum: String

        package init(version: Int, checksum: String) {
            self.version = version
            self.checksum = checksum
        }
    }

    private let migrations: [Migration]

    /// - Throws: ``MigrationError/Code/duplicateVersion``.
    package init(_ migrations: [Migration]) throws(MigrationError) {
        let sorted = migrations.sorted { $0.version < $1.version }
        for (one, next) in zip(sorted, sorted.dropFirst()) where one.version == next.version {
            throw MigrationError(.duplicateVersion, version: one.version, name: "\(one.name), \(next.name)")
        }
        self.migrations = sorted
    }

    /// The steps still to be applied, in order.
    ///
    /// A step may have a lower number than one already applied: messaging adds below 100 what services use above it.
    /// What the database has seen and this program does not know is from a newer one, and left alone, so that the old
    /// program can run beside the new one during an upgrade.
    /// - Throws: ``MigrationError/Code/changedAfterApplied``.
    package func pending(after applied: [Applied]) throws(MigrationError) -> [Migration] {
        let checksums = Dictionary(applied.map { ($0.version, $0.checksum) }, uniquingKeysWith: { first, _ in first })
        var pending: [Migration] = []
        for migration in self.migrations {
            guard let checksum = checksums[migration.version] else {
                pending.append(migration)
                continue
            }
            if checksum != migration.checksum {
                throw MigrationError(.changedAfterApplied, version: migration.version, name: migration.name)
            }
        }
        return pending
    }
}
