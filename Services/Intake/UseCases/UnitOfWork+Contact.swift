import Access
import Contracts
import Messaging

extension UnitOfWork {
    /// Tells the voice how somebody is reached now.
    func emitContact(
        of file: PersonFile, _ change: PersonRepository.Change, sealedWith keyRing: KeyRing
    ) throws {
        try self.emit(
            ContactRegistered(
                personID: file.id, division: file.division, station: file.station,
                contact: try keyRing.seal(
                    file.facts.contact, for: ServiceName.notification.rawValue, type: ContactRegistered.type,
                    subject: file.id, field: "contact"),
                registeredAt: change.at),
            subject: file.id, to: .notification, lane: change.lane)
    }
}
