import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// Puts a call's page together. Whoever sees it is on record first (R137).
struct ShowCall: Sendable {
    let reader: CallReader
    let contacts: ContactSeal
    let notes: CallSeal
    let templates: TemplateStore
    /// The office's number, on which somebody answers.
    let telephone: String
    let journal: AccessJournal
    let clock: ProgrammeClock

    /// How many others who share a number are named.
    static let mostNamed = 20

    /// - Parameter purpose: What the caller looks for; calling, when nothing else is said.
    /// - Throws: ``CallRefusal`` when nobody knows the person any more.
    func callAsFunction(
        _ task: CallTask, to principal: Principal, purpose: LookPurpose?
    ) async throws -> CallAPI.Call {
        guard let (contact, bornYear, _) = try await self.reader.contact(of: task.person) else {
            throw CallRefusal.personUnknown
        }
        let isMine =
            task.state == .open && task.isHeld(by: principal.subject)
            && task.claimedUntil.map { $0 > self.clock.now() } == true
        let numbers = try await self.reader.numbers(of: task)
        let others =
            isMine
            ? try await self.reader.sharing(
                numbers.filter { $0.shared > 0 }.map(\.digest), besides: task.person, station: principal.station,
                limit: Self.mostNamed)
            : []
        try await self.journal.note(
            .contact, of: [task.person] + others.map(\.contact.personID), by: principal, purpose: purpose ?? .calling)
        let details = try self.contacts.open(contact.details, person: task.person)
        let own = try await self.templates.call(task.purpose)?.text(
            signature: "", [.name: details.name, .telephone: self.telephone])
        return CallAPI.Call(
            id: task.id, version: task.version, station: task.station, reason: task.reason, purpose: task.purpose,
            state: task.state.rawValue, outcome: task.outcome, personID: task.person, name: details.name,
            bornYear: isMine ? bornYear : nil, dueAt: task.dueAt, notAfter: task.notAfter, promisedAt: task.promisedAt,
            isMine: isMine, claimedUntil: task.claimedUntil, numbers: try self.shown(numbers, details, others, isMine),
            script: CallScript.lines(
                task.reason, purpose: task.purpose, name: details.name, bornYear: bornYear, own: own
            ).map { CallAPI.Words(zh: $0.zh, en: $0.en) },
            appointment: try await self.reader.appointment(task.subject, of: task.person),
            booked: try await self.booked(task), attempts: try await self.attempts(task, isMine),
            note: isMine ? try task.note.map { try self.notes.open($0, of: task.id) } : nil)
    }

    private func booked(_ task: CallTask) async throws -> CallAPI.Appointment? {
        guard let id = task.booked else { return nil }
        return try await self.reader.appointment(id, of: task.person)
            ?? CallAPI.Appointment(
                id: id, isKnown: false, isTheirs: true, state: nil, station: nil, startsAt: nil)
    }

    private func attempts(_ task: CallTask, _ isMine: Bool) async throws -> [CallAPI.Attempt] {
        try await self.reader.attempts(of: task.id).map { attempt in
            CallAPI.Attempt(
                id: attempt.id, at: attempt.at, outcome: attempt.outcome, by: attempt.by,
                promisedAt: attempt.promisedAt,
                note: isMine ? try attempt.note.map { try self.notes.open($0, of: attempt.id) } : nil)
        }
    }

    private func shown(
        _ numbers: [StoredNumber], _ details: ContactDetails,
        _ others: [(digest: [UInt8], contact: StoredContact)], _ isMine: Bool
    ) throws -> [CallAPI.Number] {
        let best = CallNumber.best(of: numbers.map(\.rule))
        return try numbers.compactMap { stored in
            guard let (number, relative) = details.number(at: stored.place) else { return nil }
            let sharing = try others.filter { $0.digest == stored.digest }.map { other in
                CallAPI.Person(
                    personID: other.contact.personID,
                    name: try self.contacts.open(other.contact.details, person: other.contact.personID).name)
            }
            return CallAPI.Number(
                id: stored.id, number: isMine ? number : PhoneMask.mask(number), isOwn: stored.isOwn,
                relative: isMine ? relative.map { "\($0.name)（\($0.relation)）" } : nil, status: stored.status,
                isNext: stored.place == best?.place, optedOut: stored.optedOut, sharedWith: sharing,
                shared: stored.shared)
        }
    }
}
