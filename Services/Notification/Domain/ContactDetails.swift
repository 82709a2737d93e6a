import Contracts

/// Name and phones, and whom else to call. Sealed at rest; phones leave this service only masked.
struct ContactDetails: Codable, Sendable, Equatable {
    let name: String
    let phones: [String]
    /// Guardian, relatives and helpers (N12, R15); nil when nobody is on file.
    var related: [Contact.Related]?
    /// Where a letter finds them; nil when none is on file.
    var address: String?

    /// Every number as it was written down, the person's own first; a place in this list is how the database names one.
    var numbers: [(text: String, isOwn: Bool, relation: String?)] {
        self.phones.map { ($0, true, nil) }
            + (self.related ?? []).flatMap { related in related.phones.map { ($0, false, related.relation) } }
    }
}

/// Phone numbers as far as staff need them to recognise one.
enum PhoneMask {
    /// Shows the first three and the last four characters of a number of eleven or more, and of a shorter one a third,
    /// at most two, from its end.
    ///
    /// What is hidden keeps its count, so that a number typed too short is noticed.
    static func mask(_ phone: String) -> String {
        let (head, tail) = phone.count >= 11 ? (3, 4) : (0, min(2, phone.count / 3))
        return phone.prefix(head) + String(repeating: "*", count: phone.count - head - tail) + phone.suffix(tail)
    }
}
