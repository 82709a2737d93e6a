import CardProgramme

/// A delivery as it is stored.
struct DeliveryRecord: Sendable {
    /// Raw value of the delivery mode (R95).
    let mode: String
    /// Sealed: who signed.
    let receivedBy: [UInt8]
    /// Kinds of proof, with commas between them.
    let proof: String
    let deliveredOn: CalendarDay
}
