import CardProgramme
import FoundationEssentials

/// What stations do: capacity, the day's desk, people who must be told.
extension AppointmentAPI {
    /// `GET /api/stations/{station}/capacity`: every published version, the newest first.
    package struct CapacityList: Codable, Sendable {
        package struct Version: Codable, Sendable, Equatable {
            package var version: Int
            package var from: CalendarDay
            package var capacity: StationCapacity

            package init(version: Int, from: CalendarDay, capacity: StationCapacity) {
                self.version = version
                self.from = from
                self.capacity = capacity
            }
        }

        package var versions: [Version]
        /// Closures and days with fewer desks, from today on.
        package var exceptions: [CapacityException]
        package var sessions: [CollectiveSession]

        package init(versions: [Version], exceptions: [CapacityException], sessions: [CollectiveSession]) {
            self.versions = versions
            self.exceptions = exceptions
            self.sessions = sessions
        }
    }

    /// What a change of capacity meant for what was laid out already.
    package struct CapacityChange: Codable, Sendable, Equatable {
        package var seatsAdded: Int
        package var seatsRemoved: Int
        /// People whose appointment has lost its seat and who must be told.
        package var orphaned: [UUID]

        package init(seatsAdded: Int, seatsRemoved: Int, orphaned: [UUID]) {
            self.seatsAdded = seatsAdded
            self.seatsRemoved = seatsRemoved
            self.orphaned = orphaned
        }
    }

    /// `POST /api/stations/{station}/arrivals`: somebody has come; by QR, by reference and code, by name (their id on the
    /// day sheet), or without an appointment.
    package struct Arrival: Codable, Sendable {
        /// What the slip's QR code holds.
        package var qr: String?
        package var reference: String?
        package var code: String?
        /// Of the day sheet.
        package var appointment: UUID?

        package init(
            qr: String? = nil, reference: String? = nil, code: String? = nil, appointment: UUID? = nil
        ) {
            self.qr = qr
            self.reference = reference
            self.code = code
            self.appointment = appointment
        }
    }

    /// `PUT /api/walk-ins/{id}`: somebody who simply came (R150).
    package struct WalkIn: Codable, Sendable, Equatable {
        package var station: String
        package var purpose: AppointmentPurpose
        /// Nil for somebody who is not on the roster yet; to be named before they are done.
        package var person: UUID?

        package init(station: String, purpose: AppointmentPurpose, person: UUID?) {
            self.station = station
            self.purpose = purpose
            self.person = person
        }
    }

    /// `POST /api/appointments/{id}/desk`: what happens at the desk.
    package struct DeskStep: Codable, Sendable {
        package enum Kind: String, Codable, Sendable, CaseIterable {
            case call, serve, finish, miss
        }

        package var step: Kind
        package var version: Int
        /// With `finish`: whether the person has to come again for the same purpose (R27).
        package var mustComeAgain: Bool?
        /// With `finish` of somebody who came without a file: who it was.
        package var person: UUID?

        package init(step: Kind, version: Int, mustComeAgain: Bool? = nil, person: UUID? = nil) {
            self.step = step
            self.version = version
            self.mustComeAgain = mustComeAgain
            self.person = person
        }
    }

    /// `GET /api/stations/{station}/queue`: who waits, in the order in which they are called.
    package struct Queue: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package var id: UUID
            package var number: Int
            package var state: AppointmentState
            package var version: Int
            package var purpose: AppointmentPurpose
            package var startsAt: Date?
            package var arrivedAt: Date

            package init(
                id: UUID, number: Int, state: AppointmentState, version: Int, purpose: AppointmentPurpose,
                startsAt: Date?, arrivedAt: Date
            ) {
                self.id = id
                self.number = number
                self.state = state
                self.version = version
                self.purpose = purpose
                self.startsAt = startsAt
                self.arrivedAt = arrivedAt
            }
        }

        package var waiting: [Item]

        package init(waiting: [Item]) { self.waiting = waiting }
    }

    /// `POST /api/appointments/{id}/told`: the person has been told that the seat is gone.
    package struct Told: Codable, Sendable {
        package enum How: String, Codable, Sendable, CaseIterable {
            case phone, sms, visit, inPerson, relative, online

            package var chinese: String {
                switch self {
                case .phone: "电话告知"
                case .sms: "短信告知并回复"
                case .visit: "上门告知"
                case .inPerson: "当面告知"
                case .relative: "告知家属"
                case .online: "本人网上改约"
                }
            }
        }

        package var how: How

        package init(how: How) { self.how = how }
    }

    /// `POST /api/stations/{station}/days/{day}/close`: the day's account.
    package struct DayAccount: Codable, Sendable, Equatable {
        package var station: String
        package var day: CalendarDay
        package var seats: Int
        package var booked: Int
        package var walkIns: Int
        package var done: Int
        package var mustComeAgain: Int
        package var missed: Int

        package init(
            station: String, day: CalendarDay, seats: Int, booked: Int, walkIns: Int, done: Int, mustComeAgain: Int,
            missed: Int
        ) {
            self.station = station
            self.day = day
            self.seats = seats
            self.booked = booked
            self.walkIns = walkIns
            self.done = done
            self.mustComeAgain = mustComeAgain
            self.missed = missed
        }
    }

    /// `PUT /api/waiting-list/{id}`: wants a seat when one becomes free.
    package struct WaitingEntry: Codable, Sendable, Equatable {
        package enum State: String, Codable, Sendable, CaseIterable {
            case waiting, offered, booked, withdrawn, exhausted
        }

        package var person: UUID
        package var purpose: AppointmentPurpose
        package var kind: AppointmentKind
        package var station: String
        package var from: CalendarDay
        package var through: CalendarDay

        package init(
            person: UUID, purpose: AppointmentPurpose, kind: AppointmentKind, station: String, from: CalendarDay,
            through: CalendarDay
        ) {
            self.person = person
            self.purpose = purpose
            self.kind = kind
            self.station = station
            self.from = from
            self.through = through
        }
    }

    package struct WaitingList: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package var id: UUID
            package var entry: WaitingEntry
            package var state: WaitingEntry.State
            package var offers: Int
            /// The seat that is kept for them, to be confirmed with its token.
            package var offer: Appointment?
            /// Whether somebody should phone them about it instead of sending a text.
            package var byPhone: Bool

            package init(
                id: UUID, entry: WaitingEntry, state: WaitingEntry.State, offers: Int, offer: Appointment?,
                byPhone: Bool
            ) {
                self.id = id
                self.entry = entry
                self.state = state
                self.offers = offers
                self.offer = offer
                self.byPhone = byPhone
            }
        }

        package var entries: [Item]

        package init(entries: [Item]) { self.entries = entries }
    }

    /// `POST /api/seats/reconciliation`.
    package struct Reconciliation: Codable, Sendable {
        /// Whether the count is put right, or only looked at.
        package var mend: Bool

        package init(mend: Bool) { self.mend = mend }
    }

    package struct Reconciled: Codable, Sendable {
        /// False while the database answers alone.
        package var isCounted: Bool
        package var epoch: Int?
        package var compared: Int
        package var differing: [SlotID]
        package var mended: Int

        package init(isCounted: Bool, epoch: Int?, compared: Int, differing: [SlotID], mended: Int) {
            self.isCounted = isCounted
            self.epoch = epoch
            self.compared = compared
            self.differing = differing
            self.mended = mended
        }
    }
}
