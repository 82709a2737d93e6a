import Access
import CardProgramme

/// Which part of the work list is asked for.
struct WorkListPage: Sendable, Equatable {
    /// Never empty.
    var stages: [SubmissionStage]
    var limit: Int
    var offset: Int

    /// As many as one call of `POST /api/decisions` takes.
    static let limits = 1...500
    static let standardLimit = 50
    /// Far beyond any district's list; keeps a mistyped number from reading the whole table.
    static let offsets = 0...1_000_000
    /// The stages a case of review can be in.
    static let stages: [SubmissionStage] = [
        .awaitingInitialReview, .returnedToBureau, .awaitingAudit, .awaitingFiling, .awaitingBankCheck, .awaitingRuling,
        .returnedToCentre, .refused, .discontinued, .ordered,
    ]

    /// What is shown when no stage is asked for: what waits for the caller.
    static func standardStages(for role: Role) -> [SubmissionStage] {
        switch role {
        case .bureau: ReviewCase.bureauStages
        case .superior: ReviewCase.stagesAbove
        default: ReviewCase.bureauStages + ReviewCase.stagesAbove
        }
    }
}
