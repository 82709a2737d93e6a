import CardProgramme
import FoundationEssentials

/// Bodies of `/api/calls`: phone calls that staff have to make.
package enum CallAPI {
    /// A phrase in both languages.
    package struct Words: Codable, Sendable, Hashable {
        package var zh: String
        package var en: String

        package init(zh: String, en: String) {
            self.zh = zh
            self.en = en
        }
    }

    /// `GET /api/calls?station=&limit=&offset=`: what waits, in the order in which it is called, then by when it is due.
    package struct List: Codable, Sendable {
        package var counts: [Count]
        /// How many become due on which day, from today on; what is overdue is in today's.
        package var days: [Day]
        package var calls: [Item]
        package var total: Int

        package init(counts: [Count], days: [Day], calls: [Item], total: Int) {
            self.counts = counts
            self.days = days
            self.calls = calls
            self.total = total
        }
    }

    /// One reason with what waits for it; a reason nothing waits for is left out.
    package struct Count: Codable, Sendable, Hashable {
        package var reason: CallReason
        package var words: Words
        package var open: Int
        /// Whose time has come.
        package var due: Int
        /// When the oldest of these became due.
        package var oldestDueAt: Date?
        /// Promised, due or not.
        package var promised: Int
        /// Promised and not made a quarter of an hour after.
        package var missed: Int

        package init(
            reason: CallReason, words: Words, open: Int, due: Int, oldestDueAt: Date?, promised: Int, missed: Int
        ) {
            self.reason = reason
            self.words = words
            self.open = open
            self.due = due
            self.oldestDueAt = oldestDueAt
            self.promised = promised
            self.missed = missed
        }
    }

    package struct Day: Codable, Sendable, Hashable {
        package var day: CalendarDay
        package var calls: Int

        package init(day: CalendarDay, calls: Int) {
            self.day = day
            self.calls = calls
        }
    }

    /// A call in the list.
    package struct Item: Codable, Sendable {
        package var id: UUID
        package var personID: UUID
        package var station: String
        package var reason: CallReason
        package var purpose: MessagePurpose
        package var dueAt: Date
        package var notAfter: Date
        package var promisedAt: Date?
        package var attempts: Int
        /// Until when somebody holds it; nil when nobody does.
        package var claimedUntil: Date?
        /// Whether that is the caller.
        package var isMine: Bool
        /// The number to call next; nil when none is left.
        package var maskedNumber: String?

        package init(
            id: UUID, personID: UUID, station: String, reason: CallReason, purpose: MessagePurpose, dueAt: Date,
            notAfter: Date, promisedAt: Date?, attempts: Int, claimedUntil: Date?, isMine: Bool, maskedNumber: String?
        ) {
            self.id = id
            self.personID = personID
            self.station = station
            self.reason = reason
            self.purpose = purpose
            self.dueAt = dueAt
            self.notAfter = notAfter
            self.promisedAt = promisedAt
            self.attempts = attempts
            self.claimedUntil = claimedUntil
            self.isMine = isMine
            self.maskedNumber = maskedNumber
        }
    }

    /// Body of `POST /api/calls/next`; may be left out.
    package struct NextWanted: Codable, Sendable {
        /// Only calls of this station; a station's clerk is given their own anyway.
        package var station: String?

        package init(station: String? = nil) {
            self.station = station
        }
    }

    /// Answer to `POST /api/calls/next`.
    package struct Next: Codable, Sendable {
        /// Nil when no call's time has come.
        package var call: Call?
        /// When the next one's time comes, if there is none now.
        package var dueAt: Date?

        package init(call: Call?, dueAt: Date?) {
            self.call = call
            self.dueAt = dueAt
        }
    }

    /// Body of `POST /api/calls/{id}/release`.
    package struct Release: Codable, Sendable {
        package var version: Int
    }

    /// Body of `POST /api/calls`: somebody asked to be called. Sent again with the same id it is the same call.
    package struct NewCall: Codable, Sendable {
        /// Made by the caller.
        package var id: UUID
        package var person: UUID
        package var purpose: MessagePurpose
        /// When they want to be called, to the minute; nil for as soon as possible.
        package var at: Date?
        /// At most 500 characters.
        package var note: String?
    }

    /// Body of `POST /api/calls/{id}/attempts`. Sent again with the same id it is the same attempt.
    package struct NewAttempt: Codable, Sendable {
        /// Made by the caller.
        package var id: UUID
        /// Of the call, as the caller saw it.
        package var version: Int
        package var outcome: CallOutcome
        /// ``CallAPI/Number/id`` of the number called; may be left out unless it is retired by the outcome.
        package var number: String?
        /// When to call again: for `callBack` only, and always there.
        package var at: Date?
        /// The appointment made: for `booked` only, and always there.
        package var appointment: UUID?
        /// At most 500 characters.
        package var note: String?
    }

    /// Answer to it, and to a release: where the call stands now.
    package struct Standing: Codable, Sendable, Hashable {
        package var id: UUID
        package var version: Int
        /// `open`, `done`, `unreached`, `expired` or `void`.
        package var state: String
        package var outcome: CallOutcome?
        /// When it is called again, while it is open.
        package var dueAt: Date?
        package var promisedAt: Date?

        package init(
            id: UUID, version: Int, state: String, outcome: CallOutcome?, dueAt: Date?, promisedAt: Date?
        ) {
            self.id = id
            self.version = version
            self.state = state
            self.outcome = outcome
            self.dueAt = dueAt
            self.promisedAt = promisedAt
        }
    }
}
