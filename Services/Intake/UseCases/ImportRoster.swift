import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// Takes in a part of a roster (R21, R25): what is good is kept, what is not is answered with its reason.
///
/// Two terminals may send the same list at the same time, and one may be cut off anywhere: a person is found by their
/// number, so whatever arrives again is an update or nothing at all.
struct ImportRoster: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let persons: PersonRepository
    let endpoint: MessageEndpoint
    let keyRing: KeyRing

    /// An entry that can be kept.
    private struct Sound: Sendable {
        let index: Int
        let hash: [UInt8]
        let facts: PersonFacts
        let station: String
    }

    typealias Result = IntakeAPI.RosterAnswer.Result

    func run(_ list: IntakeAPI.RosterList, by principal: Principal) async throws -> IntakeAPI.RosterAnswer {
        // Before anything is looked at: nobody learns from a list what their role may not know.
        try AccessPolicy.decide(
            principal, .registerPerson,
            on: Resource(division: self.programme.divisionCode, station: principal.station))
        guard (1...IntakeAPI.RosterList.most).contains(list.entries.count) else { throw IntakeRefusal.rosterLength }
        let now = self.clock.now()
        var results: [Result?] = Array(repeating: nil, count: list.entries.count)
        var waves: [[Sound]] = []
        var seen: [[UInt8]: Int] = [:]
        var misread: [(index: Int, likeness: [UInt8])] = []
        for (index, entry) in list.entries.enumerated() {
            do {
                let sound = try self.read(entry.person, index, CalendarDay(now), principal)
                // A person who stands in the list twice: the later line is the newer, so it comes in a later wave.
                let wave = seen[sound.hash, default: 0]
                seen[sound.hash] = wave + 1
                if wave == waves.count { waves.append([]) }
                waves[wave].append(sound)
            } catch {
                results[index] = Self.refused(entry.line, error)
                if let likeness = self.likeness(of: entry.person, refusedFor: error) {
                    misread.append((index, likeness))
                }
            }
        }
        for wave in waves { try await self.keep(wave, list, now, principal, &results) }
        try await self.nameLikely(misread, &results, for: principal)
        return IntakeAPI.RosterAnswer(results: results.compactMap(\.self))
    }

    private func read(
        _ form: IntakeAPI.Registration, _ index: Int, _ today: CalendarDay, _ principal: Principal
    ) throws(IntakeRefusal) -> Sound {
        let (facts, number) = try PersonFacts.read(form, today: today)
        guard self.programme.station(form.station) != nil else { throw .stationUnknown }
        let resource = Resource(division: self.programme.divisionCode, station: form.station)
        guard AccessPolicy.allows(principal, .registerPerson, on: resource) else { throw .otherStation }
        return Sound(
            index: index, hash: self.keyRing.identityHash(number), facts: facts, station: form.station)
    }

    /// One transaction for entries of different people.
    private func keep(
        _ wave: [Sound], _ list: IntakeAPI.RosterList, _ now: Date, _ principal: Principal, _ results: inout [Result?]
    ) async throws {
        var open = wave
        // What somebody else registered between our look and our writing is found at the next look.
        for _ in 0..<3 where !open.isEmpty {
            let batch = open
            let kept = try await self.endpoint.transaction { work in
                try await self.apply(batch, list, now, principal, in: work)
            }
            for (index, result) in kept { results[index] = result }
            open.removeAll { kept[$0.index] != nil }
        }
        for sound in open { results[sound.index] = Self.refused(list.entries[sound.index].line, .busy) }
    }

    private func apply(
        _ batch: [Sound], _ list: IntakeAPI.RosterList, _ now: Date, _ principal: Principal, in work: UnitOfWork
    ) async throws -> [Int: Result] {
        let known = try await self.persons.lock(identityHashes: batch.map(\.hash), in: work.sql)
        var results: [Int: Result] = [:]
        var new: [(index: Int, written: PersonRepository.Written)] = []
        var changed: [(index: Int, written: PersonRepository.Written)] = []
        var callAnew: Set<UUID> = []
        for sound in batch {
            let line = list.entries[sound.index].line
            guard let file = known[sound.hash] else {
                let file = PersonFile(
                    id: UUIDv7.generate(), division: self.programme.divisionCode, station: sound.station,
                    facts: sound.facts, revision: 1)
                new.append((sound.index, (file, self.change(file.facts, file.station, now, principal))))
                continue
            }
            guard file.duplicateOf == nil else {
                results[sound.index] = Self.refused(line, .isDouble, file.duplicateOf)
                continue
            }
            guard file.station == sound.station else {
                results[sound.index] = Self.refused(
                    line, .keptElsewhere, principal.station == nil ? file.id : nil)
                continue
            }
            let facts = file.facts.updated(by: sound.facts)
            guard facts != file.facts else {
                results[sound.index] = Result(line: line, outcome: .unchanged, personID: file.id)
                continue
            }
            if facts.contact != file.facts.contact { callAnew.insert(file.id) }
            let update = PersonFile(
                id: file.id, division: file.division, station: file.station, facts: facts, revision: file.revision)
            changed.append((sound.index, (update, self.change(facts, file.station, now, principal))))
        }
        let inserted = try await self.persons.insert(new.map(\.written), in: work.sql)
        // Locked above, so nobody can have changed them since.
        _ = try await self.persons.update(changed.map(\.written), in: work.sql)
        for (index, written) in new where inserted.contains(written.file.id) {
            try work.emitContact(of: written.file, written.change, sealedWith: self.keyRing)
            results[index] = Result(
                line: list.entries[index].line, outcome: .created, personID: written.file.id)
        }
        for (index, written) in changed {
            if callAnew.contains(written.file.id) {
                try work.emitContact(of: written.file, written.change, sealedWith: self.keyRing)
            }
            results[index] = Result(
                line: list.entries[index].line, outcome: .updated, personID: written.file.id)
        }
        let likely = try await self.persons.likely(
            new.filter { inserted.contains($0.written.file.id) }.map(\.written.file), keptBy: principal.station,
            in: work.sql)
        for (index, written) in new { results[index]?.likely = likely[written.file.id] }
        return results
    }

    private func change(
        _ facts: PersonFacts, _ station: String, _ now: Date, _ principal: Principal
    ) -> PersonRepository.Change {
        let today = CalendarDay(now)
        return PersonRepository.Change(
            batch: SubmissionGate.batch(of: facts, at: station, programme: self.programme, today: today),
            lane: SubmissionGate.lane(of: facts, today: today), at: now, by: principal.subject)
    }

    // MARK: - Wrong numbers

    /// What finds the person in spite of a number that cannot be right: its birth date often still can be read.
    private func likeness(of form: IntakeAPI.Registration, refusedFor error: IntakeRefusal) -> [UInt8]? {
        guard error.code.hasPrefix("identity_number_"), let unit = form.serviceUnit,
            let birth = Self.birthDate(in: form.identityNumber)
        else { return nil }
        return self.persons.vault.likenessHash(
            PersonFacts.likeness(
                name: PlainText.trimmed(form.name), birthDate: birth, unit: PlainText.trimmed(unit)))
    }

    private static func birthDate(in number: String) -> CalendarDay? {
        let digits = number.utf8.filter { (0x30...0x39).contains($0) }
        guard digits.count >= 14 else { return nil }
        let date = digits[6..<14].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return CalendarDay(year: date / 10_000, month: date / 100 % 100, day: date % 100)
    }

    /// A station learns of its own people only: whether somebody is on another's roster is nothing a list may ask.
    private func nameLikely(
        _ misread: [(index: Int, likeness: [UInt8])], _ results: inout [Result?], for principal: Principal
    ) async throws {
        guard !misread.isEmpty else { return }
        let known = try await self.persons.find(
            likenesses: misread.map(\.likeness), keptBy: principal.station)
        for (index, likeness) in misread { results[index]?.personID = known[likeness] }
    }

    private static func refused(_ line: Int, _ refusal: IntakeRefusal, _ person: UUID? = nil) -> Result {
        Result(
            line: line, outcome: .refused, personID: person, code: refusal.code, zh: refusal.zh, en: refusal.en)
    }
}
