import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// What notification shows on `/metrics` beside the gauges every service has.
enum NotificationGauges {
    static func register(
        in metrics: MetricsRegistry, notices: NoticeReader, contacts: ContactReader, messages: MessageReader,
        campaigns: CampaignReader, clock: ProgrammeClock
    ) {
        metrics.observeFamily(
            "notification_campaign_oldest_due_seconds",
            help: "Programme time in seconds since the longest waiting work of campaigns became due, by kind."
        ) {
            let now = clock.now()
            return try await campaigns.oldestDue().map { what, since in
                (["work": what], since.map { max(0, now.timeIntervalSince($0)) } ?? 0)
            }
        }
        metrics.observe("notification_messages_due", help: "Messages whose time has come and that wait.") {
            Double(try await messages.figures(at: clock.now()).due)
        }
        metrics.observe(
            "notification_messages_oldest_due_seconds",
            help: "Programme time in seconds since the oldest message that waits became due."
        ) {
            let now = clock.now()
            return try await messages.figures(at: now).oldestDueAt.map { max(0, now.timeIntervalSince($0)) } ?? 0
        }
        metrics.observeFamily(
            "notification_messages_open", help: "Messages with a provider, of which the end is not known, by state."
        ) {
            let open = try await messages.figures(at: clock.now()).open
            return [MessageState.submitting, .unknown, .accepted, .buffered].map {
                (["state": $0.rawValue], Double(open[$0] ?? 0))
            }
        }
        metrics.observeFamily("notification_notices", help: "Notices requested, by purpose.") {
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
        metrics.observeFamily(
            "notification_overdue", help: "Notices whose day to tell by is over, said or not, by purpose."
        ) {
            let figures = try await notices.figures(today: clock.today)
            return NoticePurpose.allCases.map { (["purpose": $0.rawValue], Double(figures[$0]?.overdue ?? 0)) }
        }
        metrics.observe("notification_contact_points", help: "People it is known how to reach.") {
            Double(try await contacts.count())
        }
    }
}
