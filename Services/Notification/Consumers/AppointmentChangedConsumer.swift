import Contracts
import Messaging

/// What has become of an appointment → what may be said about it; older versions are forgotten.
enum AppointmentChangedConsumer {
    static func handler(_ follow: FollowAppointments) -> MessageHandler {
        .on(AppointmentChanged.self) { changes, work in
            try await follow(changes, in: work)
            return []
        }
    }
}
