import CardProgramme
import FoundationEssentials
import Messaging
import PostgreSQL
import ServiceRuntime
import ShortMessages
import Storage

/// Takes what providers report about messages: late, twice, in the wrong order, or about messages nobody here has sent.
final class TakeReceipts: Sendable {
    private let clock: ProgrammeClock
    private let groups: GroupedCalls<MessageProgress.News, Void>
    private let pool: PostgresPool

    init(endpoint: MessageEndpoint, pool: PostgresPool, clock: ProgrammeClock) {
        self.pool = pool
        self.clock = clock
        self.groups = GroupedCalls(largest: 200, lanes: 2) { news in
            do {
                let now = clock.now()
                try await endpoint.transaction { work in
                    try await MessageAftermath(sql: work.sql).record(news, at: now)
                }
                return news.map { _ in .success(()) }
            } catch {
                return news.map { _ in .failure(error) }
            }
        }
    }

    /// - Throws: what the database throws; the provider is then answered with an error and comes again.
    func callAsFunction(_ receipts: [Receipt], from provider: String) async throws {
        for receipt in receipts {
            guard let id = try await self.message(of: receipt, from: provider) else { continue }
            try await self.groups.run(Self.news(receipt, id, self.clock.now()))
        }
    }

    /// - Returns: nil for a message nobody here has sent; that is kept and counted.
    private func message(of receipt: Receipt, from provider: String) async throws -> UUID? {
        if let id = receipt.message {
            let row = try await self.pool.query("SELECT 1 FROM message WHERE id = \(id)").rows.first
            if row != nil { return id }
        } else if let reference = receipt.reference {
            let row = try await self.pool.query(
                "SELECT id FROM message WHERE provider = \(provider) AND reference = \(reference)"
            ).rows.first
            if let row { return try row.decode(UUID.self) }
        }
        let reference = receipt.message?.uuidString ?? receipt.reference ?? ""
        _ = try await self.pool.query(
            """
            INSERT INTO stray_receipt AS s (provider, reference, kind, received_at)
            VALUES (\(provider), \(reference), \(receipt.code), \(self.clock.now()))
            ON CONFLICT (provider, reference, kind) DO UPDATE SET times = s.times + 1
            """)
        return nil
    }

    private static func news(_ receipt: Receipt, _ id: UUID, _ now: Date) -> MessageProgress.News {
        let state: MessageState
        var failure: String?
        switch receipt.state {
        case .accepted: state = .accepted
        case .buffered: state = .buffered
        case .delivered: state = .delivered
        case .failed(let reason):
            state = .failed
            failure = reason.rawValue
        }
        // The carrier's clock may be anything; when we heard of it is ours.
        return MessageProgress.News(
            id: id, state: state, kind: "receipt", code: receipt.code, occurredAt: receipt.at ?? now,
            reference: receipt.reference, failure: failure)
    }
}
