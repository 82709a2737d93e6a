/// How long a text is as a short message in UCS-2, and in how many parts it travels.
///
/// Counted in UTF-16 units, as the network does (3GPP TS 23.040: 140 octets a part): a rare character of a name outside
/// the basic plane is two, a line break of CR and LF too. The signature 【…】 is part of the text.
package struct SMSLength: Hashable, Sendable {
    /// What fits into one message.
    package static let single = 70
    /// What fits into each part of a longer one, beside the six octets that say which part it is.
    package static let part = 67

    /// UTF-16 units in all.
    package let units: Int
    /// Units of each part in order; one element for a text of at most 70, none for an empty one.
    package let segments: [Int]

    /// What the carrier bills.
    package var parts: Int { self.segments.count }

    package init(_ text: String) {
        let units = Array(text.utf16)
        self.units = units.count
        guard units.count > Self.single else {
            self.segments = units.isEmpty ? [] : [units.count]
            return
        }
        var segments: [Int] = []
        var start = 0
        while start < units.count {
            var end = min(start + Self.part, units.count)
            // A pair cut in two is two characters nobody can read: it goes to the next part as a whole. That is why
            // parts are counted by cutting, not by dividing.
            if end < units.count, UTF16.isLeadSurrogate(units[end - 1]) { end -= 1 }
            segments.append(end - start)
            start = end
        }
        self.segments = segments
    }
}
