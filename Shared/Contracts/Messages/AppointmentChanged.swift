import CardProgramme
import FoundationEssentials

/// What has become of an appointment. The subject is the appointment.
///
/// Whoever reminds somebody compares the version: only the newest is ever spoken of, so a reminder of what was moved or
/// cancelled cannot go out (R107, R115).
package struct AppointmentChanged: MessageContract {
    package static let name = "appointment.changed"
    package static let producers: [ServiceName] = [.intake]
    package static let consumers: [ServiceName] = [.notification]

    package var appointmentID: UUID
    /// Nil for somebody who came without a file.
    package var personID: UUID?
    package var version: Int
    package var state: AppointmentState
    package var step: AppointmentStep
    package var purpose: AppointmentPurpose
    package var kind: AppointmentKind
    package var station: String
    /// Nil for somebody who came without a seat, and once the seat is gone.
    package var startsAt: Date?
    package var minutes: Int?
    package var changedAt: Date

    package init(
        appointmentID: UUID, personID: UUID?, version: Int, state: AppointmentState, step: AppointmentStep,
        purpose: AppointmentPurpose, kind: AppointmentKind, station: String, startsAt: Date?, minutes: Int?,
        changedAt: Date
    ) {
        self.appointmentID = appointmentID
        self.personID = personID
        self.version = version
        self.state = state
        self.step = step
        self.purpose = purpose
        self.kind = kind
        self.station = station
        self.startsAt = startsAt
        self.minutes = minutes
        self.changedAt = changedAt
    }

    package static var example: Self {
        Self(
            appointmentID: Example.notice, personID: Example.person, version: 1, state: .confirmed, step: .confirm,
            purpose: .apply, kind: .counter, station: "341602-01", startsAt: Example.instant, minutes: 30,
            changedAt: Example.instant)
    }
}
