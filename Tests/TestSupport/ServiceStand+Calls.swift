import Access
import Contracts
import FoundationEssentials
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL

extension ServiceStand {
    /// A call to a service's main instance.
    ///
    /// - Parameters:
    ///   - principal: Who calls; without one, no token is sent.
    ///   - key: `Idempotency-Key`.
    ///   - type: `Content-Type`; sent when there is a body.
    package func call(
        _ service: ServiceName, _ method: String, _ path: String, as principal: Principal? = nil, key: String? = nil,
        headers: [(String, String)] = [], body: [UInt8] = [], type: String = "application/json",
        at instance: Instance? = nil
    ) async throws -> HTTPReply {
        var all = headers
        if let principal { all.append(("Authorization", "Bearer \(try self.token(principal))")) }
        if let key { all.append(("Idempotency-Key", key)) }
        if !body.isEmpty { all.append(("Content-Type", type)) }
        let caller = try (instance ?? self.instance(service)).caller
        return try await caller.call(method, path, headers: all, body: body)
    }

    /// A token good for an hour.
    package func token(_ principal: Principal) throws -> String {
        if let token = self.tokens.withLockedValue({ $0[principal] }) { return token }
        let token = try self.signer.sign(principal, issuedAt: Date.now, lifetime: .seconds(3600))
        self.tokens.withLockedValue { $0[principal] = token }
        return token
    }

    // MARK: - What the databases hold

    /// A digest of every table of a service's database, by table.
    ///
    /// Without the journal of looks: that reading leaves a line there is what it is for. Of messages only what is planned to
    /// be said to whom: how far the gateway is with it changes by itself.
    package func digest(_ service: ServiceName) async throws -> [String: String] {
        let connection = try self.database(service)
        let tables = try await self.tables(of: service).filter { !Self.moving.contains($0) }
        let parts: [SQL] = tables.map { table in
            let row: SQL =
                service == .notification && table == "message"
                ? "ROW(t.id, t.person_id, t.purpose, t.step, t.subject, t.subject_version)::text" : "t::text"
            return """
                SELECT \(literal: table) AS name,
                       count(*)::text || ' ' || coalesce(md5(string_agg(\(row), ' ' ORDER BY \(row) COLLATE "C")), '')
                FROM \(identifier: table) t
                """
        }
        var digest: [String: String] = [:]
        for row in try await connection.query(parts.joined(separator: " UNION ALL ")).rows {
            let (table, sum) = try row.decode(String.self, String.self)
            digest[table] = sum
        }
        return digest
    }

    /// Looks, and what the gateway said of messages.
    private static let moving: Set<String> = ["look", "message_event", "stray_receipt"]

    /// The same of all five, once everything emitted has been applied.
    package func digests() async throws -> [ServiceName: [String: String]] {
        try await self.settle()
        var digests: [ServiceName: [String: String]] = [:]
        for service in ServiceName.allCases { digests[service] = try await self.digest(service) }
        return digests
    }

    /// Every row of every table as text, as somebody reading a stolen disk would see it.
    package func rows(of service: ServiceName) async throws -> [(table: String, text: String)] {
        var all: [(table: String, text: String)] = []
        for table in try await self.tables(of: service) {
            for row in try await self.database(service).query("SELECT t::text FROM \(identifier: table) t").rows {
                all.append((table, try row.decode(String.self)))
            }
        }
        return all
    }

    private func tables(of service: ServiceName) async throws -> [String] {
        try await self.database(service).query(
            """
            SELECT relname::text FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
            """
        ).rows.map { try $0.decode(String.self) }
    }

    /// Waits until every message emitted has been applied, and what is due to be said has been decided about.
    package func settle() async throws {
        try await Self.eventually("every message is applied") {
            // Looked at on both sides: what is decided may emit, what is applied may be due.
            guard try await self.nothingIsDue(), try await self.everythingIsApplied() else { return nil as Bool? }
            return try await self.nothingIsDue() ? true : nil
        }
    }

    private func nothingIsDue() async throws -> Bool {
        try await self.database(.notification).query(
            """
            SELECT FROM message WHERE state = 'planned' AND due_at <= \(self.clock.now)
            UNION ALL SELECT FROM arrival WHERE verdict IS NULL AND look_at <= \(self.clock.now) LIMIT 1
            """
        ).rows.isEmpty
    }

    private func everythingIsApplied() async throws -> Bool {
        var emitted: Set<String> = []
        var applied: Set<String> = []
        for service in ServiceName.allCases {
            let heads = try await self.database(service).query(
                "SELECT \(service.rawValue) || '>' || destination || ' ' || subject || ' ' || number FROM stream_head")
            for row in heads.rows { emitted.insert(try row.decode(String.self)) }
            let cursors = try await self.database(service).query(
                "SELECT stream || ' ' || subject || ' ' || applied FROM stream_cursor")
            for row in cursors.rows { applied.insert(try row.decode(String.self)) }
            let unsent = try await self.database(service).query("SELECT count(*) FROM outbox").rows[0].decode(Int.self)
            if unsent > 0 { return false }
        }
        return emitted.isSubset(of: applied)
    }
}
