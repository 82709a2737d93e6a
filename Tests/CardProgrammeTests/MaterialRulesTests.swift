import CardProgramme
import Testing

/// Who brings what (N15), what does instead (N17), where to hand in (N9–N11).
@Suite struct MaterialRulesTests {
    private let rules = MaterialRules.national

    private func kinds(_ categories: Set<CardProgramme.Category>, _ cardKind: CardKind) -> [MaterialKind] {
        self.rules.needs(for: categories, cardKind: cardKind).map(\.kind)
    }

    private static let always: [MaterialKind] = [
        .photo, .applicationForm, .bankConfirmation, .identityCard, .householdRegister,
    ]

    @Test func everybodyBringsWhatEverybodyBrings() {
        for category in Category.allCases {
            for kind in CardKind.allowed(for: [category]) {
                #expect(Array(self.kinds([category], kind).prefix(5)) == Self.always, "\(category)")
            }
        }
    }

    @Test(
        arguments: [
            ([.otherVeteran], .veteran, [.serviceDocument]),
            ([.disabledVeteran], .veteran, [.serviceDocument, .disabilityCertificate]),
            ([.martyrFamily], .bereavedFamily, [.martyrCertificate, .kinshipProof]),
            ([.martyrElderlyChild], .bereavedFamily, [.martyrCertificate, .kinshipProof]),
            ([.lineOfDutyFamily], .bereavedFamily, [.lineOfDutyCertificate, .kinshipProof]),
            ([.illnessFamily], .bereavedFamily, [.illnessDeathCertificate, .kinshipProof]),
            (
                [.martyrFamily, .illnessFamily], .bereavedFamily,
                [.martyrCertificate, .illnessDeathCertificate, .kinshipProof]
            ),
            // Of two entitlements, the card chosen decides (N3).
            ([.disabledVeteran, .martyrFamily], .bereavedFamily, [.martyrCertificate, .kinshipProof]),
            ([.disabledVeteran, .martyrFamily], .veteran, [.serviceDocument, .disabilityCertificate]),
        ] as [(Set<CardProgramme.Category>, CardKind, [MaterialKind])])
    func theCategoriesDecideThePapers(
        categories: Set<CardProgramme.Category>, kind: CardKind, papers: [MaterialKind]
    ) {
        #expect(self.kinds(categories, kind) == Self.always + papers)
    }

