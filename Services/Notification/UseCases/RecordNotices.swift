import CardProgramme
import Contracts
import Messaging
import ServiceRuntime

/// Records what people should be told, a whole batch of requests at a time, and plans the messages that do so.
struct RecordNotices: Sendable {
    let clock: ProgrammeClock
    let plan: PlanMessages
    let deadlines: DeadlineRules

    /// A request that names another submission than it travels under; its order would not be kept.
    struct WrongSubject: Error, CustomStringConvertible {
        var description: String { "the notice cannot be recorded: it travels under another subject" }
    }

    func callAsFunction(_ requests: [Received<NoticeRequested>], in work: UnitOfWork) async throws {
        let notices = try requests.map { request in
            guard request.message.submissionID == request.envelope.subject else { throw WrongSubject() }
            return Notice(
                id: request.message.noticeID, personID: request.message.personID,
                submissionID: request.message.submissionID,
                purpose: request.message.purpose, reason: request.message.reason, state: .recorded,
                requestedAt: request.message.requestedAt, tellBy: request.message.tellBy)
        }
        let now = self.clock.now()
        let new = try await NoticeWriter(sql: work.sql).record(notices, at: now)
        // Whoever has applied is accounted for.
        try await CampaignProgress(sql: work.sql).end(
            notices.map {
                CampaignProgress.Sign(
                    person: $0.personID, outcome: .applied, evidence: .submission, evidenceID: $0.submissionID)
            }, at: now)
        try await ArrivalStore(sql: work.sql).add(
            notices.filter { $0.purpose == .cardArrived && new.contains($0.id) }.map { notice in
                let day = self.deadlines.returnToProvince(receivedAtStation: CalendarDay(notice.requestedAt))
                return ArrivalStore.Arrival(
                    submission: notice.submissionID, person: notice.personID, arrivedAt: notice.requestedAt,
                    lookAt: DayTime.startOfDay.instant(on: day))
            })
        try await self.plan.notices(
            notices.filter { new.contains($0.id) }, in: MessageWriter(sql: work.sql), at: now)
    }
}
