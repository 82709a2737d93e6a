import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// Whom a team visits, or who comes to a collective session, to be taken along where there is no network (R73, R76, R119).
struct Kits: Sendable {
    let programme: Programme
    let rules: MaterialRules
    let clock: ProgrammeClock
    let persons: PersonRepository
    let visits: VisitRepository

    /// - Returns: the kit, and whether it is new.
    func make(
        _ id: UUID, _ content: IntakeAPI.NewKit, by principal: Principal
    ) async throws -> (kit: IntakeAPI.Kit, isNew: Bool) {
        let known = try await self.visits.kit(id)
        let reach = Resource(division: self.programme.divisionCode, station: principal.station)
        try AccessPolicy.decide(principal, .makeKit, on: known?.resource ?? reach)
        guard let station = principal.station, content.channel.isVisit, (1...200).contains(content.people.count),
            Set(content.people).count == content.people.count, (1...128).contains(content.team.utf8.count),
            content.team.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw IntakeRefusal.kitUnfit }
        let kit = VisitRepository.Kit(
            id: id, division: self.programme.divisionCode, station: station, content: content)
        // A list that names somebody of another station would show the team what it may not see (R14).
        for person in content.people {
            guard let file = try await self.persons.find(person), file.station == station else {
                throw IntakeRefusal.kitUnfit
            }
        }
        if let known {
            guard known == kit else { throw IntakeRefusal.kitDiffers }
            return (try await self.filled(known), false)
        }
        guard try await self.visits.insert(kit, at: self.clock.now(), by: principal.subject) else {
            throw IntakeRefusal.busy
        }
        return (try await self.filled(kit), true)
    }

    func read(_ id: UUID, by principal: Principal) async throws -> IntakeAPI.Kit {
        guard let kit = try await self.visits.kit(id) else { throw IntakeRefusal.kitUnknown }
        try AccessPolicy.decide(principal, .readKit, on: kit.resource)
        // A team sees the kits made for it; for another's it hears what it would hear for none.
        guard principal.role != .homeTeam || kit.content.team == principal.subject else {
            throw IntakeRefusal.kitUnknown
        }
        return try await self.filled(kit)
    }

    func list(by principal: Principal) async throws -> IntakeAPI.KitList {
        try AccessPolicy.decide(
            principal, .listKits, on: Resource(division: self.programme.divisionCode, station: principal.station))
        let kits = try await self.visits.kits(
            station: principal.station ?? "", team: principal.role == .homeTeam ? principal.subject : nil)
        return IntakeAPI.KitList(kits: kits.map { Self.answer($0, visits: []) })
    }

    /// With what each visit needs, as the files are now. Whoever has moved to another station meanwhile is left out.
    private func filled(_ kit: VisitRepository.Kit) async throws -> IntakeAPI.Kit {
        var visits: [IntakeAPI.Kit.Visit] = []
        for person in kit.content.people {
            guard let file = try await self.persons.find(person), file.station == kit.station else { continue }
            let kinds = self.programme.cardKinds(for: file.facts.categorySet)
            let kind = CardKind.allCases.first(where: kinds.contains) ?? .veteran
            let check = MaterialCheck(file.facts, cardKind: kind, division: file.division, rules: self.rules)
            visits.append(
                IntakeAPI.Kit.Visit(
                    personID: file.id, name: file.facts.name,
                    maskedIdentityNumber: (try? IdentityNumber(file.facts.identityNumber))?.masked ?? "",
                    phones: file.facts.phones, address: file.facts.address,
                    bring: check.items.map(\.need.chinese)))
        }
        return Self.answer(kit, visits: visits)
    }

    private static func answer(_ kit: VisitRepository.Kit, visits: [IntakeAPI.Kit.Visit]) -> IntakeAPI.Kit {
        IntakeAPI.Kit(
            id: kit.id, station: kit.station, channel: kit.content.channel, team: kit.content.team,
            visitOn: kit.content.visitOn, visits: visits)
    }
}

extension IntakeAPI.Channel {
    /// Away from the counter.
    var isVisit: Bool { self == .home || self == .collective || self == .agreed }
}
