import CardProgramme
import FoundationEssentials

/// A level's decision about one submission; the body of every `…/check` and `…/decision`.
package struct Decision: Codable, Sendable, Equatable {
    package enum Outcome: String, Codable, Sendable { case pass, `return`, refuse }

    package var outcome: Outcome
    /// Needed unless ``outcome`` is `pass` (R63, R81, R84).
    package var reason: ReturnReason?
    /// The round the decider saw; a decision about an older round is refused with 409.
    package var round: Int

    package init(outcome: Outcome, reason: ReturnReason? = nil, round: Int) {
        self.outcome = outcome
        self.reason = reason
        self.round = round
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

    /// `POST /api/decisions` of review: what city and province decided, as their list says (at most 500 a call).
    package struct SuperiorDecisions: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package var submissionID: UUID
            /// `city` for the audit, `province` for the filing (N18, N19).
            package var level: Level
            package var decision: Decision
            package var decidedAt: Date

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

    /// Per item: recorded with its new stage, already recorded the same, or refused with a sentence.
    package struct SuperiorOutcomes: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package enum Result: String, Codable, Sendable { case recorded, alreadyRecorded, refused }

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
