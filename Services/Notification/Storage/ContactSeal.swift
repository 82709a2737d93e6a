import Access
import Contracts
import FoundationEssentials
import ShortMessages

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

    /// Tells numbers apart without showing them: the same however they are written.
    func digest(_ number: PhoneNumber) -> [UInt8] { self.keyRing.blindIndex(number.e164, purpose: "phone") }

    /// - Parameter id: Whose text it is, such as a reply's.
    func seal(_ text: String, id: UUID) throws -> [UInt8] {
        try self.keyRing.sealLocal(Array(text.utf8), context: "text|\(id.uuidString.lowercased())")
    }

    func openText(_ box: [UInt8], id: UUID) throws -> String {
        String(decoding: try self.keyRing.openLocal(box, context: "text|\(id.uuidString.lowercased())"), as: UTF8.self)
    }

    private static func context(_ person: UUID) -> String { "contact|\(person.uuidString.lowercased())" }
}
