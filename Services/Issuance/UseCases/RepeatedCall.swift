import Contracts
import FoundationEssentials
import Messaging

/// Recognises a call that was made before, for steps off the straight path: by the caller's key and what it asked for.
///
/// What was asked for is kept sealed: a changed name may be part of it.
struct RepeatedCall: Sendable {
    let subject: String
    let key: String
    /// The route and its body, as text.
    let request: String

    /// - Parameter route: What the path names, such as `loss|<submission>`.
    init(_ route: String, _ body: some Encodable, by subject: String, key: String) throws {
        self.subject = subject
        self.key = key
        self.request = route + "|" + String(decoding: try ContractCoding.encode(body), as: UTF8.self)
    }

    private var owner: String { "\(self.subject)|\(self.key)" }

    /// - Returns: True when this very call was carried out before.
    /// - Throws: `Refusal` when the key was used for another one.
    func isKnown(in work: UnitOfWork, _ seal: HolderSeal) async throws -> Bool {
        guard let earlier = try await CardJournal(sql: work.sql).request(by: self.subject, key: self.key) else {
            return false
        }
        guard try seal.open(text: earlier, of: self.owner) == self.request else { throw Refusal.keyUsedDifferently }
        return true
    }

    func caller(_ seal: HolderSeal) throws -> CardJournal.Caller {
        CardJournal.Caller(
            subject: self.subject, key: self.key, request: try seal.seal(text: self.request, of: self.owner))
    }
}
