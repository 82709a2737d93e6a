import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// 建档立卡: enters a person on the roster, or brings a known file up to date (R21). Open whatever the batch (R68).
struct RegisterPerson: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let persons: PersonRepository
    let endpoint: MessageEndpoint
    let keyRing: KeyRing

    /// - Returns: the file, and whether it is new.
    func run(
        _ form: IntakeAPI.Registration, by principal: Principal
    ) async throws -> (person: IntakeAPI.Person, isNew: Bool) {
        try AccessPolicy.decide(
            principal, .registerPerson, on: Resource(division: self.programme.divisionCode, station: form.station))
        let now = self.clock.now()
        let today = CalendarDay(now)
        let (facts, number) = try PersonFacts.read(form, today: today)
        guard self.programme.station(form.station) != nil else { throw IntakeRefusal.stationUnknown }

        let hash = self.keyRing.identityHash(number)
        // Two counters may register the same person at the same moment; the second then finds the first one's file.
        for _ in 0..<3 {
            let known = try await self.persons.find(identityHash: hash)
            let file = try self.file(form, facts, known: known, by: principal)
            if file == known { return (self.answer(file, today), false) }
            let change = PersonRepository.Change(
                batch: SubmissionGate.batch(of: file.facts, at: file.station, programme: self.programme, today: today),
                lane: SubmissionGate.lane(of: file.facts, today: today), at: now, by: principal.subject)
            let written = try await self.endpoint.transaction { work in
                let written =
                    known == nil
                    ? try await self.persons.insert(file, change, in: work.sql)
                    : try await self.persons.update(file, change, in: work.sql)
                if written { try self.announce(file, change, in: work) }
                return written
            }
            if written { return (self.answer(file, today), known == nil) }
        }
        throw IntakeRefusal.busy
    }

    /// The file of whoever the form names; nil when there is none. Writes nothing.
    func known(_ form: IntakeAPI.Registration) async throws -> IntakeAPI.Person? {
        let today = CalendarDay(self.clock.now())
        let (_, number) = try PersonFacts.read(form, today: today)
        return try await self.persons.find(identityHash: self.keyRing.identityHash(number)).map {
            self.answer($0, today)
        }
    }

    /// The file as the form wants it. A file kept by another station is out of a station's reach (R1).
    private func file(
        _ form: IntakeAPI.Registration, _ facts: PersonFacts, known: PersonFile?, by principal: Principal
    ) throws(IntakeRefusal) -> PersonFile {
        if let known, !AccessPolicy.allows(principal, .updatePerson, on: known.resource) { throw .keptElsewhere }
        if known?.duplicateOf != nil { throw .isDouble }
        // The counter says what it sees: phones and the comparison are as the form has them, what it leaves out stays.
        var merged = known?.facts.updated(by: facts) ?? facts
        merged.phones = facts.phones
        merged.compared = facts.compared
        return PersonFile(
            id: known?.id ?? UUIDv7.generate(), division: self.programme.divisionCode, station: form.station,
            facts: merged, revision: known?.revision ?? 1)
    }

    private func announce(_ file: PersonFile, _ change: PersonRepository.Change, in work: UnitOfWork) throws {
        try work.emitContact(of: file, change, sealedWith: self.keyRing)
    }

    private func answer(_ file: PersonFile, _ today: CalendarDay) -> IntakeAPI.Person {
        IntakeAPI.Person(file, programme: self.programme, today: today)
    }
}
