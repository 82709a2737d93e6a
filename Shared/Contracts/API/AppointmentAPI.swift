import CardProgramme
import FoundationEssentials

/// Bodies of intake's interface for appointments (R115–R120).
package enum AppointmentAPI {
    /// `PUT /api/appointments/{id}`: takes a seat, for ten minutes or for good. The id is the caller's own, so that the
    /// call can be repeated.
    package struct Booking: Codable, Sendable, Equatable {
        package var person: UUID
        package var purpose: AppointmentPurpose
        package var slot: SlotID
        /// Whether the seat is taken at once instead of being held first.
        package var confirm: Bool
        /// Who asked, when it is not the person: “女儿”, “老伴”, 1 to 20 characters.
        package var askedBy: String?

        package init(person: UUID, purpose: AppointmentPurpose, slot: SlotID, confirm: Bool, askedBy: String? = nil) {
            self.person = person
            self.purpose = purpose
            self.slot = slot
            self.confirm = confirm
            self.askedBy = askedBy
        }
    }

    /// A seat that is held or taken, as everybody who may see it sees it.
    package struct Appointment: Codable, Sendable, Equatable {
        package var id: UUID
        package var state: AppointmentState
        /// One higher with every change; a reminder of an older one is never sent.
        package var version: Int
        package var purpose: AppointmentPurpose
        package var kind: AppointmentKind
        package var channel: BookingChannel
        package var station: String
        /// Nil for somebody who came without a seat.
        package var slot: SlotID?
        package var startsAt: Date?
        package var minutes: Int?
        /// Eight digits, the last a check digit; nil while it is only held.
        package var reference: String?
        /// Four digits to be read aloud at the desk; nil while it is only held.
        package var code: String?
        /// Until when a hold lasts.
        package var heldUntil: Date?
        /// What confirms a hold; nil for everything else.
        package var token: String?
        /// Number in the day's queue, once checked in.
        package var queueNumber: Int?

        package init(
            id: UUID, state: AppointmentState, version: Int, purpose: AppointmentPurpose, kind: AppointmentKind,
            channel: BookingChannel, station: String, slot: SlotID?, startsAt: Date?, minutes: Int?,
            reference: String? = nil, code: String? = nil, heldUntil: Date? = nil, token: String? = nil,
            queueNumber: Int? = nil
        ) {
            self.id = id
            self.state = state
            self.version = version
            self.purpose = purpose
            self.kind = kind
            self.channel = channel
            self.station = station
            self.slot = slot
            self.startsAt = startsAt
            self.minutes = minutes
            self.reference = reference
            self.code = code
            self.heldUntil = heldUntil
            self.token = token
            self.queueNumber = queueNumber
        }
    }

    /// `POST /api/appointments/{id}/confirm`.
    package struct Confirmation: Codable, Sendable {
        package var token: String

        package init(token: String) { self.token = token }
    }

    /// `POST /api/appointments/{id}/move`: to another slot; the new seat is taken before the old one is given back.
    package struct Move: Codable, Sendable {
        package var slot: SlotID
        /// The version the caller has seen.
        package var version: Int

        package init(slot: SlotID, version: Int) {
            self.slot = slot
            self.version = version
        }
    }

    /// `POST /api/appointments/{id}/cancel`.
    package struct Cancellation: Codable, Sendable {
        package var version: Int
        /// Of a hold that is given up before it is confirmed.
        package var token: String?

        package init(version: Int, token: String? = nil) {
            self.version = version
            self.token = token
        }
    }

    /// `GET /api/appointments?station=&day=` and `?person=`.
    package struct AppointmentList: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package var appointment: Appointment
            package var person: UUID?
            /// Only on a station's own day sheet, for check-in by name.
            package var name: String?
            /// Times called in vain.
            package var calls: Int
            /// How the person was told of a change that concerns them; nil while they were not.
            package var told: String?

            package init(appointment: Appointment, person: UUID?, name: String?, calls: Int, told: String?) {
                self.appointment = appointment
                self.person = person
                self.name = name
                self.calls = calls
                self.told = told
            }
        }

        package var appointments: [Item]

        package init(appointments: [Item]) { self.appointments = appointments }
    }

    /// `GET /api/slots?station=&kind=&from=&days=`: what is free, as of about a second ago.
    package struct SlotList: Codable, Sendable {
        package struct Slot: Codable, Sendable {
            package var id: SlotID
            package var startsAt: Date
            package var minutes: Int
            /// Free for the caller's channel.
            package var free: Int
            package var seats: Int

            package init(id: SlotID, startsAt: Date, minutes: Int, free: Int, seats: Int) {
                self.id = id
                self.startsAt = startsAt
                self.minutes = minutes
                self.free = free
                self.seats = seats
            }
        }

        package struct Elsewhere: Codable, Sendable {
            package var station: String
            package var name: String
            package var free: Int

            package init(station: String, name: String, free: Int) {
                self.station = station
                self.name = name
                self.free = free
            }
        }

        /// By day and time.
        package var slots: [Slot]
        /// Those with the most room, best first.
        package var quietest: [SlotID]
        /// Other stations of the district with room on these days, the emptiest first; only where this one is full.
        package var elsewhere: [Elsewhere]
        /// When the next day's seats open.
        package var nextOpening: Date

        package init(slots: [Slot], quietest: [SlotID], elsewhere: [Elsewhere], nextOpening: Date) {
            self.slots = slots
            self.quietest = quietest
            self.elsewhere = elsewhere
            self.nextOpening = nextOpening
        }
    }
}
