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
    private let gateway: ProviderGateway

    init(endpoint: MessageEndpoint, messages: MessageReader, gateway: ProviderGateway, clock: ProgrammeClock) {
        self.messages = messages
        self.gateway = gateway
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
            let now = self.clock.now()
            guard
                let sent = try await self.messages.message(
                    receipt.message, reference: receipt.reference, code: receipt.code, from: provider, at: now)
            else { continue }
            try await self.groups.run(Self.news(receipt, sent.id, kind: "receipt", now))
            // Only the first report of it; those that take long were counted while they were waited for.
            guard receipt.state == .delivered, !sent.state.isFinal, let submittedAt = sent.submittedAt else { continue }
            let duration = Duration.seconds(max(0, now.timeIntervalSince(submittedAt)))
            if duration <= self.gateway.slow { self.gateway.delivered(provider, after: duration) }
        }
    }

    /// - Parameter kind: How it became known: `receipt`, `query`.
    static func news(_ receipt: Receipt, _ id: UUID, kind: String, _ now: Date) -> MessageProgress.News {
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
            id: id, state: state, kind: kind, code: receipt.code, occurredAt: receipt.at ?? now,
            reference: receipt.reference, failure: failure)
    }
}
