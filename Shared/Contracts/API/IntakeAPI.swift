import CardProgramme
import FoundationEssentials

/// Bodies of intake's interface. Paths stand in ``IntakeAPI/Path``.
package enum IntakeAPI {
    /// How somebody came to hand in (R60, R75, R119).
    package enum Channel: String, Codable, Sendable, CaseIterable {
        /// At the counter, by appointment.
        case onSite
        case online
        /// 入户办理: a team came to the home (R73, R76, N14).
        case home
        /// 集中办理: a session for a village or a large employer.
        case collective
        /// 双方约定.
        case agreed
        /// Came without an appointment; always served (R150).
        case walkIn
    }

    /// `POST /api/submissions`, with an `Idempotency-Key` header (any 8–128 visible ASCII characters).
    package struct NewSubmission: Codable, Sendable {
        package var personID: UUID
        package var cardKind: CardKind
        /// The bank of the applicant's own choice (R79), by name.
        package var bank: String
        package var channel: Channel
        /// Signed 申领表 and 借记卡信息确认书 (R66).
        package var applicationFormSigned: Bool
        package var bankConfirmationSigned: Bool
        /// Papers whose originals were seen when the submission was taken down; more can be ticked off at the check.
        package var originals: [MaterialKind]?
        /// Whose province shall issue, for people who apply where they live in another province (N10); nil: that of 户籍.
        package var issuer: PlaceOfSubmission?

        package init(
            personID: UUID, cardKind: CardKind, bank: String, channel: Channel, applicationFormSigned: Bool,
            bankConfirmationSigned: Bool, originals: [MaterialKind]? = nil, issuer: PlaceOfSubmission? = nil
        ) {
            self.personID = personID
            self.cardKind = cardKind
            self.bank = bank
            self.channel = channel
            self.applicationFormSigned = applicationFormSigned
            self.bankConfirmationSigned = bankConfirmationSigned
            self.originals = originals
            self.issuer = issuer
        }
    }

    /// What every call about one submission answers.
    package struct Submission: Codable, Sendable {
        package var id: UUID
        package var personID: UUID
        package var round: Int
        package var stage: SubmissionStage
        package var station: String
        package var batch: Int
        package var lane: Lane
        package var cardKind: CardKind
        package var submittedAt: Date
        package var materials: [MaterialReference]
        package var lastReason: ReturnReason?

        package init(
            id: UUID, personID: UUID, round: Int, stage: SubmissionStage, station: String, batch: Int, lane: Lane,
            cardKind: CardKind, submittedAt: Date, materials: [MaterialReference], lastReason: ReturnReason?
        ) {
            self.id = id
            self.personID = personID
            self.round = round
            self.stage = stage
            self.station = station
            self.batch = batch
            self.lane = lane
            self.cardKind = cardKind
            self.submittedAt = submittedAt
            self.materials = materials
            self.lastReason = lastReason
        }
    }

    /// `GET /api/submissions?stage=&limit=&after=` of the caller's station(s), by lane, then age.
    package struct WorkList: Codable, Sendable {
        package var submissions: [Submission]
        /// How many there are in all.
        package var total: Int

        package init(submissions: [Submission], total: Int) {
            self.submissions = submissions
            self.total = total
        }
    }

    /// `POST /api/submissions/{id}/correction`: what the applicant mended; a nil field stays as it is.
    package struct Correction: Codable, Sendable {
        package var cardKind: CardKind?
        package var applicationFormSigned: Bool?
        package var bankConfirmationSigned: Bool?
        /// Another bank of the applicant's own choice, when the first one's check failed (R79, N24).
        package var bank: String?

        package init(
            cardKind: CardKind? = nil, applicationFormSigned: Bool? = nil, bankConfirmationSigned: Bool? = nil,
            bank: String? = nil
        ) {
            self.cardKind = cardKind
            self.applicationFormSigned = applicationFormSigned
            self.bankConfirmationSigned = bankConfirmationSigned
            self.bank = bank
        }
    }

    /// `GET /api/submissions/{id}/progress`: where is it, whose turn, by when at the latest.
    package struct Progress: Codable, Sendable {
        package struct Event: Codable, Sendable {
            package var stage: SubmissionStage
            package var chinese: String
            package var english: String
            package var at: Date

            package init(stage: SubmissionStage, chinese: String, english: String, at: Date) {
                self.stage = stage
                self.chinese = chinese
                self.english = english
                self.at = at
            }
        }

        package var submissionID: UUID
        package var stage: SubmissionStage
        /// “现在由谁办理，最迟何时” in one Chinese sentence, and the same in English.
        package var chinese: String
        package var english: String
        package var dueOn: CalendarDay?
        /// True when ``dueOn`` is a limit set by rule, false when it is only a target (A8).
        package var dueIsLimit: Bool
        package var round: Int
        package var reason: ReturnReason?
        /// What whoever returned it wrote beside the reason; nil when nothing, or when it is not returned.
        package var note: String?
        package var history: [Event]

        package init(
            submissionID: UUID, stage: SubmissionStage, chinese: String, english: String, dueOn: CalendarDay?,
            dueIsLimit: Bool, round: Int, reason: ReturnReason?, history: [Event]
        ) {
            self.submissionID = submissionID
            self.stage = stage
            self.chinese = chinese
            self.english = english
            self.dueOn = dueOn
            self.dueIsLimit = dueIsLimit
            self.round = round
            self.reason = reason
            self.history = history
        }
    }
}
