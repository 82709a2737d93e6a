/// What the centre has counted since its start. No number and no text is in it.
struct Figures: Sendable, Codable {
    /// submit_sm that came, whatever became of them.
    var submits = 0
    /// submit_sm that were accepted: parts.
    var acceptedParts = 0
    /// Whole messages accepted.
    var messages = 0
    /// Refused submits by status, such as `0x00000058`.
    var refused: [String: Int] = [:]
    /// Connections closed as a fate demanded.
    var cuts = 0
    /// PDUs that were none, answered with generic_nack.
    var malformed = 0
    var binds = 0
    var refusedBinds = 0
    var receiptsSent = 0
    var receiptsAnswered = 0
    var inboundSent = 0
    var inboundAnswered = 0
    /// Receipts and messages given up because clients refused them again and again, or too many waited.
    var deliveriesLost = 0

    // As it is at the moment of asking.
    /// Sessions that are bound now.
    var sessions = 0
    /// Receipts and messages that wait for their time, or for a client.
    var waiting = 0
    /// Receipts and messages sent and not yet answered.
    var unanswered = 0
    /// Long messages of which a part is missing.
    var incomplete = 0
    /// Long messages given up because a part never came.
    var incompleteLost = 0
    /// Parts that came twice before their message was complete.
    var repeatedParts = 0
    /// Number of the oldest message kept.
    var firstKept = 1
    var isDown = false
}
