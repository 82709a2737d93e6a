import CardProgramme
import FoundationEssentials

/// What a notice is about. The words are the template's; nothing personal travels with the request.
package enum NoticePurpose: String, Codable, Sendable, CaseIterable {
    /// 已受理
    case submissionReceived
    /// 请补正材料 (R63, R64)
    case correctionNeeded
    /// 已制证 (ordered)
    case cardOrdered
    /// 优待证已到站 (R48)
    case cardArrived
    /// 不予发放 (N20)
    case submissionRefused
}

/// Asks notification to tell a person something. The subject is the submission.
package struct NoticeRequested: MessageContract {
    package static let name = "notice.requested"
    package static let producers: [ServiceName] = [.intake, .review, .issuance]
    package static let consumers: [ServiceName] = [.notification]

    package var noticeID: UUID
    package var personID: UUID
    package var submissionID: UUID
    package var purpose: NoticePurpose
    package var reason: ReturnReason?
    package var requestedAt: Date
    /// After this day telling is pointless or too late.
    package var tellBy: CalendarDay?

    package init(
        noticeID: UUID, personID: UUID, submissionID: UUID, purpose: NoticePurpose, reason: ReturnReason? = nil,
        requestedAt: Date, tellBy: CalendarDay? = nil
    ) {
        self.noticeID = noticeID
        self.personID = personID
        self.submissionID = submissionID
        self.purpose = purpose
        self.reason = reason
        self.requestedAt = requestedAt
        self.tellBy = tellBy
    }

    package static var example: Self {
        Self(
            noticeID: Example.notice, personID: Example.person, submissionID: Example.submission,
            purpose: .cardArrived, requestedAt: Example.instant, tellBy: CalendarDay("2022-09-30"))
    }
}
