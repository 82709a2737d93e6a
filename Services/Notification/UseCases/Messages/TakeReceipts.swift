import CardProgramme
import FoundationEssentials
import ServiceRuntime
import ShortMessages

/// Takes what providers report about messages: late, twice, in the wrong order, or about messages nobody here has sent.
struct TakeReceipts: Sendable {
    let record: RecordNews
    let gateway: ProviderGateway
    let clock: ProgrammeClock

    /// - Throws: what the database throws; the provider is then answered with an error and comes again.
    func callAsFunction(_ receipts: [Receipt], from provider: String) async throws {
        // A pushed list is written as one; whatever order it has says nothing.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for receipt in receipts { group.addTask { try await self.take(receipt, from: provider) } }
            try await group.waitForAll()
        }
    }

    private func take(_ receipt: Receipt, from provider: String) async throws {
        let now = self.clock.now()
        // Only the first report of it; those that take long were counted while they were waited for.
        guard let sent = try await self.record(.receipt(receipt, provider: provider)), receipt.state == .delivered,
            !sent.state.isFinal, let submittedAt = sent.submittedAt
        else { return }
        let duration = Duration.seconds(max(0, now.timeIntervalSince(submittedAt)))
        if duration <= self.gateway.slow { self.gateway.delivered(provider, after: duration) }
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
