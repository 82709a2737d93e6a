import FoundationEssentials

/// The roster as lists: what other offices hand over, and what staff settle about it.
extension IntakeAPI {
    /// `POST /api/roster`: people of a list, at most 1000 at a time. Each is answered by itself; a list sent twice changes
    /// nothing, and what an entry leaves out stays as it is on file.
    package struct RosterList: Codable, Sendable {
        package struct Entry: Codable, Sendable {
            /// The line it stands on in its list, to be found again.
            package var line: Int
            package var person: Registration

            package init(line: Int, person: Registration) {
                self.line = line
                self.person = person
            }
        }

        package static let most = 1000
        package var entries: [Entry]

        package init(entries: [Entry]) { self.entries = entries }
    }

    /// What became of each entry, in their order.
    package struct RosterAnswer: Codable, Sendable {
        package enum Outcome: String, Codable, Sendable, CaseIterable {
            case created, updated, unchanged, refused
        }

        package struct Result: Codable, Sendable {
            package var line: Int
            package var outcome: Outcome
            /// The file; of a refused entry the file it most likely means, if there is one.
            package var personID: UUID?
            /// Another file that looks like the same person: same name, birth date and unit, another number.
            package var likely: UUID?
            /// Why it was refused, and what to do.
            package var code: String?
            package var zh: String?
            package var en: String?

            package init(
                line: Int, outcome: Outcome, personID: UUID? = nil, likely: UUID? = nil, code: String? = nil,
                zh: String? = nil, en: String? = nil
            ) {
                self.line = line
                self.outcome = outcome
                self.personID = personID
                self.likely = likely
                self.code = code
                self.zh = zh
                self.en = en
            }
        }

        package var results: [Result]

        package init(results: [Result]) { self.results = results }
    }

    /// `GET /api/roster/doubles?limit=&after=`: files that look like one person entered twice.
    package struct Doubles: Codable, Sendable {
        package struct Pair: Codable, Sendable {
            package var one: Person
            package var other: Person

            package init(one: Person, other: Person) {
                self.one = one
                self.other = other
            }
        }

        package var pairs: [Pair]
        package var total: Int

        package init(pairs: [Pair], total: Int) {
            self.pairs = pairs
            self.total = total
        }
    }

    /// `POST /api/roster/doubles`: what a person found out about a pair.
    package struct DoubleVerdict: Codable, Sendable {
        package var one: UUID
        package var other: UUID
        /// The file that is kept when both are one person; nil when they are two people.
        package var keep: UUID?

        package init(one: UUID, other: UUID, keep: UUID?) {
            self.one = one
            self.other = other
            self.keep = keep
        }
    }

    /// `GET /api/persons/{id}/household`: everybody of the same household number, the asked one included (R26).
    package struct Household: Codable, Sendable {
        package var members: [Person]

        package init(members: [Person]) { self.members = members }
    }

    /// `GET /api/roster/figures`: who is on the roster and how far, per station (R25, R26).
    package struct RosterFigures: Codable, Sendable {
        package struct Station: Codable, Sendable {
            package var station: String
            package var people: Int
            package var completeFiles: Int
            /// With a submission that was not refused.
            package var submitted: Int
            package var delivered: Int

            package init(station: String, people: Int, completeFiles: Int, submitted: Int, delivered: Int) {
                self.station = station
                self.people = people
                self.completeFiles = completeFiles
                self.submitted = submitted
                self.delivered = delivered
            }
        }

        package var stations: [Station]

        package init(stations: [Station]) { self.stations = stations }
    }
}
