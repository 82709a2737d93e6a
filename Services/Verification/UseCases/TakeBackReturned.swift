import CardProgramme
import Contracts
import FoundationEssentials
import Messaging

/// Puts submissions the bureau returned back on the centre's list (R84); the centre passes them again or returns them
/// further to the station (A6).
struct TakeBackReturned: Sendable {
    /// - Returns: Messages about cases that are not with the bureau as far as this service knows.
    func callAsFunction(_ messages: [Received<SubmissionReturned>], in unit: UnitOfWork) async throws -> [Postponed] {
        var postponed: [Postponed] = []
        var back: [Received<SubmissionReturned>] = []
        for message in messages {
            if message.message.from == .bureau, message.message.to == .centre {
                back.append(message)
            } else {
                let route = "\(message.message.from.rawValue) to \(message.message.to.rawValue)"
                postponed.append(
                    Postponed(message.envelope.id, reason: "a return from \(route) does not concern the centre"))
            }
        }
        guard !back.isEmpty else { return postponed }

        let applied = try await CaseStore(sql: unit.sql).takeBack(back.map(\.message))
        for message in back where !applied.contains(message.message.submissionID) {
            postponed.append(
                Postponed(message.envelope.id, reason: "round \(message.message.round) is not with the bureau"))
        }
        return postponed
    }
}
