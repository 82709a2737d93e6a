import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// What waits to be called, without names and with numbers masked.
struct ListCalls: Sendable {
    let reader: CallReader
    let contacts: ContactSeal
    let journal: AccessJournal
    let clock: ProgrammeClock

    func callAsFunction(
        _ scope: CallScope, limit: Int, offset: Int, to principal: Principal, purpose: LookPurpose?
    ) async throws -> CallAPI.List {
        let now = self.clock.now()
        let page = try await self.reader.page(scope, at: now, limit: limit, offset: offset)
        try await self.journal.note(
            .contact, of: page.map(\.task.person), by: principal, purpose: purpose ?? .calling)
        return CallAPI.List(
            counts: try await self.reader.counts(scope, at: now), days: try await self.reader.days(scope, at: now),
            calls: try page.map { try self.item($0, to: principal, at: now) },
            total: try await self.reader.total(scope, at: now))
    }

    private func item(_ listed: CallReader.Listed, to principal: Principal, at now: Date) throws -> CallAPI.Item {
        let task = listed.task
        let until = task.claimedUntil.flatMap { $0 > now ? $0 : nil }
        let details = try self.contacts.open(listed.contact.details, person: task.person)
        let best = CallNumber.best(of: listed.numbers.map(\.rule)).flatMap { details.number(at: $0.place) }
        return CallAPI.Item(
            id: task.id, personID: task.person, station: task.station, reason: task.reason, purpose: task.purpose,
            dueAt: task.dueAt, notAfter: task.notAfter, promisedAt: task.promisedAt, attempts: task.attempts,
            claimedUntil: until, isMine: until != nil && task.isHeld(by: principal.subject),
            maskedNumber: best.map { PhoneMask.mask($0.number) })
    }
}
