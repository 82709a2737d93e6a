import CardProgramme
import Contracts

/// What a submission needs and how each need stands (R61, N15–N17).
struct MaterialCheck: Sendable {
    struct Item: Sendable, Equatable {
        let need: MaterialNeed
        let state: MaterialState
    }

    let items: [Item]

    var missing: [Item] { self.items.filter { !$0.state.isThere } }
    var isComplete: Bool { self.missing.isEmpty }

    /// - Parameter originals: seen by a clerk, those recorded and those just ticked off.
    init(
        _ submission: SubmissionRecord, facts: PersonFacts, originals: Set<MaterialKind>, rules: MaterialRules
    ) {
        let evidence = MaterialEvidence(
            uploaded: Set(submission.materials.map(\.kind)), originals: originals, comparison: submission.comparison)
        let needs = rules.needs(
            for: facts.categorySet, cardKind: submission.cardKind,
            livesInAnotherProvince: facts.isRegisteredOutsideProvince(of: submission.division),
            hasGuardian: facts.hasGuardian)
        self.items = needs.map { need in
            let state: MaterialState =
                switch need.kind {
                case .applicationForm:
                    Self.form(
                        need, signed: submission.applicationFormSigned, submission.applicationFormDigest,
                        FormContent.applicationForm(submission, facts), evidence, rules)
                case .bankConfirmation:
                    Self.form(
                        need, signed: submission.bankConfirmationSigned, submission.bankConfirmationDigest,
                        FormContent.bankConfirmation(submission, facts), evidence, rules)
                default: rules.state(of: need, by: evidence)
                }
            return Item(need: need, state: state)
        }
    }

    /// What to bring before anything is handed in.
    init(_ facts: PersonFacts, cardKind: CardKind, division: String, rules: MaterialRules) {
        self.items = rules.needs(
            for: facts.categorySet, cardKind: cardKind,
            livesInAnotherProvince: facts.isRegisteredOutsideProvince(of: division), hasGuardian: facts.hasGuardian
        ).map { Item(need: $0, state: .missing) }
    }

    /// A signature counts for the content that was signed, and for no other (R66). Without an image the station keeps the
    /// signed paper, unless the rules ask for the image.
    private static func form(
        _ need: MaterialNeed, signed: Bool, _ digest: [UInt8]?, _ content: FormContent, _ evidence: MaterialEvidence,
        _ rules: MaterialRules
    ) -> MaterialState {
        guard signed else { return .missing }
        guard digest == content.digest else { return .outdated }
        if evidence.uploaded.contains(need.kind) { return .uploaded }
        return rules.imagesRequired.contains(need.kind) ? .missing : .originalSeen
    }
}

extension MaterialCheck.Item {
    /// What is wrong with it and what to do, for a list of several.
    var chinese: String {
        switch self.state {
        case .uploaded, .originalSeen, .confirmed: self.need.chinese
        case .comparing: "\(self.need.chinese)（以\(self.need.substitute?.chinese ?? "说明")代替，正在由区局会同有关部门比对）"
        case .notConfirmed: "\(self.need.chinese)（\(self.need.substitute?.chinese ?? "说明")经比对未能证实，须另行提供）"
        case .outdated: "\(self.need.chinese)（签字后档案或申领内容有变更，须重新打印并签字）"
        case .missing:
            self.need.substitute.map { "\(self.need.chinese)（确无证件的，可提交\($0.chinese)）" } ?? self.need.chinese
        }
    }

    var english: String {
        switch self.state {
        case .uploaded, .originalSeen, .confirmed: self.need.english
        case .comparing: "\(self.need.english) (a statement stands in for it and is being compared)"
        case .notConfirmed: "\(self.need.english) (the statement could not be confirmed)"
        case .outdated: "\(self.need.english) (the content changed after it was signed: print and sign it again)"
        case .missing:
            self.need.substitute.map { "\(self.need.english) (if there is none: \($0.english))" } ?? self.need.english
        }
    }
}

extension IntakeAPI.Checklist {
    init(_ check: MaterialCheck, file: PersonFile, submission: SubmissionRecord?, cardKind: CardKind) {
        let missing = check.missing
        self.init(
            personID: file.id, submissionID: submission?.id, cardKind: cardKind,
            items: check.items.map {
                Item(
                    kind: $0.need.kind, chinese: $0.chinese, english: $0.english, state: $0.state,
                    instead: $0.need.substitute)
            }, isComplete: missing.isEmpty,
            chinese: missing.isEmpty
                ? "材料齐全，无需再带其他材料。"
                : "来办理时请带齐：\(missing.map(\.chinese).joined(separator: "、"))。",
            english: missing.isEmpty
                ? "Everything is there; nothing else need be brought."
                : "Please bring: \(missing.map(\.english).joined(separator: "; ")).")
    }
}

extension PersonFacts {
    /// Applies where they live and is registered in another province (N10).
    func isRegisteredOutsideProvince(of division: String) -> Bool {
        self.registeredDivision.map { DivisionCode.areOfDifferentProvinces($0, division) } ?? false
    }

    /// A guardian applies (N12).
    var hasGuardian: Bool { (self.civilCapacity ?? .full) != .full }
}
