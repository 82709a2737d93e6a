import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import ShortMessages
import Storage

/// Takes what providers report about messages: late, twice, in the wrong order, or about messages nobody here has sent.
final class TakeReceipts: Sendable {
    private let clock: ProgrammeClock
    private let groups: GroupedCalls<MessageProgress.News, Void>
    private let messages: MessageReader

    init(endpoint: MessageEndpoint, messages: MessageReader, clock: ProgrammeClock) {
        self.messages = messages
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
            guard
                let id = try await self.messages.message(
                    receipt.message, reference: receipt.reference, code: receipt.code, from: provider,
                    at: self.clock.now())
            else { continue }
            try await self.groups.run(Self.news(receipt, id, self.clock.now()))
        }
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
