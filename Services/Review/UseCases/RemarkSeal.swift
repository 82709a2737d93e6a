import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// Seals grounds and notes for their rows, and opens them for those who may know.
///
/// A ground is bound to its submission, so that a box moved to another person's row does not open.
struct RemarkSeal: Sendable {
    let keyRing: KeyRing

    func seal(_ ground: Ground?, note: String?, of submission: UUID) throws(AccessError) -> SealedRemarks {
        var sealed = SealedRemarks.none
        if let ground { sealed.ground = try self.seal(Array(ground.rawValue.utf8), "ground", submission) }
        if let note { sealed.note = ReturnNote.stored(try self.keyRing.sealNote(note, for: .review, of: submission)) }
        return sealed
    }

    /// Nil when there is none, or when its key is gone from the key file.
    func openGround(_ box: [UInt8]?, of submission: UUID) -> Ground? {
        guard let box, let bytes = try? self.open(box, "ground", submission) else { return nil }
        return Ground(rawValue: String(decoding: bytes, as: UTF8.self))
    }

    func openNote(_ stored: String?, of submission: UUID) -> String? {
        self.keyRing.openNote(stored: stored, of: submission)
    }

    /// What an investigation found is about one person, too.
    func seal(finding: String, of submission: UUID) throws(AccessError) -> [UInt8] {
        try self.seal(Array(finding.utf8), "finding", submission)
    }

    func openFinding(_ box: [UInt8], of submission: UUID) -> String {
        guard let bytes = try? self.open(box, "finding", submission) else { return "（无法解密 unreadable）" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func seal(_ bytes: [UInt8], _ what: String, _ submission: UUID) throws(AccessError) -> [UInt8] {
        try self.keyRing.sealLocal(bytes, context: "\(what)|\(submission.uuidString)")
    }

    private func open(_ box: [UInt8], _ what: String, _ submission: UUID) throws(AccessError) -> [UInt8] {
        try self.keyRing.openLocal(box, context: "\(what)|\(submission.uuidString)")
    }
}
