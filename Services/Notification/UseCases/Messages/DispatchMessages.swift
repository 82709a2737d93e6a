import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import Messaging
import ServiceLifecycle
import ServiceRuntime
import ShortMessages
import Storage

/// Says what is due: decides about each message at the very moment, writes down that it is being submitted, and only then
/// hands it to a provider. In every instance; whoever takes a message holds it.
///
/// Nothing is ever submitted twice: what was being submitted when a process ended stays as it is until a receipt, a
/// question or its time says more.
final class DispatchMessages: Service, CustomStringConvertible {
    private let endpoint: MessageEndpoint
    private let gateway: any SMSGateway
    private let templates: TemplateStore
    private let wording: Wording
    private let seal: ContactSeal
    private let calendar: WorkingDayCalendar
    private let clock: ProgrammeClock
    private let faults: FaultPlan
    private let logger: Logger
    private let progress: GroupedCalls<MessageProgress.News, Void>

    /// Messages decided about in one transaction, of each urgency.
    static let together = 200
    /// Messages at the providers at once.
    static let inFlight = 32
    /// Real time between two looks when nothing was due.
    static let pause = Duration.milliseconds(200)

    init(
        endpoint: MessageEndpoint, gateway: any SMSGateway, templates: TemplateStore, wording: Wording,
        seal: ContactSeal,
        calendar: WorkingDayCalendar, clock: ProgrammeClock, faults: FaultPlan, logger: Logger
    ) {
        self.endpoint = endpoint
        self.gateway = gateway
        self.templates = templates
        self.wording = wording
        self.seal = seal
        self.calendar = calendar
        self.clock = clock
        self.faults = faults
        self.logger = logger
        self.progress = GroupedCalls(largest: 64, lanes: 2) { news in
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

    var description: String { "dispatch" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var done = 0
                do {
                    done = try await self.round()
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("messages could not be dispatched", metadata: ["error": "\(error)"])
                }
                if done == 0 { try? await Task.sleep(for: Self.pause) }
            }
        }
    }

    /// What is to be handed to the provider.
    private struct Outgoing: Sendable {
        let message: OutboundSMS
        let provider: String
    }

    /// - Returns: how many messages were decided about.
    private func round() async throws -> Int {
        let templates = try await self.templates.current()
        let (count, outgoing) = try await self.endpoint.transaction { work in
            try await self.decide(templates, in: work)
        }
        if !outgoing.isEmpty { self.faults.reached(.messageSubmitting) }
        await withTaskGroup(of: Void.self) { group in
            var next = 0
            func add() {
                guard next < outgoing.count else { return }
                let one = outgoing[next]
                next += 1
                group.addTask { await self.submit(one) }
            }
            for _ in 0..<Self.inFlight { add() }
            while await group.next() != nil { add() }
        }
        return count
    }

    private func decide(
        _ templates: [MessagePurpose: CurrentTemplate], in work: UnitOfWork
    ) async throws -> (Int, [Outgoing]) {
        let now = self.clock.now()
        let due = try await DueMessageReader(sql: work.sql).take(Self.together, at: now)
        guard !due.isEmpty else { return (0, []) }
        var batch = DispatchBatch()
        for message in due {
            let decision = message.decide(at: now, calendar: self.calendar) { batch.isFree($0, for: message) }
            switch decision {
            case .postpone(let until): batch.postponed.append((message.id, until))
            case .end(let state, let why, let reason): batch.end(message, state, why, call: reason, at: now)
            case .send(let digest, let place):
                guard let template = templates[message.purpose], let contact = message.contact,
                    // One file that cannot be opened must not keep everybody else from being told.
                    let details = try? self.seal.open(contact.details, person: message.person),
                    details.numbers.indices.contains(place),
                    let number = try? PhoneNumber(details.numbers[place].text)
                else {
                    self.logger.error(
                        "a contact point cannot be read", metadata: ["person": "\(message.person)"])
                    batch.end(
                        message, .failed, "unreadable",
                        call: message.purpose.isEssential ? .cannotBeTold : nil, at: now)
                    continue
                }
                let isAdded = batch.add(
                    message, digest: digest, number: number, name: details.name, template: template
                ) {
                    self.wording.text(template.template, for: $0, names: $1)
                }
                if !isAdded { batch.postponed.append((message.id, now.addingTimeInterval(60))) }
            }
        }
        let provider = batch.sends.isEmpty ? nil : self.gateway.choose(at: now)
        if provider == nil {
            // Nobody to send through: it waits, and becomes a call when its time is over.
            batch.postponed += batch.sends.flatMap { send in
                send.ids.map { ($0, min(max(now, send.notAfter), now.addingTimeInterval(6 * 3600))) }
            }
            batch.sends = []
        }
        let progress = MessageProgress(sql: work.sql)
        try await progress.postpone(batch.postponed)
        try await progress.end(batch.ended, at: now)
        try await CallTaskWriter(sql: work.sql).open(batch.calls, at: now)
        try await progress.submit(
            batch.sends.flatMap { send in
                send.ids.map { id in
                    MessageProgress.Submission(
                        id: id, digest: send.digest, provider: provider ?? "", template: send.template,
                        parts: send.length.parts, carriedBy: id == send.ids[0] ? nil : send.ids[0])
                }
            }, at: now)
        return (
            due.count,
            batch.sends.map { send in
                Outgoing(
                    message: OutboundSMS(id: send.ids[0], to: send.number, text: send.text, notAfter: send.notAfter),
                    provider: provider ?? "")
            }
        )
    }

    private func submit(_ one: Outgoing) async {
        let outcome = await self.gateway.submit(one.message, through: one.provider)
        self.faults.reached(.messageSubmitted)
        let now = self.clock.now()
        func news(_ state: MessageState, _ code: String, reference: String? = nil, failure: String? = nil) async throws
        {
            try await self.progress.run(
                MessageProgress.News(
                    id: one.message.id, state: state, kind: "submit", code: code, occurredAt: now,
                    reference: reference, failure: failure))
        }
        do {
            switch outcome {
            case .accepted(let reference, _): try await news(.accepted, "accepted", reference: reference)
            case .rejected(let failure, let code): try await news(.rejected, code, failure: failure.rawValue)
            case .unknown(let code): try await news(.unknown, code)
            case .throttled(let pause, _):
                try await self.again(one.message.id, now.addingTimeInterval(Double(pause.components.seconds) + 1))
            case .notSent: try await self.again(one.message.id, now.addingTimeInterval(30))
            }
        } catch {
            // It stays as it is and becomes `unknown`; a receipt may still tell.
            self.logger.warning("what became of a message could not be written", metadata: ["error": "\(error)"])
        }
    }

    private func again(_ id: UUID, _ until: Date) async throws {
        try await self.endpoint.transaction { work in
            try await MessageProgress(sql: work.sql).replan(id, until: until)
        }
    }
}

/// The providers there are, as one.
protocol SMSGateway: Sendable {
    /// Whom to send through now; nil when there is nobody.
    func choose(at now: Date) -> String?
    func submit(_ message: OutboundSMS, through provider: String) async -> SubmitOutcome
}
