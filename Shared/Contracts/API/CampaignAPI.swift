import CardProgramme
import FoundationEssentials

/// Bodies of `/api/campaigns`, `/api/letters` and `/api/inquiries`: outreach until every single person is accounted for (R25,
/// R26, R105). People appear by id only.
package enum CampaignAPI {
    /// `POST /api/campaigns`.
    package struct New: Codable, Sendable {
        /// The caller's own, so that the same again makes no second one.
        package var id: UUID
        /// 1 to 60 characters.
        package var title: String
        package var rule: OutreachRule
        /// Nil for the standard one.
        package var ladder: OutreachLadder?
        /// Messages in one hour, 1 to 1,000,000.
        package var messagesPerHour: Int
        /// Calls that may become due on one working day, 1 to 100,000: what the desk can carry.
        package var callsPerDay: Int
        /// What one part of a message costs, in 0.1 fen (厘), 0 to 10,000.
        package var partPrice: Int?

        package init(
            id: UUID, title: String, rule: OutreachRule, ladder: OutreachLadder? = nil, messagesPerHour: Int,
            callsPerDay: Int, partPrice: Int? = nil
        ) {
            self.id = id
            self.title = title
            self.rule = rule
            self.ladder = ladder
            self.messagesPerHour = messagesPerHour
            self.callsPerDay = callsPerDay
            self.partPrice = partPrice
        }
    }

    /// What whoever approves sees, counted once when the people were frozen.
    package struct Preview: Codable, Sendable, Equatable {
        package var people: Int
        /// How many are left out, by reason (``OutreachExclusion``).
        package var excluded: [String: Int]
        /// For how many each step of the ladder is the first, by its number from 1; 0 for those no step is for.
        package var firstStep: [String: Int]
        /// How many messages take how many parts, if the first message of each is sent; people who share a phone may be told
        /// in one, so it is at most this.
        package var parts: [String: Int]
        /// Of those, in 0.1 fen (厘).
        package var cost: Int?
        /// When the last first message can go out at the campaign's rate; nil where there is none, or not within a year.
        package var messagesEndAt: Date?
        /// Calls if nobody answers anything: the desk's burden at worst.
        package var mostCalls: Int
        /// The day on which the last of these would become due; nil where there are none, or not within a year.
        package var callsEndOn: CalendarDay?
        /// Who has no address on file: for them the letter is left out.
        package var withoutAddress: Int
        /// The longest message, with a made-up name of that length.
        package var longestText: String?
        /// Version of the words it was counted with; others make it void.
        package var templateVersion: Int

        package init(
            people: Int, excluded: [String: Int], firstStep: [String: Int], parts: [String: Int], cost: Int?,
            messagesEndAt: Date?, mostCalls: Int, callsEndOn: CalendarDay?, withoutAddress: Int, longestText: String?,
            templateVersion: Int
        ) {
            self.people = people
            self.excluded = excluded
            self.firstStep = firstStep
            self.parts = parts
            self.cost = cost
            self.messagesEndAt = messagesEndAt
            self.mostCalls = mostCalls
            self.callsEndOn = callsEndOn
            self.withoutAddress = withoutAddress
            self.longestText = longestText
            self.templateVersion = templateVersion
        }
    }

    package struct Campaign: Codable, Sendable {
        package var id: UUID
        package var version: Int
        package var title: String
        package var state: CampaignState
        package var stateInChinese: String
        package var rule: OutreachRule
        package var ladder: OutreachLadder
        package var messagesPerHour: Int
        package var callsPerDay: Int
        package var createdBy: String
        package var createdAt: Date
        package var approvedBy: String?
        package var closedBy: String?
        package var closedAt: Date?
        package var preview: Preview?
        /// Nil while people are being drawn.
        package var figures: Figures?

        package init(
            id: UUID, version: Int, title: String, state: CampaignState, rule: OutreachRule, ladder: OutreachLadder,
            messagesPerHour: Int, callsPerDay: Int, createdBy: String, createdAt: Date, approvedBy: String?,
            closedBy: String?, closedAt: Date?, preview: Preview?, figures: Figures?
        ) {
            self.id = id
            self.version = version
            self.title = title
            self.state = state
            self.stateInChinese = state.chinese
            self.rule = rule
            self.ladder = ladder
            self.messagesPerHour = messagesPerHour
            self.callsPerDay = callsPerDay
            self.createdBy = createdBy
            self.createdAt = createdAt
            self.approvedBy = approvedBy
            self.closedBy = closedBy
            self.closedAt = closedAt
            self.preview = preview
            self.figures = figures
        }
    }

    /// Σ outcomes + open = drawn + added, always.
    package struct Figures: Codable, Sendable, Equatable {
        package var drawn: Int
        package var added: Int
        package var open: Int
        /// Of the open ones, by the step they stand at, from 1; `end` for those who have gone through all.
        package var openByStep: [String: Int]
        /// By ``OutreachOutcome``.
        package var outcomes: [String: Int]

        package init(drawn: Int, added: Int, open: Int, openByStep: [String: Int], outcomes: [String: Int]) {
            self.drawn = drawn
            self.added = added
            self.open = open
            self.openByStep = openByStep
            self.outcomes = outcomes
        }
    }

    /// `GET /api/campaigns`: the newest first, without figures.
    package struct List: Codable, Sendable {
        package var campaigns: [Campaign]

        package init(campaigns: [Campaign]) {
            self.campaigns = campaigns
        }
    }

    /// `POST /api/campaigns/{id}/acts`.
    package struct Act: Codable, Sendable {
        package var act: CampaignAct
        /// As the caller saw it.
        package var version: Int

        package init(act: CampaignAct, version: Int) {
            self.act = act
            self.version = version
        }
    }

    /// One person's line.
    package struct Line: Codable, Sendable {
        package var person: UUID
        /// The step they stand at, from 1; nil at the ladder's end.
        package var step: Int?
        package var means: OutreachMeans?
        /// What comes next is looked at then.
        package var dueAt: Date?
        package var outcome: OutreachOutcome?
        package var outcomeInChinese: String?
        package var evidence: OutreachEvidence?
        /// Id of what shows it.
        package var evidenceID: UUID?
        package var endedAt: Date?
        /// Why they were added afterwards.
        package var addedWhy: String?
        /// Who has signed that everything was tried.
        package var signedBy: String?

        package init(
            person: UUID, step: Int?, means: OutreachMeans?, dueAt: Date?, outcome: OutreachOutcome?,
            evidence: OutreachEvidence?, evidenceID: UUID?, endedAt: Date?, addedWhy: String?, signedBy: String?
        ) {
            self.person = person
            self.step = step
            self.means = means
            self.dueAt = dueAt
            self.outcome = outcome
            self.outcomeInChinese = outcome?.chinese
            self.evidence = evidence
            self.evidenceID = evidenceID
            self.endedAt = endedAt
            self.addedWhy = addedWhy
            self.signedBy = signedBy
        }
    }

    /// `GET /api/campaigns/{id}/people?which=open|ended|end|all&after=&limit=`, in the order of ids.
    package struct Lines: Codable, Sendable {
        package var people: [Line]
        /// What to ask for next; nil at the end.
        package var next: UUID?

        package init(people: [Line], next: UUID?) {
            self.people = people
            self.next = next
        }
    }

    /// `POST /api/campaigns/{id}/people`: somebody the rule did not find.
    package struct Addition: Codable, Sendable {
        package var person: UUID
        /// 1 to 100 characters.
        package var reason: String

        package init(person: UUID, reason: String) {
            self.person = person
            self.reason = reason
        }
    }

    /// `POST /api/campaigns/{id}/people/{person}/outcome`: what a member of staff knows; or, for `unreached`, the signature of
    /// one of two.
    package struct Finding: Codable, Sendable {
        package var outcome: OutreachOutcome
        /// How it is known, 1 to 200 characters.
        package var evidence: String

        package init(outcome: OutreachOutcome, evidence: String) {
            self.outcome = outcome
            self.evidence = evidence
        }
    }
}
