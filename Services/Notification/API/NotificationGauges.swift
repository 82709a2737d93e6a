import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// What notification shows on `/metrics` beside the gauges every service has.
enum NotificationGauges {
    static func register(
        in metrics: MetricsRegistry, notices: NoticeReader, contacts: ContactReader, clock: ProgrammeClock
    ) {
        metrics.observeFamily("notification_notices", help: "Notices recorded and not sent, by purpose.") {
            let figures = try await notices.figures(today: clock.today)
            return NoticePurpose.allCases.map { (["purpose": $0.rawValue], Double(figures[$0]?.count ?? 0)) }
        }
        metrics.observeFamily(
            "notification_oldest_waiting_seconds",
            help: "Programme time in seconds since the oldest recorded notice was requested."
        ) {
            let now = clock.now()
            let figures = try await notices.figures(today: clock.today)
            return NoticePurpose.allCases.map { purpose in
                (["purpose": purpose.rawValue], figures[purpose].map { max(0, now.timeIntervalSince($0.oldest)) } ?? 0)
            }
        }
        metrics.observeFamily("notification_overdue", help: "Notices whose day to tell by is over, by purpose.") {
            let figures = try await notices.figures(today: clock.today)
            return NoticePurpose.allCases.map { (["purpose": $0.rawValue], Double(figures[$0]?.overdue ?? 0)) }
        }
        metrics.observe("notification_contact_points", help: "People it is known how to reach.") {
            Double(try await contacts.count())
        }
    }
}
