import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging

/// Takes submissions the stations accepted onto the centre's list: new ones, and the next round of returned ones.
struct AcceptSubmissions: Sendable {
    let seal: ApplicantSeal

    /// - Returns: Messages that cannot be applied yet: a next round whose return is not recorded here, or an applicant
    ///   whose key is not in the key file.
    func callAsFunction(_ messages: [Received<SubmissionAccepted>], in unit: UnitOfWork) async throws -> [Postponed] {
        var postponed: [Postponed] = []
        var readable: [Received<SubmissionAccepted>] = []
        for message in messages {
            // A case whose applicant nobody can open could never be decided; better it waits here, where it is seen.
            do {
                _ = try self.seal.open(message.message.applicant, of: message.message.submissionID)
                readable.append(message)
            } catch {
                postponed.append(
                    Postponed(message.envelope.id, reason: "the applicant cannot be opened: \(error.code)"))
            }
        }
        guard !readable.isEmpty else { return postponed }

        let store = CaseStore(sql: unit.sql)
        let applied = try await store.accept(readable.map(\.message))
        let left = readable.filter { !applied.contains($0.message.submissionID) }
        guard !left.isEmpty else { return postponed }

        let known = try await store.positions(of: left.map(\.message.submissionID))
        for message in left {
            let accepted = message.message
            // At an older or the same round there is nothing left to do: the case has it, or is past it.
            guard let item = known[accepted.submissionID], accepted.round > item.round else { continue }
            postponed.append(
                Postponed(
                    message.envelope.id,
                    reason: "round \(accepted.round) while round \(item.round) is \(item.stage.rawValue)"))
        }
        return postponed
    }
}
