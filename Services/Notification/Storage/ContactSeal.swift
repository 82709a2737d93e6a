import Access
import Contracts
import FoundationEssentials

/// Seals how people are reached before it gets to the database, and opens it again.
struct ContactSeal: Sendable {
    let keyRing: KeyRing

    /// - Parameter person: Whose contact it is; a box moved to another person does not open.
    func seal(_ details: ContactDetails, person: UUID) throws -> [UInt8] {
        try self.keyRing.sealLocal(ContractCoding.encode(details), context: Self.context(person))
    }

    func open(_ box: [UInt8], person: UUID) throws -> ContactDetails {
        try ContractCoding.decode(ContactDetails.self, from: self.keyRing.openLocal(box, context: Self.context(person)))
    }

    private static func context(_ person: UUID) -> String { "contact|\(person.uuidString.lowercased())" }
}
