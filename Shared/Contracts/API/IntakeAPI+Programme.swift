import CardProgramme
import FoundationEssentials

/// The plan as it is in force, and what its last amendment meant.
extension IntakeAPI {
    /// `GET /api/plans/{station}?day=`: what a station has open on a day, for whom, in which ways (R119, R149).
    package struct StationPlan: Codable, Sendable {
        package struct Turn: Codable, Sendable {
            /// Of the district's batch, or of the station's own phase.
            package var number: Int
            package var standing: Programme.Standing
            /// Nil while it is not announced.
            package var from: CalendarDay?
            package var through: CalendarDay?
            /// For whom, in both languages.
            package var chinese: [String]
            package var english: [String]
            package var modes: [ServiceMode]
            package var isAssumed: Bool

            package init(_ offer: Programme.Offer) {
                self.number = offer.number
                self.standing = offer.standing
                self.from = offer.window?.from
                self.through = offer.window?.through
                self.chinese = offer.zh
                self.english = offer.en
                self.modes = offer.modes.isEmpty ? ServiceMode.allCases : offer.modes
                self.isAssumed = offer.isAssumed
            }
        }

        package var station: String
        package var name: String
        package var day: CalendarDay
        /// Of the programme.
        package var version: Int
        /// The station has phases of its own; otherwise these are the district's batches.
        package var isOwn: Bool
        package var turns: [Turn]
        /// Empty when any bank will do.
        package var banks: [String]

        package init(
            station: String, name: String, day: CalendarDay, version: Int, isOwn: Bool, turns: [Turn], banks: [String]
        ) {
            self.station = station
            self.name = name
            self.day = day
            self.version = version
            self.isOwn = isOwn
            self.turns = turns
            self.banks = banks
        }
    }

    /// `GET /api/programme/recheck`: what the programme in force changed, and for how many people.
    package struct Amendment: Codable, Sendable {
        package struct Change: Codable, Sendable {
            package var subject: ProgrammeChange.Subject
            package var chinese: String
            package var english: String

            package init(_ change: ProgrammeChange) {
                self.subject = change.subject
                self.chinese = change.zh
                self.english = change.en
            }
        }

        package struct Count: Codable, Sendable {
            /// earlier, later, uncovered or covered.
            package var effect: String
            package var people: Int
            /// Of them with a submission under way; it stays where it is.
            package var underWay: Int

            package init(effect: String, people: Int, underWay: Int) {
                self.effect = effect
                self.people = people
                self.underWay = underWay
            }
        }

        package var programme: String
        package var version: Int
        /// Nil for the first issue.
        package var earlierVersion: Int?
        package var takenOn: CalendarDay
        package var changes: [Change]
        package var isFinished: Bool
        package var lookedAt: Int
        package var counts: [Count]
        /// Submissions at the counter that now count as of another batch or phase.
        package var renumbered: Int
        package var dueDaysMoved: Int

        package init(
            programme: String, version: Int, earlierVersion: Int?, takenOn: CalendarDay, changes: [Change],
            isFinished: Bool, lookedAt: Int, counts: [Count], renumbered: Int, dueDaysMoved: Int
        ) {
            self.programme = programme
            self.version = version
            self.earlierVersion = earlierVersion
            self.takenOn = takenOn
            self.changes = changes
            self.isFinished = isFinished
            self.lookedAt = lookedAt
            self.counts = counts
            self.renumbered = renumbered
            self.dueDaysMoved = dueDaysMoved
        }
    }

    /// `GET /api/programme/recheck/people?effect=&limit=&offset=`: whom the amendment concerns, by id.
    package struct Concerned: Codable, Sendable {
        package struct Person: Codable, Sendable {
            package var personID: UUID
            /// Under way when the amendment came; it stays where it is.
            package var submissionID: UUID?
            package var station: String
            package var opensBefore: CalendarDay?
            package var opensAfter: CalendarDay?

            package init(
                personID: UUID, submissionID: UUID?, station: String, opensBefore: CalendarDay?,
                opensAfter: CalendarDay?
            ) {
                self.personID = personID
                self.submissionID = submissionID
                self.station = station
                self.opensBefore = opensBefore
                self.opensAfter = opensAfter
            }
        }

        package var people: [Person]
        package var total: Int

        package init(people: [Person], total: Int) {
            self.people = people
            self.total = total
        }
    }
}
