/// How far a message to somebody has come. It only ever climbs: a receipt that comes late, twice, or in the wrong order changes
/// nothing that a later one has said.
///
/// Raw values are codes that databases hold; they are never renamed.
package enum MessageState: String, Codable, Sendable, CaseIterable {
    /// Waits for its time.
    case planned
    /// Handed to a provider; what became of that is not written yet.
    case submitting
    /// Nobody knows whether the provider took it. Never sent again: a receipt, a query or its own end tells.
    case unknown
    /// The provider took it.
    case accepted
    /// The carrier holds it for a phone that is off.
    case buffered
    /// No receipt came in the time there was.
    case noReceipt
    /// On the phone: which is not yet that anybody has read it.
    case delivered
    /// The carrier could not deliver it.
    case failed
    /// The provider did not take it.
    case rejected
    /// What it spoke of has changed, or the person has been told otherwise.
    case cancelled
    /// Its time was over before it could be said.
    case expired
    /// The person does not want it, or nothing more may be said to them.
    case suppressed
    /// Somebody of the office calls instead.
    case handedOver
    /// It turned out that nobody needs to be called.
    case notNeeded

    /// Where it stands on the ladder; only a higher rung follows.
    package var rank: Int {
        switch self {
        case .planned: 0
        case .submitting: 1
        case .unknown: 2
        case .accepted: 3
        case .buffered: 4
        case .noReceipt: 5
        case .delivered, .failed, .rejected, .cancelled, .expired, .suppressed, .handedOver, .notNeeded: 6
        }
    }

    /// Whether nothing follows.
    package var isFinal: Bool { self.rank == 6 }

    /// Whether somebody still looks out for what becomes of it; after ``noReceipt`` a receipt is welcome but not expected.
    package var isAwaited: Bool { self.rank < MessageState.noReceipt.rank }

    /// What it is once somebody says so.
    package func climbed(to state: MessageState) -> MessageState { state.rank > self.rank ? state : self }

    /// Whether it may have reached the person's phone.
    package var mayHaveArrived: Bool {
        switch self {
        case .submitting, .unknown, .accepted, .buffered, .noReceipt, .delivered: true
        case .planned, .failed, .rejected, .cancelled, .expired, .suppressed, .handedOver, .notNeeded: false
        }
    }

    package var chinese: String {
        switch self {
        case .planned: "待发送"
        case .submitting: "提交中"
        case .unknown: "结果不明"
        case .accepted: "已提交"
        case .buffered: "待运营商送达"
        case .noReceipt: "未收到回执"
        case .delivered: "已送达手机"
        case .failed: "送达失败"
        case .rejected: "被拒收"
        case .cancelled: "已取消"
        case .expired: "已过期未发"
        case .suppressed: "不得发送"
        case .handedOver: "已转人工致电"
        case .notNeeded: "无需致电"
        }
    }
}
