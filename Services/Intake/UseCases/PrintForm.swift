import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// Fills one of the two forms from the file, to be checked and signed by the applicant (R65, R66).
struct PrintForm: Sendable {
    /// Everything a page shows.
    struct Filled: Sendable {
        let person: UUID
        let content: FormContent
        let number: String
        let round: Int
        let station: String
        let office: String
        let printedOn: CalendarDay
        /// JPEG; nil when there is none yet, or the form shows none.
        let photo: [UInt8]?
    }

    let programme: Programme
    let clock: ProgrammeClock
    let submissions: SubmissionRepository
    let materials: MaterialRepository

    func run(_ form: FormContent.Form, of id: UUID, by principal: Principal) async throws -> Filled {
        guard let (submission, file) = try await self.submissions.findWithFile(id) else {
            throw IntakeRefusal.submissionUnknown
        }
        try AccessPolicy.decide(principal, .printForm, on: submission.resource)
        let hasPhoto = form == .applicationForm && submission.materials.contains { $0.kind == .photo }
        let photo = hasPhoto ? try await self.materials.fetch(.photo, of: id)?.bytes : nil
        return Filled(
            person: submission.person, content: FormContent.content(form, submission, file.facts),
            // Enough of the id to find it again, short enough to read out.
            number: "\(submission.station)-\(id.uuidString.suffix(12))", round: submission.round,
            station: self.programme.station(submission.station)?.name ?? submission.station,
            office: self.programme.levels.first { $0.level == .bureau }?.office ?? "", printedOn: self.clock.today,
            photo: photo)
    }
}
