import CardProgramme
import FoundationEssentials
import Logging
import Messaging
import ServiceLifecycle
import ServiceRuntime
import ShortMessages

/// Asks providers what became of messages they were given: at once where nobody knows whether they took one, after some
/// minutes where no receipt came, then ever more rarely, until it is known or `CloseMessages` ends it. Never sends anything.
///
/// Who cannot be asked is only found to be slow.
struct AskProviders: Service, CustomStringConvertible {
    let endpoint: MessageEndpoint
    let gateway: ProviderGateway
    let seal: ContactSeal
    let clock: ProgrammeClock
    let logger: Logger
    /// Real time between two rounds.
    var pause = Duration.seconds(1)

    var description: String { "questions to providers" }

    /// Messages asked about in a round, and at once.
    private static let (together, inFlight) = (64, 4)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var count = 0
                do {
                    count = try await self.round()
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("providers could not be asked", metadata: ["error": "\(error)"])
                }
                if count < Self.together { try? await Task.sleep(for: self.pause) }
            }
        }
    }

    private func round() async throws -> Int {
        guard !self.gateway.isEmpty else { return 0 }
        let now = self.clock.now()
        let queried = self.gateway.queried
        let open = try await self.endpoint.transaction { work in
            try await OpenMessages(sql: work.sql).take(Self.together, queried: queried, at: now)
        }
        for message in open where message.asked == 1 {
            let waited = Duration.seconds(max(0, now.timeIntervalSince(message.submittedAt)))
            if waited >= self.gateway.slow { self.gateway.delivered(message.provider, after: waited + .seconds(1)) }
        }
        let asked = open.filter { queried.contains($0.provider) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = asked[...]
            for _ in 0..<Self.inFlight {
                if let next = rest.popFirst() { group.addTask { try await self.ask(next) } }
            }
            while try await group.next() != nil {
                if let next = rest.popFirst() { group.addTask { try await self.ask(next) } }
            }
        }
        return open.count
    }

    private func ask(_ message: OpenMessages.Message) async throws {
        guard let provider = self.gateway.provider(message.provider), let number = self.number(of: message) else {
            return
        }
        let receipts: [Receipt]
        do throws(SMSProviderError) {
            receipts = try await provider.query(
                SentSMS(
                    id: message.id, to: number, reference: message.reference, submittedAt: message.submittedAt))
        } catch {
            self.logger.notice(
                "a provider could not say what became of a message",
                metadata: ["provider": "\(message.provider)", "error": "\(error)"])
            return
        }
        guard !receipts.isEmpty else { return }
        let now = self.clock.now()
        try await self.endpoint.transaction { work in
            try await MessageAftermath(sql: work.sql).record(
                receipts.map { TakeReceipts.news($0, message.id, kind: "query", now) }, at: now)
        }
    }

    /// The number it went to; nil where the person has others now.
    private func number(of message: OpenMessages.Message) -> PhoneNumber? {
        guard let contact = message.contact, let place = message.place,
            let details = try? self.seal.open(contact, person: message.person), details.numbers.indices.contains(place),
            let number = try? PhoneNumber(details.numbers[place].text), self.seal.digest(number) == message.digest
        else { return nil }
        return number
    }
}
