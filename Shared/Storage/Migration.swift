import Crypto

/// One step of a database's schema. Once applied anywhere it never changes: a further step corrects it.
package struct Migration: Sendable, Hashable {
    /// The order. Messaging has 1–99, a service's own begin at 100.
    package let version: Int
    /// What it does, in a few words; shown to the operator.
    package let name: String
    /// The statements, without `BEGIN` and `COMMIT`: they run in one transaction with the note that they ran.
    package let sql: String

    package init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of ``sql`` in hexadecimal.
    package var checksum: String {
        SHA256.hash(data: Array(self.sql.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

/// Why a database could not be brought to the schema of this program.
package struct MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable {
        /// Two steps with one number.
        case duplicateVersion
        /// A step was edited after it had been applied.
        case changedAfterApplied
        /// A step ended the transaction it ran in.
        case endedTransaction
    }

    package let code: Code
    package let version: Int
    package let name: String

    package init(_ code: Code, version: Int, name: String) {
        self.code = code
        self.version = version
        self.name = name
    }

    package var description: String {
        switch self.code {
        case .duplicateVersion: "migration \(self.version) exists twice (\(self.name))"
        case .changedAfterApplied:
            "migration \(self.version) (\(self.name)) was changed after it had been applied; add a new one instead"
        case .endedTransaction: "migration \(self.version) (\(self.name)) must not contain COMMIT or ROLLBACK"
        }
    }
}
