import CardProgramme
import FoundationEssentials

/// Bodies of review's own interface: suspensions, rulings, ends, contradictions.
package enum ReviewAPI {
    /// `POST /api/cases/{id}/suspension`: something only the province may judge (N21).
    package struct Suspension: Codable, Sendable {
        package var round: Int
        package var ground: Ground
        package var note: String?

        package init(round: Int, ground: Ground, note: String? = nil) {
            self.round = round
            self.ground = ground
            self.note = note
        }
    }

    /// `POST /api/cases/{id}/ruling`: what the province ruled about a suspended case (N21).
    package struct Ruling: Codable, Sendable {
        package enum Outcome: String, Codable, Sendable { case cleared, refused }

        package var round: Int
        package var outcome: Outcome
        package var ruledAt: Date
        package var note: String?

        package init(round: Int, outcome: Outcome, ruledAt: Date, note: String? = nil) {
            self.round = round
            self.outcome = outcome
            self.ruledAt = ruledAt
            self.note = note
        }
    }

    /// `POST /api/cases/{id}/withdrawal`: the end, before there is a card or after (N32).
    package struct Withdrawal: Codable, Sendable {
        package var round: Int
        package var ground: Ground
        package var note: String?

        package init(round: Int, ground: Ground, note: String? = nil) {
            self.round = round
            self.ground = ground
            self.note = note
        }
    }

    /// Answer to each of the three: where the case is now, and what is held back.
    package struct Standing: Codable, Sendable, Equatable {
        package var submissionID: UUID
        package var round: Int
        package var stage: SubmissionStage
        package var dueOn: CalendarDay?
        /// `paused` or `revoked` when there is a card that must not move; nil otherwise.
        package var hold: String?

        package init(submissionID: UUID, round: Int, stage: SubmissionStage, dueOn: CalendarDay?, hold: String?) {
            self.submissionID = submissionID
            self.round = round
            self.stage = stage
            self.dueOn = dueOn
            self.hold = hold
        }
    }

    /// One line of a case's record, for those answerable for it (R87).
    package struct Line: Codable, Sendable, Equatable {
        package var level: Level
        /// `pass`, `return`, `refuse`, `suspend`, `clear`, `ruleAgainst`, `withdraw` or `reopen`.
        package var outcome: String
        package var round: Int
        package var reason: ReturnReason?
        /// For the bureau only; nil for everybody else.
        package var ground: Ground?
        package var note: String?
        /// Opaque id of who decided, or recorded what was decided above.
        package var by: String
        package var decidedAt: Date

        package init(
            level: Level, outcome: String, round: Int, reason: ReturnReason?, ground: Ground?, note: String?,
            by: String, decidedAt: Date
        ) {
            self.level = level
            self.outcome = outcome
            self.round = round
            self.reason = reason
            self.ground = ground
            self.note = note
            self.by = by
            self.decidedAt = decidedAt
        }
    }

    /// `GET /api/cases/{id}/history`, in the order it was recorded.
    package struct History: Codable, Sendable {
        package var lines: [Line]

        package init(lines: [Line]) { self.lines = lines }
    }

    /// One row of a list that says something else than what is recorded.
    package struct Contradiction: Codable, Sendable, Equatable {
        package var id: UUID
        package var submissionID: UUID
        package var station: String
        package var level: Level
        package var round: Int
        /// What is on record.
        package var recorded: Decision.Outcome
        package var recordedReason: ReturnReason?
        /// What the later row says.
        package var outcome: Decision.Outcome
        package var reason: ReturnReason?
        package var decidedAt: Date
        package var reportedAt: Date
        /// Where the case is.
        package var stage: SubmissionStage
        /// Nil as long as nobody has settled it.
        package var settledAs: Settlement.Outcome?

        package init(
            id: UUID, submissionID: UUID, station: String, level: Level, round: Int, recorded: Decision.Outcome,
            recordedReason: ReturnReason?, outcome: Decision.Outcome, reason: ReturnReason?, decidedAt: Date,
            reportedAt: Date, stage: SubmissionStage, settledAs: Settlement.Outcome?
        ) {
            self.id = id
            self.submissionID = submissionID
            self.station = station
            self.level = level
            self.round = round
            self.recorded = recorded
            self.recordedReason = recordedReason
            self.outcome = outcome
            self.reason = reason
            self.decidedAt = decidedAt
            self.reportedAt = reportedAt
            self.stage = stage
            self.settledAs = settledAs
        }
    }

    /// `GET /api/contradictions?limit=&offset=`: those nobody has settled, oldest first.
    package struct Contradictions: Codable, Sendable {
        package var contradictions: [Contradiction]
        package var total: Int

        package init(contradictions: [Contradiction], total: Int) {
            self.contradictions = contradictions
            self.total = total
        }
    }

    /// `POST /api/contradictions/{id}/settlement`: what somebody of the bureau found out.
    package struct Settlement: Codable, Sendable {
        package enum Outcome: String, Codable, Sendable {
            /// What is recorded stands; the row was wrong.
            case recordedStands
            /// The row is right: the decision on record is taken back, and the row is recorded in its place.
            case rowStands
        }

        package var outcome: Outcome

        package init(outcome: Outcome) { self.outcome = outcome }
    }
}
