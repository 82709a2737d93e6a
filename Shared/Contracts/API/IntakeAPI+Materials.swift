import CardProgramme
import FoundationEssentials

/// Materials, the check and the forms.
extension IntakeAPI {
    /// `POST /api/submissions/{id}/check`: the station's check (R61–R67).
    package struct StationDecision: Codable, Sendable, Equatable {
        package var outcome: Decision.Outcome
        /// Why it goes back (R63); with ``reasons`` several at once, this one first.
        package var reason: ReturnReason?
        package var reasons: [ReturnReason]?
        /// Materials the applicant is to bring; those the rules ask for and nobody has seen are added by themselves.
        package var missing: [MaterialKind]?
        /// A sentence of the clerk's own to the applicant, at most 200 characters.
        package var note: String?
        /// The round the clerk saw.
        package var round: Int
        /// Papers whose originals the clerk saw, in this round or before.
        package var originals: [MaterialKind]?
        /// What the clerk confirms because no picture shows it; all of them are needed to pass.
        package var confirmed: [StationConfirmation]?

        package init(
            outcome: Decision.Outcome, reason: ReturnReason? = nil, reasons: [ReturnReason]? = nil,
            missing: [MaterialKind]? = nil, note: String? = nil, round: Int, originals: [MaterialKind]? = nil,
            confirmed: [StationConfirmation]? = nil
        ) {
            self.outcome = outcome
            self.reason = reason
            self.reasons = reasons
            self.missing = missing
            self.note = note
            self.round = round
            self.originals = originals
            self.confirmed = confirmed
        }

        /// A decision of somebody who has looked at the photo: what a picture does not show is confirmed with a pass.
        package init(_ decision: Decision) {
            self.init(
                outcome: decision.outcome, reason: decision.reason, round: decision.round,
                confirmed: decision.outcome == .pass ? StationConfirmation.allCases : nil)
        }
    }

    /// What somebody must bring, and how it stands: `GET /api/persons/{id}/checklist?cardKind=` before they come (R27),
    /// `GET /api/submissions/{id}/checklist` once there is a submission.
    package struct Checklist: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package var kind: MaterialKind
            package var chinese: String
            package var english: String
            package var state: MaterialState
            /// What does instead when there is no such paper (N17).
            package var instead: MaterialKind?

            package init(
                kind: MaterialKind, chinese: String, english: String, state: MaterialState, instead: MaterialKind?
            ) {
                self.kind = kind
                self.chinese = chinese
                self.english = english
                self.state = state
                self.instead = instead
            }
        }

        package var personID: UUID
        package var submissionID: UUID?
        package var cardKind: CardKind
        package var items: [Item]
        /// Nothing is missing.
        package var isComplete: Bool
        /// One sentence each: what to bring, or that everything is there.
        package var chinese: String
        package var english: String

        package init(
            personID: UUID, submissionID: UUID?, cardKind: CardKind, items: [Item], isComplete: Bool, chinese: String,
            english: String
        ) {
            self.personID = personID
            self.submissionID = submissionID
            self.cardKind = cardKind
            self.items = items
            self.isComplete = isComplete
            self.chinese = chinese
            self.english = english
        }
    }

    /// `GET /api/submissions/{id}/guidance`: what to do about a return (R63, R64, R86).
    package struct Guidance: Codable, Sendable {
        package struct Point: Codable, Sendable {
            package var reason: ReturnReason
            package var chinese: String
            package var english: String

            package init(reason: ReturnReason, chinese: String, english: String) {
                self.reason = reason
                self.chinese = chinese
                self.english = english
            }
        }

        package var submissionID: UUID
        package var stage: SubmissionStage
        package var round: Int
        /// Empty when it is not returned.
        package var points: [Point]
        package var missing: [MaterialKind]
        package var note: String?
        /// Everything in one text for the applicant.
        package var chinese: String
        package var english: String

        package init(
            submissionID: UUID, stage: SubmissionStage, round: Int, points: [Point], missing: [MaterialKind],
            note: String?, chinese: String, english: String
        ) {
            self.submissionID = submissionID
            self.stage = stage
            self.round = round
            self.points = points
            self.missing = missing
            self.note = note
            self.chinese = chinese
            self.english = english
        }
    }

    /// `POST /api/submissions/{id}/signatures`: the codes printed on the forms that were signed (R66). A nil one stays as
    /// it is.
    package struct Signatures: Codable, Sendable {
        package var applicationForm: String?
        package var bankConfirmation: String?

        package init(applicationForm: String?, bankConfirmation: String?) {
            self.applicationForm = applicationForm
            self.bankConfirmation = bankConfirmation
        }
    }

    /// A statement that stands in for papers, as the bureau compares it with the departments (N17).
    package struct ComparisonTask: Codable, Sendable {
        package var submissionID: UUID
        package var personID: UUID
        package var station: String
        package var statement: MaterialKind
        package var openedAt: Date
        package var result: Comparison

        package init(
            submissionID: UUID, personID: UUID, station: String, statement: MaterialKind, openedAt: Date,
            result: Comparison
        ) {
            self.submissionID = submissionID
            self.personID = personID
            self.station = station
            self.statement = statement
            self.openedAt = openedAt
            self.result = result
        }
    }

    /// `GET /api/comparisons?limit=&offset=`: what waits, longest first.
    package struct ComparisonList: Codable, Sendable {
        package var comparisons: [ComparisonTask]
        package var total: Int

        package init(comparisons: [ComparisonTask], total: Int) {
            self.comparisons = comparisons
            self.total = total
        }
    }

    /// `POST /api/comparisons/{submissionID}/result`.
    package struct ComparisonResult: Codable, Sendable {
        package var confirmed: Bool
        /// Of the task that was looked at: a statement that was replaced meanwhile is compared anew.
        package var openedAt: Date
        /// The departments asked, by name: at least one (公安、民政、人民武装部 …).
        package var departments: [String]

        package init(confirmed: Bool, openedAt: Date, departments: [String]) {
            self.confirmed = confirmed
            self.openedAt = openedAt
            self.departments = departments
        }
    }
}
