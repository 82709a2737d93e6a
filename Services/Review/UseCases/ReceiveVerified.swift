import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging

/// Takes submissions the centre passed onto the bureau's list; their seven working days run from that moment (R47, A4).
struct ReceiveVerified: Sendable {
    let seal: ApplicantSeal
    let dueDays: DueDays

    /// - Returns: Messages that cannot be applied yet: a further pass while the case is not back at the centre, or an
    ///   applicant whose key is not in the key file.
    func callAsFunction(_ messages: [Received<SubmissionVerified>], in unit: UnitOfWork) async throws -> [Postponed] {
        var postponed: [Postponed] = []
        var readable: [Received<SubmissionVerified>] = []
        for message in messages {
            // A case whose applicant nobody can open could never be filed; better it waits here, where it is seen.
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
        let applied = try await store.receive(
            readable.map { received in
                CaseStore.Arrival(
                    message: received.message, due: self.dueDays.initialReview(verifiedAt: received.message.verifiedAt))
            })
        let left = readable.filter { !applied.contains($0.message.submissionID) }
        guard !left.isEmpty else { return postponed }

        let known = try await store.positions(of: left.map(\.message.submissionID))
        for message in left {
            let verified = message.message
            // An older or the same pass leaves nothing to do: the case has it, or is past it.
            guard let position = known[verified.submissionID], verified.pass > position.pass else { continue }
            postponed.append(
                Postponed(
                    message.envelope.id,
                    reason: "pass \(verified.pass) while pass \(position.pass) is \(position.stage.rawValue)"))
        }
        return postponed
    }
}
