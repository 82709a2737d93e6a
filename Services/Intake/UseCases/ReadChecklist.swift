import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// What somebody must bring and what of it is there, asked before they come and while they stand there (R27, R61).
struct ReadChecklist: Sendable {
    let programme: Programme
    let rules: MaterialRules
    let persons: PersonRepository
    let submissions: SubmissionRepository

    /// - Parameter cardKind: nil for the one kind the categories allow, or the first of two.
    func run(person id: UUID, cardKind: CardKind?, by principal: Principal) async throws -> IntakeAPI.Checklist {
        guard let file = try await self.persons.find(id) else { throw IntakeRefusal.personUnknown }
        try AccessPolicy.decide(principal, .readPerson, on: file.resource)
        let allowed = self.programme.cardKinds(for: file.facts.categorySet)
        guard let kind = cardKind ?? CardKind.allCases.first(where: allowed.contains), allowed.contains(kind) else {
            throw IntakeRefusal.cardKindNotAllowed(allowed)
        }
        let check = MaterialCheck(
            file.facts, cardKind: kind, division: file.division, rules: self.rules)
        return IntakeAPI.Checklist(check, file: file, submission: nil, cardKind: kind)
    }

    /// Everything somebody of this file brings for the kind of card they may have.
    func toBring(_ file: PersonFile) -> [String] {
        let allowed = self.programme.cardKinds(for: file.facts.categorySet)
        guard let kind = CardKind.allCases.first(where: allowed.contains) else { return [] }
        return MaterialCheck(file.facts, cardKind: kind, division: file.division, rules: self.rules).items.map(
            \.chinese)
    }

    func run(
        submission id: UUID, by principal: Principal
    ) async throws -> (person: UUID, list: IntakeAPI.Checklist) {
        guard let (submission, file) = try await self.submissions.findWithFile(id) else {
            throw IntakeRefusal.submissionUnknown
        }
        try AccessPolicy.decide(principal, .readSubmission, on: submission.resource)
        let check = MaterialCheck(
            submission, facts: file.facts, originals: Set(submission.originals), rules: self.rules)
        return (
            file.id, IntakeAPI.Checklist(check, file: file, submission: submission, cardKind: submission.cardKind)
        )
    }
}
