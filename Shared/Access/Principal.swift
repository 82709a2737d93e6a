import FoundationEssentials

/// Who is calling: the verified content of a token.
package struct Principal: Codable, Sendable, Hashable {
    /// Opaque id of the staff account or of the person; never a name or an identity number.
    package let subject: String
    package let role: Role
    /// Administrative division code the caller is responsible for, for example `341602`; trailing `00` pairs widen it
    /// (`341600` is the whole city, `340000` the province).
    package let division: String
    /// Code of the service station, for example `341602-01`. Present exactly when the role is ``Role/station`` or
    /// ``Role/homeTeam``.
    package let station: String?
    /// The one person an applicant may act for. Present exactly when the role is ``Role/applicant``.
    package let person: UUID?

    package init(subject: String, role: Role, division: String, station: String? = nil, person: UUID? = nil) {
        self.subject = subject
        self.role = role
        self.division = division
        self.station = station
        self.person = person
    }

    /// Whether role and reach belong together. A station token without its station, or an applicant token without its
    /// person, would reach too much or nothing, so neither is ever accepted.
    package var isCoherent: Bool {
        guard !self.subject.isEmpty, self.subject.utf8.count <= 128, !self.division.isEmpty,
            self.division.utf8.count <= 12, self.division.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return false }
        return (self.role == .station || self.role == .homeTeam) == (self.station?.isEmpty == false)
            && (self.role == .applicant) == (self.person != nil)
    }
}
