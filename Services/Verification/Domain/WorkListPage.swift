import CardProgramme

/// Which part of the work list is asked for.
struct WorkListPage: Sendable, Equatable {
    /// Nil: everything that waits for the centre.
    var stage: SubmissionStage?
    var limit: Int
    var offset: Int

    static let limits = 1...200
    static let standardLimit = 50
    /// Far beyond any district's list; keeps a mistyped number from reading the whole table.
    static let offsets = 0...1_000_000
    /// The stages a case of the centre can be in.
    static let stages: [SubmissionStage] = [
        .awaitingVerification, .returnedToCentre, .returnedToStation, .awaitingInitialReview,
    ]
}
