import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Says nothing more to people who have died, ends their lines in campaigns, and lets the centre see to their families.
struct SilencePeople: Sendable {
    let clock: ProgrammeClock

    /// A death that names another person than it travels under; its order would not be kept.
    struct WrongSubject: Error, CustomStringConvertible {
        var description: String { "the death cannot be recorded: it travels under another subject" }
    }

    func callAsFunction(_ deaths: [Received<PersonDied>], in work: UnitOfWork) async throws {
        let now = self.clock.now()
        try await CallStore(sql: work.sql).lock(people: deaths.map(\.message.personID))
        for death in deaths {
            let message = death.message
            guard message.personID == death.envelope.subject else { throw WrongSubject() }
            try await CampaignProgress(sql: work.sql).end(
                [
                    CampaignProgress.Sign(
                        person: message.personID, outcome: .deceased, evidence: .death,
                        evidenceID: message.submissionID)
                ], at: now)
            try await CallStore(sql: work.sql).silence(
                CallStore.Death(
                    person: message.personID, purpose: .submissionReceived, subject: message.submissionID,
                    subjectVersion: 0), by: "review", at: now)
        }
    }
}
