/// Who a campaign is for, of those on the district's roster.
package struct OutreachRule: Codable, Sendable, Hashable {
    /// Only who lives outside the district (R25, R105).
    package var livesElsewhere: Bool
    /// Only who has not applied.
    package var notApplied: Bool
    /// Only people of these stations; nil for all.
    package var stations: [String]?
    /// Only people born in this year or before; nil for all.
    package var bornUpTo: Int?

    package init(
        livesElsewhere: Bool = true, notApplied: Bool = true, stations: [String]? = nil, bornUpTo: Int? = nil
    ) {
        self.livesElsewhere = livesElsewhere
        self.notApplied = notApplied
        self.stations = stations
        self.bornUpTo = bornUpTo
    }
}

/// Where a campaign stands. Raw values are codes that the database holds; they are never renamed.
package enum CampaignState: String, Codable, Sendable, CaseIterable {
    /// People are being drawn from the roster.
    case drawing
    /// Frozen and previewed: to be approved by somebody else.
    case drawn
    case approved
    case running
    case paused
    case closed
    /// Given up before it began.
    case cancelled

    package var chinese: String {
        switch self {
        case .drawing: "正在抽取对象"
        case .drawn: "待审批"
        case .approved: "已批准"
        case .running: "进行中"
        case .paused: "已暂停"
        case .closed: "已结束"
        case .cancelled: "已取消"
        }
    }

    package var english: String {
        switch self {
        case .drawing: "drawing people"
        case .drawn: "to be approved"
        case .approved: "approved"
        case .running: "running"
        case .paused: "paused"
        case .closed: "closed"
        case .cancelled: "cancelled"
        }
    }
}

/// What can be done with a campaign.
package enum CampaignAct: String, Codable, Sendable, CaseIterable {
    case approve, start, pause, resume, close, cancel

    /// Where it leads from a state; nil where it cannot be done.
    package func after(_ state: CampaignState) -> CampaignState? {
        switch (self, state) {
        case (.approve, .drawn): .approved
        case (.start, .approved): .running
        case (.pause, .running): .paused
        case (.resume, .paused): .running
        case (.close, .running), (.close, .paused): .closed
        case (.cancel, .drawing), (.cancel, .drawn), (.cancel, .approved): .cancelled
        default: nil
        }
    }
}
