import Access
import Contracts
import FoundationEssentials

/// Seals what a card order holds about people before it reaches the database, and opens it again.
struct HolderSeal: Sendable {
    let keyRing: KeyRing

    /// - Parameter submission: The order the holder belongs to; a box moved to another order does not open.
    func seal(_ holder: CardHolder, submission: UUID) throws -> [UInt8] {
        try self.keyRing.sealLocal(ContractCoding.encode(holder), context: Self.context("holder", submission))
    }

    func open(_ box: [UInt8], submission: UUID) throws -> CardHolder {
        try ContractCoding.decode(
            CardHolder.self, from: self.keyRing.openLocal(box, context: Self.context("holder", submission)))
    }

    /// - Parameter owner: The hand-over or the card order somebody signed for.
    func seal(signature: String, owner: UUID) throws -> [UInt8] {
        try self.keyRing.sealLocal(Array(signature.utf8), context: Self.context("signature", owner))
    }

    func open(signature box: [UInt8], owner: UUID) throws -> String {
        String(decoding: try self.keyRing.openLocal(box, context: Self.context("signature", owner)), as: UTF8.self)
    }

    /// - Parameter owner: What the text belongs to, such as a tracking number; a box moved elsewhere does not open.
    func seal(text: String, of owner: String) throws -> [UInt8] {
        try self.keyRing.sealLocal(Array(text.utf8), context: "text|\(owner)")
    }

    func open(text box: [UInt8], of owner: String) throws -> String {
        String(decoding: try self.keyRing.openLocal(box, context: "text|\(owner)"), as: UTF8.self)
    }

    func seal(photo bytes: [UInt8], id: UUID) throws -> [UInt8] {
        try self.keyRing.sealLocal(bytes, context: Self.context("photo", id))
    }

    func open(photo box: [UInt8], id: UUID) throws -> [UInt8] {
        try self.keyRing.openLocal(box, context: Self.context("photo", id))
    }

    private static func context(_ what: String, _ owner: UUID) -> String {
        "\(what)|\(owner.uuidString.lowercased())"
    }
}
