import Contracts
import Messaging

/// How a registered person can be reached → contact point; replaces what was known.
enum ContactRegisteredConsumer {
    static func handler(_ registerContacts: RegisterContacts) -> MessageHandler {
        .on(ContactRegistered.self) { registrations, work in
            try await registerContacts(registrations, in: work)
            return []
        }
    }
}
