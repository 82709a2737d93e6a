/// One paper or picture somebody must bring (N15).
package struct MaterialNeed: Hashable, Sendable {
    package let kind: MaterialKind
    /// Kinds that do as well; which of them it is depends on the person's papers.
    package let alternatives: [MaterialKind]
    /// What may be handed in when there is none of them, once the departments have confirmed it (N17).
    package let substitute: MaterialKind?

    package init(_ kind: MaterialKind, or alternatives: [MaterialKind] = [], instead substitute: MaterialKind? = nil) {
        self.kind = kind
        self.alternatives = alternatives
        self.substitute = substitute
    }

    /// All kinds that answer the need by themselves.
    package var kinds: [MaterialKind] { [self.kind] + self.alternatives }

    package var chinese: String { self.kinds.map(\.chinese).joined(separator: "或") }
    package var english: String { self.kinds.map(\.english).joined(separator: " or ") }
}

/// How things stand with one need.
package enum MaterialState: String, Codable, Sendable, CaseIterable {
    /// An image is in the system.
    case uploaded
    /// A clerk saw the original.
    case originalSeen
    /// A statement stands in for it, and was confirmed (N17).
    case confirmed
    /// A statement stands in for it, and is being compared (N17).
    case comparing
    /// A statement was handed in, and the departments could not confirm it (N17).
    case notConfirmed
    /// A signature belongs to an older content of the form.
    case outdated
    case missing

    package var isThere: Bool { self == .uploaded || self == .originalSeen || self == .confirmed }
}

/// What is on record for a submission: images, originals a clerk saw, and what became of a statement.
package struct MaterialEvidence: Hashable, Sendable {
    package var uploaded: Set<MaterialKind>
    package var originals: Set<MaterialKind>
    package var comparison: Comparison?

    package init(uploaded: Set<MaterialKind>, originals: Set<MaterialKind>, comparison: Comparison? = nil) {
        self.uploaded = uploaded
        self.originals = originals
        self.comparison = comparison
    }
}

/// Which papers a person of given categories must bring for a kind of card (N15), and what does instead (N17).
///
/// The national table is the standard. Provinces tighten it (N22): by asking for more, or for images where a clerk's look at
/// the original would do.
package struct MaterialRules: Hashable, Sendable {
    /// Asked for besides the national table, by kind of card.
    package var alsoRequired: [CardKind: [MaterialKind]]
    /// Kinds of which an image must be in the system; for the others a clerk's look at the original does.
    package var imagesRequired: Set<MaterialKind>

    package init(alsoRequired: [CardKind: [MaterialKind]] = [:], imagesRequired: Set<MaterialKind> = []) {
        self.alsoRequired = alsoRequired
        // The card is printed from the photo, and the departments compare the statement's text.
        self.imagesRequired = imagesRequired.union([.photo, .villageStatement, .ownStatement])
    }

    package static let national = MaterialRules()

    /// The national table with what a programme asks for beyond it (N22).
    package init(tightenedBy programme: Programme) {
        var further: [CardKind: [MaterialKind]] = [:]
        for kind in CardKind.allCases {
            let kinds = programme.extraMaterials(for: kind).compactMap(MaterialKind.init(rawValue:))
            if !kinds.isEmpty { further[kind] = kinds }
        }
        self.init(alsoRequired: further)
    }

    /// What must be there before the station's check can pass (R61).
    ///
    /// - Parameters:
    ///   - categories: all the person holds; those of the other kind of card ask for nothing (N3).
    ///   - livesInAnotherProvince: applies where they live, registered in another province (N10).
    ///   - hasGuardian: a guardian applies (N12).
    package func needs(
        for categories: Set<Category>, cardKind: CardKind, livesInAnotherProvince: Bool = false,
        hasGuardian: Bool = false
    ) -> [MaterialNeed] {
        var needs = [
            MaterialNeed(.photo), MaterialNeed(.applicationForm), MaterialNeed(.bankConfirmation),
            MaterialNeed(.identityCard), MaterialNeed(.householdRegister),
        ]
        switch cardKind {
        case .veteran:
            needs.append(MaterialNeed(.serviceDocument, instead: .villageStatement))
            if categories.contains(.disabledVeteran) { needs.append(MaterialNeed(.disabilityCertificate)) }
        case .bereavedFamily:
            needs += Self.deaths(of: categories)
            needs.append(MaterialNeed(.kinshipProof, instead: .ownStatement))
        }
        if livesInAnotherProvince { needs.append(MaterialNeed(.residencePermit)) }
        if hasGuardian { needs.append(MaterialNeed(.guardianshipProof)) }
        let known = Set(needs.map(\.kind))
        needs += (self.alsoRequired[cardKind] ?? []).filter { !known.contains($0) }.map { MaterialNeed($0) }
        return needs
    }

    /// A certificate for each kind of death the categories name; where they name none, any of the three.
    private static func deaths(of categories: Set<Category>) -> [MaterialNeed] {
        var needs: [MaterialNeed] = []
        if !categories.isDisjoint(with: [.martyrFamily, .martyrElderlyChild]) {
            needs.append(MaterialNeed(.martyrCertificate, instead: .ownStatement))
        }
        if categories.contains(.lineOfDutyFamily) {
            needs.append(MaterialNeed(.lineOfDutyCertificate, instead: .ownStatement))
        }
        if categories.contains(.illnessFamily) {
            needs.append(MaterialNeed(.illnessDeathCertificate, instead: .ownStatement))
        }
        guard needs.isEmpty else { return needs }
        return [
            MaterialNeed(
                .martyrCertificate, or: [.lineOfDutyCertificate, .illnessDeathCertificate], instead: .ownStatement)
        ]
    }

    /// How a need is met by what is on record.
    package func state(of need: MaterialNeed, by evidence: MaterialEvidence) -> MaterialState {
        if need.kinds.contains(where: evidence.uploaded.contains) { return .uploaded }
        if need.kinds.contains(where: { evidence.originals.contains($0) && !self.imagesRequired.contains($0) }) {
            return .originalSeen
        }
        guard let substitute = need.substitute, evidence.uploaded.contains(substitute) else { return .missing }
        return switch evidence.comparison {
        case .confirmed: .confirmed
        case .notConfirmed: .notConfirmed
        case .open, nil: .comparing
        }
    }

    /// The kinds of papers a clerk looks at and may tick off: every need's first kind for which no image is asked.
    package func originals(of needs: [MaterialNeed]) -> [MaterialKind] {
        needs.map(\.kind).filter {
            !self.imagesRequired.contains($0) && $0 != .applicationForm && $0 != .bankConfirmation
        }
    }
}
