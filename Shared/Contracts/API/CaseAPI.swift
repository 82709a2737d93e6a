import CardProgramme
import FoundationEssentials

/// A level's decision about one submission; the body of every `…/check` and `…/decision`.
package struct Decision: Codable, Sendable, Equatable {
    package enum Outcome: String, Codable, Sendable { case pass, `return`, refuse }

    package var outcome: Outcome
    /// Needed by a return, and by nothing else (R63, R81, R84).
    package var reason: ReturnReason?
    /// The round the decider saw; a decision about an older round is refused with 409.
    package var round: Int
    /// Needed by a refusal, and by nothing else (N20). Sealed where it is kept, and told to no other service.
    package var ground: Ground?
    /// What the reason alone does not say; see ``ReturnNote``.
    package var note: String?
    /// The decider has seen that what the province once ruled against has ended and was made good (N21).
    package var situationEnded: Bool?

    package init(
        outcome: Outcome, reason: ReturnReason? = nil, round: Int, ground: Ground? = nil, note: String? = nil,
        situationEnded: Bool? = nil
    ) {
        self.outcome = outcome
        self.reason = reason
        self.round = round
        self.ground = ground
        self.note = note
        self.situationEnded = situationEnded
    }
}

/// Bodies of verification's and review's interfaces.
package enum CaseAPI {
    /// One row of a work list. Categories and the identity number are for the decider's eyes only.
    package struct Case: Codable, Sendable {
        package var submissionID: UUID
        package var personID: UUID
        package var round: Int
        package var stage: SubmissionStage
        package var station: String
        package var batch: Int
        package var lane: Lane
        package var cardKind: CardKind
        package var name: String
        package var maskedIdentityNumber: String
        package var categories: [CardProgramme.Category]
        package var formsSigned: Bool
        package var materials: [MaterialReference]
        package var waitingSince: Date
        package var dueOn: CalendarDay?
        /// Until when it is claimed by the caller; nil when unclaimed.
        package var claimedUntil: Date?
        package var lastReason: ReturnReason?
        /// What was written with ``lastReason``, for those who decide.
        package var lastNote: String?
        /// True when ``dueOn`` is a limit set by rule, false when it is only a target (A8).
        package var dueIsLimit = false
        /// The bank of the applicant's own choice (R79), for the bank's check.
        package var bank: String?
        /// The province once ruled against this person: a pass must say that the situation has ended (N21).
        package var needsSituationEnded: Bool?
        /// `paused` or `revoked` once the card itself is held back or taken back (N21, N32).
        package var hold: String?

        package init(
            submissionID: UUID, personID: UUID, round: Int, stage: SubmissionStage, station: String, batch: Int,
            lane: Lane,
            cardKind: CardKind, name: String, maskedIdentityNumber: String, categories: [CardProgramme.Category],
            formsSigned: Bool, materials: [MaterialReference], waitingSince: Date, dueOn: CalendarDay?,
            claimedUntil: Date?,
            lastReason: ReturnReason?
        ) {
            self.submissionID = submissionID
            self.personID = personID
            self.round = round
            self.stage = stage
            self.station = station
            self.batch = batch
            self.lane = lane
            self.cardKind = cardKind
            self.name = name
            self.maskedIdentityNumber = maskedIdentityNumber
            self.categories = categories
            self.formsSigned = formsSigned
            self.materials = materials
            self.waitingSince = waitingSince
            self.dueOn = dueOn
            self.claimedUntil = claimedUntil
            self.lastReason = lastReason
        }
    }

    /// `GET /api/cases?stage=&limit=&offset=` and the answer to `POST /api/claims`.
    package struct WorkList: Codable, Sendable {
        package var cases: [Case]
        package var total: Int

        package init(cases: [Case], total: Int) {
            self.cases = cases
            self.total = total
        }
    }

    /// `POST /api/claims`: take up to ``limit`` (1–200) cases, key persons first, then the oldest, for 15 minutes.
    package struct Claim: Codable, Sendable {
        package var limit: Int
        package init(limit: Int) { self.limit = limit }
    }

    /// Answer to a decision.
    package struct Outcome: Codable, Sendable {
        package var submissionID: UUID
        package var round: Int
        package var stage: SubmissionStage
        package var dueOn: CalendarDay?

        package init(submissionID: UUID, round: Int, stage: SubmissionStage, dueOn: CalendarDay?) {
            self.submissionID = submissionID
            self.round = round
            self.stage = stage
            self.dueOn = dueOn
        }
    }

    /// `POST /api/decisions` of review: what city, province and bank decided, as their list says (at most 500 a call).
    package struct SuperiorDecisions: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package var submissionID: UUID
            /// `city` for the audit, `province` for the filing (N18, N19), `bank` for its check (N23).
            package var level: Level
            package var decision: Decision
            package var decidedAt: Date
            /// The list names no round: the one the submission is in is meant, or the one this very decision is on record
            /// for; ``Decision/round`` then says nothing.
            package var namesNoRound: Bool?

            package init(submissionID: UUID, level: Level, decision: Decision, decidedAt: Date) {
                self.submissionID = submissionID
                self.level = level
                self.decision = decision
                self.decidedAt = decidedAt
            }
        }

        package var decisions: [Item]
        package init(decisions: [Item]) { self.decisions = decisions }
    }

    /// Per item: recorded with its new stage, already recorded the same, kept for somebody to settle because it
    /// contradicts what is recorded, or refused with a sentence.
    package struct SuperiorOutcomes: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package enum Result: String, Codable, Sendable { case recorded, alreadyRecorded, contradicts, refused }

            package var submissionID: UUID
            package var result: Result
            package var stage: SubmissionStage?
            package var chinese: String?
            package var english: String?

            package init(
                submissionID: UUID, result: Result, stage: SubmissionStage?, chinese: String? = nil,
                english: String? = nil
            ) {
                self.submissionID = submissionID
                self.result = result
                self.stage = stage
                self.chinese = chinese
                self.english = english
            }
        }

        package var outcomes: [Item]
        package init(outcomes: [Item]) { self.outcomes = outcomes }
    }
}
