import CardProgramme
import FoundationEssentials

extension CallAPI {
    /// `GET /api/calls/{id}`: everything a clerk needs for one call. Numbers, names of others and notes in the clear only for whoever
    /// has claimed it.
    package struct Call: Codable, Sendable {
        package var id: UUID
        package var version: Int
        package var station: String
        package var reason: CallReason
        package var reasonWords: Words
        package var purpose: MessagePurpose
        package var purposeWords: Words
        package var state: String
        package var outcome: CallOutcome?
        package var personID: UUID
        package var name: String
        /// To compare with what they say; nil when it is not known here, and for whoever has not claimed it.
        package var bornYear: Int?
        package var dueAt: Date
        package var notAfter: Date
        package var promisedAt: Date?
        /// Whether the caller has claimed it.
        package var isMine: Bool
        package var claimedUntil: Date?
        package var numbers: [Number]
        package var script: [Words]
        /// The appointment it is about.
        package var appointment: Appointment?
        /// The appointment made in a call.
        package var booked: Appointment?
        package var attempts: [Attempt]
        /// Why it was opened by hand.
        package var note: String?

        package init(
            id: UUID, version: Int, station: String, reason: CallReason, purpose: MessagePurpose, state: String,
            outcome: CallOutcome?, personID: UUID, name: String, bornYear: Int?, dueAt: Date, notAfter: Date,
            promisedAt: Date?, isMine: Bool, claimedUntil: Date?, numbers: [Number], script: [Words],
            appointment: Appointment?, booked: Appointment?, attempts: [Attempt], note: String?
        ) {
            self.id = id
            self.version = version
            self.station = station
            self.reason = reason
            self.reasonWords = Words(zh: reason.chinese, en: reason.english)
            self.purpose = purpose
            self.purposeWords = Words(zh: purpose.chinese, en: purpose.english)
            self.state = state
            self.outcome = outcome
            self.personID = personID
            self.name = name
            self.bornYear = bornYear
            self.dueAt = dueAt
            self.notAfter = notAfter
            self.promisedAt = promisedAt
            self.isMine = isMine
            self.claimedUntil = claimedUntil
            self.numbers = numbers
            self.script = script
            self.appointment = appointment
            self.booked = booked
            self.attempts = attempts
            self.note = note
        }
    }

    /// A number of the person or of somebody who can be called for them.
    package struct Number: Codable, Sendable {
        /// Names it in an attempt; good for this call only.
        package var id: String
        /// Masked unless the caller has claimed the call.
        package var number: String
        package var isOwn: Bool
        /// Whose it is, when not their own: name and relation, for whoever has claimed the call.
        package var relative: String?
        /// `ok`, `invalid`, `suspended`, `blocked` (for messages) or `wrongPerson`.
        package var status: String
        /// Whether it is the one to call next.
        package var isNext: Bool
        /// Whether its owner wants no messages: `outreach` or `all`.
        package var optedOut: [String]
        /// Others who gave the same number and whose files the caller may see, for whoever has claimed the call; 20 at most.
        package var sharedWith: [Person]
        /// How many have the same number besides the person.
        package var shared: Int

        package init(
            id: String, number: String, isOwn: Bool, relative: String?, status: String, isNext: Bool,
            optedOut: [String],
            sharedWith: [Person], shared: Int
        ) {
            self.id = id
            self.number = number
            self.isOwn = isOwn
            self.relative = relative
            self.status = status
            self.isNext = isNext
            self.optedOut = optedOut
            self.sharedWith = sharedWith
            self.shared = shared
        }
    }

    package struct Person: Codable, Sendable, Hashable {
        package var personID: UUID
        package var name: String

        package init(personID: UUID, name: String) {
            self.personID = personID
            self.name = name
        }
    }

    /// An appointment as far as it is known here.
    package struct Appointment: Codable, Sendable, Hashable {
        package var id: UUID
        /// False until intake has told of it.
        package var isKnown: Bool
        /// False when it is known and another person's.
        package var isTheirs: Bool
        package var state: AppointmentState?
        package var station: String?
        package var startsAt: Date?

        package init(
            id: UUID, isKnown: Bool, isTheirs: Bool, state: AppointmentState?, station: String?, startsAt: Date?
        ) {
            self.id = id
            self.isKnown = isKnown
            self.isTheirs = isTheirs
            self.state = state
            self.station = station
            self.startsAt = startsAt
        }
    }

    /// An attempt that was made, oldest first.
    package struct Attempt: Codable, Sendable {
        package var id: UUID
        package var at: Date
        package var outcome: CallOutcome
        package var words: Words
        /// Opaque id of who called.
        package var by: String
        package var promisedAt: Date?
        /// For whoever has claimed the call.
        package var note: String?

        package init(
            id: UUID, at: Date, outcome: CallOutcome, by: String, promisedAt: Date?, note: String?
        ) {
            self.id = id
            self.at = at
            self.outcome = outcome
            self.words = Words(zh: outcome.chinese, en: outcome.english)
            self.by = by
            self.promisedAt = promisedAt
            self.note = note
        }
    }
}
