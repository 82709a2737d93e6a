import CardProgramme
import FoundationEssentials
import Logging
import Messaging
import ServiceLifecycle
import ServiceRuntime
import ShortMessages

/// Sends copies of what is said to people who tapped for it in the mini-program. In every instance; whoever takes a copy
/// holds it.
///
/// Beside messages and calls, never instead of one: what WeChat takes changes nothing about them. What has changed since it
/// was planned is not sent; what may have been sent is not sent again.
struct SendWeChatCopies: Service, CustomStringConvertible {
    let endpoint: MessageEndpoint
    let channel: WeChatChannel
    let wording: Wording
    let seal: ContactSeal
    let calendar: WorkingDayCalendar
    let clock: ProgrammeClock
    let logger: Logger
    /// One more of an outcome.
    let counted: @Sendable (WeChatOutcome) -> Void
    /// Real time between two looks.
    let pause: Duration

    var description: String { "copies to WeChat" }

    /// Copies taken at once, which is also how many are under way.
    static let together = 16
    /// Programme time a call may take.
    private static let lease: TimeInterval = 120

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var count = 0
                do {
                    // What is handed over when the process is to end is still written down.
                    count = try await Task { try await self.round() }.value
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("copies to WeChat could not be sent", metadata: ["error": "\(error)"])
                }
                if count < Self.together { try? await Task.sleep(for: self.pause) }
            }
        }
        await self.channel.client.shutdown()
    }

    private struct Outgoing: Sendable {
        let id: UUID
        let message: WeChatMessage
    }

    private func round() async throws -> Int {
        let now = self.clock.now()
        let (count, outgoing) = try await self.endpoint.transaction { work in
            let store = WeChatStore(sql: work.sql)
            try await store.closeInterrupted(before: now.addingTimeInterval(-Self.lease))
            let due = try await store.take(Self.together, at: now)
            let sorted = self.sort(due, at: now)
            for (reason, ids) in sorted.ended {
                try await store.end(ids, reason == "tooLate" ? "expired" : "cancelled", reason)
            }
            try await store.submit(sorted.outgoing.map(\.id), at: now)
            return (due.count, sorted.outgoing)
        }
        await withTaskGroup(of: Void.self) { group in
            for one in outgoing { group.addTask { await self.send(one) } }
        }
        return count
    }

    private func sort(_ due: [WeChatStore.Due], at now: Date) -> (outgoing: [Outgoing], ended: [String: [UUID]]) {
        var outgoing: [Outgoing] = []
        var ended: [String: [UUID]] = [:]
        for copy in due {
            let message = copy.message
            if now >= copy.notAfter {
                ended["tooLate", default: []].append(message.id)
            } else if let reason = message.isOver(at: now) {
                ended[reason, default: []].append(message.id)
            } else if SendingWindow.of(message.purpose).next(from: now, calendar: self.calendar) != now {
                ended["noHour", default: []].append(message.id)
            } else if let user = copy.user.flatMap({ try? self.seal.openText($0, id: message.person) }),
                let details = message.contact.flatMap({ try? self.seal.open($0.details, person: message.person) }),
                let template = self.channel.templates.template(for: message.purpose)
            {
                let fields = template.fields(
                    self.wording.values(for: message, names: [details.name]),
                    written: Wording.written(message))
                guard let fields else {
                    ended["doesNotFit", default: []].append(message.id)
                    continue
                }
                outgoing.append(
                    Outgoing(
                        id: message.id, message: WeChatMessage(user: user, template: template.code, fields: fields)))
            } else {
                ended["stopped", default: []].append(message.id)
            }
        }
        return (outgoing, ended)
    }

    private func send(_ one: Outgoing) async {
        let outcome = await self.channel.client.send(one.message)
        self.counted(outcome)
        if case .rejected(let code) = outcome {
            self.logger.error(
                "WeChat does not take a message: compare WECHAT_TEMPLATES with the templates it has approved",
                metadata: ["message": "\(one.id)", "code": "\(code)"])
        }
        let now = self.clock.now()
        do {
            try await self.endpoint.transaction { work in
                try await WeChatStore(sql: work.sql).record(one.id, outcome, at: now)
            }
        } catch {
            // It stays as it is and becomes `unknown`.
            self.logger.warning("what became of a copy could not be written", metadata: ["error": "\(error)"])
        }
    }
}
