import FoundationEssentials

/// One message the centre has accepted: all parts of it, once for each time it was submitted.
struct MessageRecord: Sendable, Equatable {
    /// Counts from 1; never used again while the process lives.
    let number: Int
    let acceptedAt: Date
    /// Of its first part: what the submit was answered with.
    let messageID: UInt64
    let from: String
    let to: String
    /// `data_coding`.
    let coding: UInt8
    /// The octets of each part, without headers.
    let parts: [[UInt8]]
    /// ``Fate/name``.
    let fate: String
    /// Whether its sender asked for a receipt.
    let wantsReceipt: Bool
}
