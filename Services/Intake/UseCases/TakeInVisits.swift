import Access
import CardProgramme
import Contracts
import Crypto
import FoundationEssentials
import Portrait
import ServiceRuntime

/// Takes in what a team brought back (R73–R76, R119): registration, submission and materials of up to fifty people a request.
///
/// Each item goes through the same use cases as at the counter, and each of those is recognised when it is repeated: the
/// registration by the identity number, the submission by the item's id, a material by its digest. So a request that is
/// sent twice, by two devices at once, or cut off anywhere and sent again, loses nothing and doubles nothing. An item is
/// noted when all of it is here; from then on its answer is read off.
struct TakeInVisits: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let register: RegisterPerson
    let submit: Submit
    let store: StoreMaterial
    let visits: VisitRepository
    let keyRing: KeyRing

    static let most = 50
    static let mostMaterials = 12

    typealias Outcome = IntakeAPI.VisitOutcomes.Item

    func run(_ visits: IntakeAPI.Visits, by principal: Principal) async throws -> IntakeAPI.VisitOutcomes {
        try AccessPolicy.decide(
            principal, .uploadVisits,
            on: Resource(division: self.programme.divisionCode, station: principal.station))
        guard (1...Self.most).contains(visits.items.count) else { throw IntakeRefusal.visitsUnfit }
        var known = try await self.visits.visits(visits.items.map(\.id))
        var outcomes: [Outcome] = []
        for item in visits.items {
            let digest = Array(SHA256.hash(data: try ContractCoding.encode(item)))
            if let visit = known[item.id] {
                outcomes.append(Self.repeated(item, visit, digest, by: principal))
                continue
            }
            var person: UUID?
            do {
                let visit = try await self.take(item, digest, by: principal) { person = $0 }
                known[item.id] = visit
                outcomes.append(
                    Outcome(id: item.id, result: .taken, personID: visit.person, submissionID: visit.submission))
            } catch let refusal as IntakeRefusal {
                outcomes.append(Self.refused(item, person, refusal.code, refusal.zh, refusal.en))
            } catch let refusal as AccessError {
                outcomes.append(Self.refused(item, person, "access.denied", refusal.zh, refusal.en))
            }
        }
        return IntakeAPI.VisitOutcomes(outcomes: outcomes)
    }

    /// - Parameter registered: told the person's id as soon as there is one: a registration stands although the submission
    ///   is refused (R68).
    private func take(
        _ item: IntakeAPI.Visits.Item, _ digest: [UInt8], by principal: Principal, registered: (UUID) -> Void
    ) async throws -> VisitRepository.Visit {
        guard item.channel.isVisit else { throw IntakeRefusal.visitChannel }
        let materials = try Self.materials(item)
        let person = try await self.registered(item, by: principal)
        registered(person)
        let form = IntakeAPI.NewSubmission(
            personID: person, cardKind: item.cardKind, bank: item.bank, channel: item.channel,
            applicationFormSigned: item.applicationFormSigned, bankConfirmationSigned: item.bankConfirmationSigned,
            originals: item.originals)
        // Whoever of the station sends it: it is the same item.
        let answer = try await self.submit.run(
            form, key: "visit-\(item.id.uuidString)", by: principal, sender: "visits \(item.registration.station)")
        let submission = try ContractCoding.decode(IntakeAPI.Submission.self, from: answer).id
        for (kind, content) in materials {
            try await self.store.run(content, kind, of: submission, by: principal)
        }
        let visit = VisitRepository.Visit(
            station: item.registration.station, digest: digest, person: person, submission: submission)
        try await self.visits.note(item.id, visit, at: self.clock.now(), by: principal.subject)
        return visit
    }

    /// The person's file, registered once: an item that comes again because something else in it was refused does not undo
    /// what the counter has entered since.
    private func registered(_ item: IntakeAPI.Visits.Item, by principal: Principal) async throws -> UUID {
        // Keyed: a plain sum over a name and a number could be searched through.
        let digest = self.keyRing.blindIndex(
            String(decoding: try ContractCoding.encode(item.registration), as: UTF8.self), purpose: "visit registration"
        )
        if let person = try await self.visits.registered(item.id, digest: digest) { return person }
        let (person, _) = try await self.register.run(item.registration, by: principal)
        try await self.visits.noteRegistration(item.id, digest: digest, person: person.id)
        return person.id
    }

    /// Looked at before anything is written: a photo below the rule is taken again, and the item sent again whole.
    private static func materials(
        _ item: IntakeAPI.Visits.Item
    ) throws(IntakeRefusal) -> [(kind: MaterialKind, content: MaterialContent)] {
        guard item.materials.count <= Self.mostMaterials,
            Set(item.materials.map(\.kind)).count == item.materials.count
        else { throw .visitMaterials }
        var contents: [(kind: MaterialKind, content: MaterialContent)] = []
        for material in item.materials {
            let content = try MaterialContent(
                kind: material.kind, contentType: material.type, bytes: Array(material.bytes))
            if material.kind == .photo {
                let faults = PortraitCheck.faults(of: content.bytes)
                guard faults.isEmpty else { throw .photoUnsuitable(faults) }
            }
            contents.append((material.kind, content))
        }
        return contents
    }

    private static func repeated(
        _ item: IntakeAPI.Visits.Item, _ visit: VisitRepository.Visit, _ digest: [UInt8], by principal: Principal
    ) -> Outcome {
        guard visit.digest == digest, visit.station == principal.station else {
            let refusal = IntakeRefusal.visitReused
            return Self.refused(item, nil, refusal.code, refusal.zh, refusal.en)
        }
        return Outcome(id: item.id, result: .alreadyTaken, personID: visit.person, submissionID: visit.submission)
    }

    private static func refused(
        _ item: IntakeAPI.Visits.Item, _ person: UUID?, _ code: String, _ zh: String, _ en: String
    ) -> Outcome {
        Outcome(
            id: item.id, result: .refused, personID: person, submissionID: nil, code: code, chinese: zh, english: en)
    }
}