    @Test func whereNoDeathIsNamedAnyCertificateDoes() throws {
        let need = try #require(
            self.rules.needs(for: [.otherPreferential], cardKind: .bereavedFamily).first {
                $0.kind == .martyrCertificate
            })
        for kind in [MaterialKind.martyrCertificate, .lineOfDutyCertificate, .illnessDeathCertificate] {
            let evidence = MaterialEvidence(uploaded: [], originals: [kind])
            #expect(self.rules.state(of: need, by: evidence) == .originalSeen)
        }
    }

    @Test func placesAndGuardiansAskForMore() {
        let needs = self.rules.needs(
            for: [.otherVeteran], cardKind: .veteran, livesInAnotherProvince: true, hasGuardian: true)
        #expect(needs.suffix(2).map(\.kind) == [.residencePermit, .guardianshipProof])
    }

    @Test func anOriginalDoesForPapersAndNotForThePhoto() {
        let evidence = MaterialEvidence(uploaded: [], originals: Set(MaterialKind.allCases))
        for need in self.rules.needs(for: [.disabledVeteran], cardKind: .veteran) {
            let state = self.rules.state(of: need, by: evidence)
            #expect(state == (need.kind == .photo ? .missing : .originalSeen), "\(need.kind)")
        }
    }

    @Test func aStatementCountsOnlyWhenItWasConfirmed() throws {
        let need = try #require(
            self.rules.needs(for: [.otherVeteran], cardKind: .veteran).first { $0.kind == .serviceDocument })
        func state(_ uploaded: Set<MaterialKind>, _ comparison: Comparison?) -> MaterialState {
            self.rules.state(
                of: need, by: MaterialEvidence(uploaded: uploaded, originals: [], comparison: comparison))
        }
        #expect(state([], nil) == .missing)
        #expect(state([.villageStatement], nil) == .comparing)
        #expect(state([.villageStatement], .open) == .comparing)
        #expect(state([.villageStatement], .notConfirmed) == .notConfirmed)
        #expect(state([.villageStatement], .confirmed) == .confirmed)
        // The other kind of statement is for bereaved family.
        #expect(state([.ownStatement], .confirmed) == .missing)
        // A statement nobody saw but the clerk cannot be compared.
        let seen = MaterialEvidence(uploaded: [], originals: [.villageStatement], comparison: .confirmed)
        #expect(self.rules.state(of: need, by: seen) == .missing)
        #expect(state([.serviceDocument], .notConfirmed) == .uploaded)
        for open in [MaterialState.comparing, .notConfirmed, .missing, .outdated] { #expect(!open.isThere) }
    }

    @Test func aProvinceTightensTheTable() throws {
        let strict = MaterialRules(
            alsoRequired: [.veteran: [.meritDocument, .identityCard]], imagesRequired: [.identityCard])
        let needs = strict.needs(for: [.otherVeteran], cardKind: .veteran)
        #expect(needs.count { $0.kind == .identityCard } == 1 && needs.last?.kind == .meritDocument)
        let need = try #require(needs.first { $0.kind == .identityCard })
        #expect(
            strict.state(of: need, by: MaterialEvidence(uploaded: [], originals: [.identityCard])) == .missing)
        #expect(!strict.originals(of: needs).contains(.identityCard))
    }

    @Test func everyKindHasItsNamesInBothLanguages() {
        for kind in MaterialKind.allCases {
            #expect(kind.chinese.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
            #expect(kind.english.utf8.allSatisfy { $0 < 0x80 || $0 == 0xE2 } && kind.english.count > 4)
        }
        #expect(Set(MaterialKind.allCases.map(\.chinese)).count == MaterialKind.allCases.count)
    }

    // MARK: - Places

    @Test(
        arguments: [
            ("341602", "341602", "341602", .registered), ("341602", "341602", "310115", .registered),
            ("341602", "341623", "341602", .residence), ("341602", "410101", "341602", .residence),
            ("341600", "341623", "310115", .registered), ("340000", "341623", "310115", .registered),
        ] as [(String, String, String, PlaceOfSubmission)])
    func oneAppliesWhereOneIsRegisteredOrLives(
        district: String, registered: String, resident: String, place: PlaceOfSubmission
    ) throws {
        let decided = try PlaceRule().decide(
            district: district, registered: registered, resident: resident, issuer: nil)
        #expect(decided.place == place && decided.issuer == .registered)
    }

    private func refusal(
        _ registered: String, _ resident: String, _ issuer: PlaceOfSubmission?, by rule: PlaceRule = PlaceRule()
    ) -> PlaceRule.Refusal? {
        do throws(PlaceRule.Refusal) {
            _ = try rule.decide(district: "341602", registered: registered, resident: resident, issuer: issuer)
            return nil
        } catch {
            return error
        }
    }

    @Test func elsewhereAndWithoutAChoiceItIsRefused() {
        #expect(self.refusal("341623", "341621", nil) == .neitherPlace)
        #expect(self.refusal("", "", nil) == .neitherPlace)
        // Of the same province, or handed in at the place of registration: there is nothing to choose (N10).
        #expect(self.refusal("341623", "341602", .residence) == .noChoiceOfProvince)
        #expect(self.refusal("341602", "310115", .residence) == .noChoiceOfProvince)
        #expect(self.refusal("410101", "341602", .residence) == nil)
        #expect(self.refusal("410101", "341602", .registered) == nil)
        let held = PlaceRule(holdsResidenceProvince: true)
        #expect(self.refusal("410101", "341602", .residence, by: held) == .onHold)
        #expect(self.refusal("410101", "341602", nil, by: held) == nil)
    }
}
