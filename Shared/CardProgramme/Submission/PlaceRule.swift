/// Which of the two places of a person a submission rests on (R37, N9).
package enum PlaceOfSubmission: String, Codable, Sendable, CaseIterable {
    /// 户籍地, where one applies in principle.
    case registered
    /// 常住地, where one may apply who does not live at the first.
    case residence
}

/// Where to hand in, and which province issues (N9–N11).
package struct PlaceRule: Hashable, Sendable {
    /// Why it cannot be handed in here. Nothing here is about a person, so it may stand in logs.
    package enum Refusal: Error, Hashable, Sendable {
        /// The district is neither of the two places.
        case neitherPlace
        /// Only who lives in another province than that of registration can choose the issuing province (N10).
        case noChoiceOfProvince
        /// The programme has put issuing for people registered elsewhere on hold (N11).
        case onHold
    }

    /// 暂缓: cards that the residence's province would issue are not taken until its own rules are out (N11).
    package var holdsResidenceProvince: Bool

    package init(holdsResidenceProvince: Bool = false) {
        self.holdsResidenceProvince = holdsResidenceProvince
    }

    /// - Parameters:
    ///   - district: six digits of the programme; trailing 00 pairs widen it.
    ///   - issuer: whose province shall issue; nil for that of registration, as is the rule.
    package func decide(
        district: String, registered: String, resident: String, issuer: PlaceOfSubmission?
    ) throws(Refusal) -> (place: PlaceOfSubmission, issuer: PlaceOfSubmission) {
        let place: PlaceOfSubmission
        if Self.covers(district, registered) {
            place = .registered
        } else if Self.covers(district, resident) {
            place = .residence
        } else {
            throw .neitherPlace
        }
        guard issuer == .residence else { return (place, .registered) }
        guard place == .residence, DivisionCode.areOfDifferentProvinces(registered, resident) else {
            throw .noChoiceOfProvince
        }
        guard !self.holdsResidenceProvince else { throw .onHold }
        return (place, .residence)
    }

    private static func covers(_ district: String, _ division: String) -> Bool {
        var prefix = district.utf8[...]
        while prefix.count > 2, prefix.suffix(2).elementsEqual("00".utf8) { prefix = prefix.dropLast(2) }
        return !prefix.isEmpty && division.utf8.starts(with: prefix)
    }
}
