import Access
import CardProgramme
import Contracts

/// The work list: key persons first (R20), then the longest waiting. A station sees its own people only.
struct ListSubmissions: Sendable {
    let programme: Programme
    let submissions: SubmissionRepository

    /// - Parameter stage: nil for everything that is the applicant's or the station's turn before the check has passed.
    func run(
        stage: SubmissionStage?, limit: Int, offset: Int, by principal: Principal
    ) async throws -> IntakeAPI.WorkList {
        // Not the caller's own division: this database holds one district's submissions.
        try AccessPolicy.decide(
            principal, .listSubmissions,
            on: Resource(division: self.programme.divisionCode, station: principal.station, person: principal.person))
        let (page, total) = try await self.submissions.list(
            stages: stage.map { [$0] } ?? SubmissionRecord.stagesTakingMaterials, station: principal.station,
            limit: limit,
            offset: offset)
        return IntakeAPI.WorkList(submissions: page.map(IntakeAPI.Submission.init), total: total)
    }
}
