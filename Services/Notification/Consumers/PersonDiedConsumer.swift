import Contracts
import Messaging

/// A death is on record → nothing more is said to that person.
enum PersonDiedConsumer {
    static func handler(_ silencePeople: SilencePeople) -> MessageHandler {
        .on(PersonDied.self) { deaths, work in
            try await silencePeople(deaths, in: work)
            return []
        }
    }
}
