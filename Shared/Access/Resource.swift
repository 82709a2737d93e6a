import FoundationEssentials

/// What a call is about, as far as deciding needs to know.
package struct Resource: Sendable, Hashable {
    /// Division the thing belongs to, for example `341602`.
    package let division: String
    /// Station whose person, submission or card it is; `nil` when it belongs to the whole division, which is out of a
    /// station's reach.
    package let station: String?
    /// The person it concerns; `nil` when it concerns none in particular, which is out of an applicant's reach.
    package let person: UUID?

    package init(division: String, station: String? = nil, person: UUID? = nil) {
        self.division = division
        self.station = station
        self.person = person
    }

    /// Exactly what the caller is responsible for: what a list without further conditions is about.
    package static func reach(of principal: Principal) -> Resource {
        Resource(division: principal.division, station: principal.station, person: principal.person)
    }
}
