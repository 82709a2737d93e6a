import Contracts
import FoundationEssentials
import TestSupport
import Testing

extension Integration {
    /// One role for each service, and no way from one to another's database.
    @Suite struct DatabaseRoleTests {
        private func psql(
            _ stand: ServiceStand, as service: ServiceName, in database: String, _ statement: String
        ) async throws -> (status: Int, output: String, errors: String) {
            let role = stand.installation.role(of: service)
            return try await stand.command(
                "/usr/bin/psql",
                [
                    "-X", "-w", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", stand.installation["DATABASE_HOST"], "-p",
                    stand.installation["DATABASE_PORT"], "-U", role.user, "-d", database, "-c", statement,
                ], ["PATH": "/usr/bin:/bin", "PGPASSWORD": role.password, "LC_ALL": "C"])
        }

        @Test func aRoleReachesItsOwnDatabaseAndIsRefusedByAllOthers() async throws {
            let stand = try await ServiceStand.shared()
            for service in ServiceName.allCases {
                for other in ServiceName.allCases {
                    for database in [stand.installation.database(of: other), "\(stand.name)_\(other.rawValue)"] {
                        let result = try await self.psql(stand, as: service, in: database, "SELECT 1")
                        if service == other {
                            #expect(
                                result.status == 0 && result.output == "1\n", "\(service) in \(database): \(result)")
                        } else {
                            #expect(result.status == 2, "\(service) in \(database): \(result)")
                            #expect(result.errors.contains("permission denied for database"), "\(result.errors)")
                        }
                    }
                }
            }
        }

        @Test func aRoleIsNoSuperuserAndMakesNoRolesAndNoDatabases() async throws {
            let stand = try await ServiceStand.shared()
            for service in ServiceName.allCases {
                let database = stand.installation.database(of: service)
                for statement in [
                    "CREATE DATABASE stolen", "CREATE ROLE thief", "ALTER SYSTEM SET fsync = off",
                    "COPY (SELECT 1) TO PROGRAM 'true'", "SELECT pg_read_file('/etc/passwd')",
                    "ALTER ROLE \(stand.installation.role(of: service).user) SUPERUSER",
                    "SET ROLE \(stand.installation.role(of: service == .intake ? .review : .intake).user)",
                ] {
                    let result = try await self.psql(stand, as: service, in: database, statement)
                    #expect(result.status != 0, "\(service): \(statement)")
                }
                // Nor may it look around in the server's own database.
                for common in ["postgres", "template1"] {
                    let result = try await self.psql(stand, as: service, in: common, "SELECT 1")
                    #expect(result.status == 2, "\(service) in \(common): \(result)")
                }
            }
        }
    }
}
