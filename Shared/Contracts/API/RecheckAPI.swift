import CardProgramme
import FoundationEssentials

/// Bodies about what is left over when key verification begins (重点核查, R99–R102).
///
/// Every service that holds submissions answers `GET /api/recheck` about its own in the same shape; the bureau puts them
/// on review's docket, where each is investigated.
package enum RecheckAPI {
    /// Why something is on the list.
    package enum Problem: String, Codable, Sendable, CaseIterable {
        /// A level sent it back and nobody has mended it.
        case returned
        /// Its limit or target is past.
        case overdue
        /// Two lists say different things about it.
        case contradictory
        /// It waits for the province's ruling (N21).
        case suspended

        package var chinese: String {
            switch self {
            case .returned: "退回未更正"
            case .overdue: "超期未办"
            case .contradictory: "结果相互矛盾"
            case .suspended: "待省级研究"
            }
        }

        package var english: String {
            switch self {
            case .returned: "returned and not mended"
            case .overdue: "past its day"
            case .contradictory: "contradictory results"
            case .suspended: "waiting for a ruling"
            }
        }
    }

    /// Something left over, without anything personal.
    package struct LeftOver: Codable, Sendable, Equatable {
        package var submissionID: UUID
        package var division: String
        /// The town or street it belongs to.
        package var station: String
        package var stage: SubmissionStage
        /// Whose turn it is: the owner of the problem.
        package var owner: Holder
        package var problem: Problem
        package var round: Int
        package var since: Date
        package var dueOn: CalendarDay?
        package var lastReason: ReturnReason?

        package init(
            submissionID: UUID, division: String, station: String, stage: SubmissionStage, owner: Holder,
            problem: Problem, round: Int, since: Date, dueOn: CalendarDay? = nil, lastReason: ReturnReason? = nil
        ) {
            self.submissionID = submissionID
            self.division = division
            self.station = station
            self.stage = stage
            self.owner = owner
            self.problem = problem
            self.round = round
            self.since = since
            self.dueOn = dueOn
            self.lastReason = lastReason
        }
    }

    /// `GET /api/recheck?limit=&after=` of intake, verification and review: by id, so that a page is told by its last one.
    package struct LeftOvers: Codable, Sendable {
        package var items: [LeftOver]
        /// What to ask for as `after` next; nil on the last page.
        package var next: UUID?

        package init(items: [LeftOver], next: UUID?) {
            self.items = items
            self.next = next
        }
    }

    /// `POST /api/docket` of review: takes what services listed onto the docket, at most 500 a call.
    package struct Listing: Codable, Sendable {
        package var items: [LeftOver]

        package init(items: [LeftOver]) { self.items = items }
    }

    /// Answer to it.
    package struct Listed: Codable, Sendable, Equatable {
        /// New on the docket, or back on it.
        package var opened: Int
        /// On it already.
        package var known: Int

        package init(opened: Int, known: Int) {
            self.opened = opened
            self.known = known
        }
    }

    /// Where an investigation stands.
    package enum State: String, Codable, Sendable, CaseIterable {
        case open
        /// Put right; it goes through the same steps again (R101).
        case solved
        /// For the leading group's meeting (R102).
        case hardCase
    }

    /// One entry of the docket.
    package struct Entry: Codable, Sendable {
        package var item: LeftOver
        package var state: State
        package var listedAt: Date
        package var findings: [Finding]
        /// For the next change; another one means that somebody was faster.
        package var revision: Int

        package init(item: LeftOver, state: State, listedAt: Date, findings: [Finding], revision: Int) {
            self.item = item
            self.state = state
            self.listedAt = listedAt
            self.findings = findings
            self.revision = revision
        }
    }

    /// Something an investigation brought to light (R100). Its text is kept sealed.
    package struct Finding: Codable, Sendable, Equatable {
        package var text: String
        package var foundAt: Date
        /// Opaque id of who noted it.
        package var by: String

        package init(text: String, foundAt: Date, by: String) {
            self.text = text
            self.foundAt = foundAt
            self.by = by
        }
    }

    /// `GET /api/docket?station=&state=&limit=&offset=`: by town, then by age.
    package struct Docket: Codable, Sendable {
        package var entries: [Entry]
        package var total: Int

        package init(entries: [Entry], total: Int) {
            self.entries = entries
            self.total = total
        }
    }

    /// `POST /api/docket/{submissionID}/findings`
    package struct NewFinding: Codable, Sendable {
        package var text: String
        package var revision: Int

        package init(text: String, revision: Int) {
            self.text = text
            self.revision = revision
        }
    }

    /// `POST /api/docket/{submissionID}/outcome`: `solved` or `hardCase`.
    package struct Conclusion: Codable, Sendable {
        package var state: State
        package var revision: Int

        package init(state: State, revision: Int) {
            self.state = state
            self.revision = revision
        }
    }
}
