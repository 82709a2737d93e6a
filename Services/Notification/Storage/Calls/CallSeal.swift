import Access
import FoundationEssentials

/// Seals what clerks write about calls before it gets to the database.
struct CallSeal: Sendable {
    let keyRing: KeyRing

    /// - Parameter id: Of the call or the attempt it belongs to; a box moved elsewhere does not open.
    func seal(_ note: CallNote, of id: UUID) throws -> [UInt8] {
        try self.keyRing.sealLocal(Array(note.text.utf8), context: Self.context(id))
    }

    func open(_ box: [UInt8], of id: UUID) throws -> String {
        String(decoding: try self.keyRing.openLocal(box, context: Self.context(id)), as: UTF8.self)
    }

    private static func context(_ id: UUID) -> String { "call|\(id.uuidString.lowercased())" }
}
