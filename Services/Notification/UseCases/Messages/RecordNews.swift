import FoundationEssentials
import Messaging
import PostgreSQL
import ServiceRuntime
import ShortMessages
import Storage

/// Writes down what becomes of messages: what providers answer and what they report, together, one transaction after the
/// other. Whatever comes while one is written is written by the next, so that under load each carries many.
final class RecordNews: Sendable {
    enum Item: Sendable {
        /// Of a message that is known.
        case news(MessageProgress.News)
        case receipt(Receipt, provider: String)
    }

    private let groups: GroupedCalls<Item, MessageProgress.Sent?>

    init(endpoint: MessageEndpoint, clock: ProgrammeClock) {
        self.groups = GroupedCalls(largest: 200, lanes: 1) { items in
            do {
                return try await Self.write(items, endpoint, clock).map { .success($0) }
            } catch let error as PostgresError
                where error.code == .server && !error.isRetryable && items.count > 1
            {
                // One of them cannot be written: the others are.
                var results: [Result<MessageProgress.Sent?, any Error>] = []
                for item in items {
                    do {
                        results.append(.success(try await Self.write([item], endpoint, clock)[0]))
                    } catch {
                        results.append(.failure(error))
                    }
                }
                return results
            } catch {
                return items.map { _ in .failure(error) }
            }
        }
    }

    private static func write(
        _ items: [Item], _ endpoint: MessageEndpoint, _ clock: ProgrammeClock
    ) async throws -> [MessageProgress.Sent?] {
        let now = clock.now()
        return try await endpoint.transaction { work in
            let (news, sent) = try await Self.news(items, MessageProgress(sql: work.sql), now)
            try await MessageAftermath(sql: work.sql).record(news, at: now)
            return sent
        }
    }

    /// - Returns: for a receipt, the message it is about as it was before; nil where nobody here has sent one.
    /// - Throws: what the database throws; nothing of it is written then.
    @discardableResult
    func callAsFunction(_ item: Item) async throws -> MessageProgress.Sent? { try await self.groups.run(item) }

    private static func news(
        _ items: [Item], _ progress: MessageProgress, _ now: Date
    ) async throws -> (news: [MessageProgress.News], sent: [MessageProgress.Sent?]) {
        let receipts = items.compactMap { item -> MessageProgress.Reported? in
            guard case .receipt(let receipt, let provider) = item else { return nil }
            return MessageProgress.Reported(id: receipt.message, provider: provider, reference: receipt.reference)
        }
        let written = items.compactMap { item -> UUID? in
            guard case .news(let one) = item else { return nil }
            return one.id
        }
        let known = try await progress.sent(receipts, and: written)
        var news: [MessageProgress.News] = []
        var sent: [MessageProgress.Sent?] = []
        for item in items {
            switch item {
            case .news(let one):
                news.append(one)
                sent.append(nil)
            case .receipt(let receipt, let provider):
                let reported = MessageProgress.Reported(
                    id: receipt.message, provider: provider, reference: receipt.reference)
                let message = known[reported]
                sent.append(message)
                if let message {
                    news.append(TakeReceipts.news(receipt, message.id, kind: "receipt", now))
                } else {
                    try await progress.noteStray(reported, code: receipt.code, at: now)
                }
            }
        }
        return (news, sent)
    }
}
