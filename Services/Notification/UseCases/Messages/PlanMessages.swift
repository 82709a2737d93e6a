import CardProgramme
import Contracts
import FoundationEssentials

/// What has to be said about appointments and submissions, planned in the transaction that learns of them.
struct PlanMessages: Sendable {
    let calendar: WorkingDayCalendar

    /// After so long a notice about a submission is stale, when nothing else says by when.
    static let patience: TimeInterval = 14 * 86_400

    /// - Parameter followed: appointments that have really changed, with when they began before.
    func appointments(
        _ followed: [(change: AppointmentChanged, before: Date?)], in sql: MessageWriter, calls: CallTaskWriter,
        at now: Date
    ) async throws {
        let subjects = followed.map { (id: $0.change.appointmentID, version: $0.change.version) }
        try await sql.cancel(subjects, at: now)
        try await calls.void(subjects, at: now)
        try await sql.plan(
            followed.flatMap { change, before -> [NewMessage] in
                guard let person = change.personID else { return [] }
                return AppointmentNotices.plan(
                    change.state, after: change.step, startsAt: change.startsAt, before: before, now: now,
                    calendar: self.calendar
                ).map {
                    NewMessage(
                        person: person, subject: change.appointmentID, subjectVersion: change.version, planned: $0)
                }
            }, at: now)
    }

    /// A newer notice about a submission makes an older one that has not been said pointless.
    func notices(_ notices: [Notice], in sql: MessageWriter, at now: Date) async throws {
        try await sql.cancel(notices.map { (id: $0.submissionID, version: Self.version($0)) }, at: now)
        try await sql.plan(
            notices.map { notice in
                let lastDay = notice.purpose == .cardArrived ? notice.tellBy : nil
                return NewMessage(
                    person: notice.personID, subject: notice.submissionID, subjectVersion: Self.version(notice),
                    planned: AppointmentNotices.Planned(
                        means: .message, purpose: notice.purpose.message, step: notice.id.uuidString, notBefore: now,
                        notAfter: notice.tellBy?.endOfDay ?? now.addingTimeInterval(Self.patience)),
                    reason: notice.reason?.rawValue, lastDay: lastDay)
            }, at: now)
    }

    /// Seconds since 2020 of when it was asked for: what was asked for later is newer.
    private static func version(_ notice: Notice) -> Int {
        max(0, Int(notice.requestedAt.timeIntervalSince1970) - 1_577_836_800)
    }
}

extension NoticePurpose {
    /// What a message about it is about.
    var message: MessagePurpose {
        switch self {
        case .submissionReceived: .submissionReceived
        case .correctionNeeded: .correctionNeeded
        case .cardOrdered: .cardOrdered
        case .cardArrived: .cardArrived
        case .submissionRefused: .submissionRefused
        }
    }
}
