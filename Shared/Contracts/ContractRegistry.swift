/// Every contract there is. A message that is not listed here cannot be sent, and parks when it arrives.
package enum ContractRegistry {
    package static let all: [any MessageContract.Type] = [
        SubmissionAccepted.self,
        SubmissionVerified.self,
        SubmissionReturned.self,
        SubmissionProgressed.self,
        SubmissionApproved.self,
        SubmissionPaused.self,
        SubmissionResumed.self,
        SubmissionRevoked.self,
        ContactRegistered.self,
        NoticeRequested.self,
        AppointmentChanged.self,
        PersonDied.self,
        HolderUnreached.self,
    ]

    package static func contract(ofType type: String) -> (any MessageContract.Type)? {
        Self.byType[type]
    }

    private static let byType = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.type, $0) })
}
