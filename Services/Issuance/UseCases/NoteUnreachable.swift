import Contracts
import FoundationEssentials
import Messaging

/// Keeps that nobody could tell holders about their cards (N25). A card that has left the station meanwhile is none the worse
/// for it.
struct NoteUnreachable: Sendable {
    func callAsFunction(_ words: [HolderUnreached], in work: UnitOfWork) async throws {
        try await CardOrderWriter(sql: work.sql).noteUnreachable(words.map { ($0.submissionID, $0.at) })
    }
}
