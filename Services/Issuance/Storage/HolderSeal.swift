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

    private static func context(_ what: String, _ owner: UUID) -> String {
        "\(what)|\(owner.uuidString.lowercased())"
    }
}
