/// The services that exchange messages. The raw value is the name on the broker, in configuration and in metrics.
package enum ServiceName: String, Codable, Sendable, CaseIterable, Hashable {
    /// 受理: the front desk.
    case intake
    /// 核实: the district centre.
    case verification
    /// 初审: the bureau, and the record of what city and province decided.
    case review
    /// 通知: the voice.
    case notification
    /// 制证与发证: card custody.
    case issuance
}
