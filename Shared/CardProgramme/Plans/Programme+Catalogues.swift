extension Programme {
    /// Papers a programme asks for beyond the national table (N22: provinces may tighten a rule).
    package struct ExtraMaterials: Codable, Hashable, Sendable {
        package let kind: CardKind
        /// Codes of kinds of material, for example "entitlementProof".
        package let materials: [String]
    }

    /// What a programme says about a reason for a return: who gives it, and what to do about it.
    package struct ReasonRule: Codable, Hashable, Sendable {
        package let reason: ReturnReason
        /// The levels that give it; empty for all.
        package let levels: [Level]
        /// Guidance in the office's own words; nil for the standard ones (R64).
        package let zh: String?
        package let en: String?
    }

    /// The kinds of card somebody of these categories may apply for under this programme; of two, the applicant chooses
    /// one (N3).
    package func cardKinds(for categories: Set<Category>) -> Set<CardKind> {
        categories.reduce(into: []) { $0.formUnion(self.cardKinds[$1] ?? CardKind.allowed(for: [$1])) }
    }

    /// Codes of the materials asked for beyond the national table for a kind of card (N22).
    package func extraMaterials(for kind: CardKind) -> [String] {
        self.materials.first { $0.kind == kind }?.materials ?? []
    }

    /// Whether a level gives this reason for a return. A reason the programme does not speak of may be given by all.
    package func allows(_ reason: ReturnReason, at level: Level) -> Bool {
        guard let rule = self.reasons.first(where: { $0.reason == reason }), !rule.levels.isEmpty else { return true }
        return rule.levels.contains(level)
    }

    /// What to do about a return, in the office's own words or the standard ones (R64).
    package func guidance(_ reason: ReturnReason) -> (zh: String, en: String) {
        let rule = self.reasons.first { $0.reason == reason }
        return (rule?.zh ?? reason.guidanceChinese, rule?.en ?? reason.guidanceEnglish)
    }
}
