import CardProgramme
import Testing

@Suite("Replacing a card")
struct CardRulesTests {
    /// N27 and N28 written out a second time on purpose.
    static let rules:
        [(
            ground: ReplacementGround, fee: ReplacementGround.Fee, old: Bool, closed: Bool,
            places: Set<ReplacementGround.Place>
        )] = [
            (.unreadable, .bankDecides, true, false, [.bank]), (.stainedOrBroken, .bankDecides, true, false, [.bank]),
            (.dataChange, .free, true, false, [.station]), (.provinceChange, .free, true, true, [.station]),
            (.kindChange, .free, true, false, [.station]), (.other, .bankDecides, true, false, [.station]),
            (.loss, .charged, false, false, [.bank, .station]),
            (.cardDefect, .free, true, false, [.bank, .station]),
            (.bankFunctionExpired, .free, true, false, [.bank, .station]),
            (.notCollected, .charged, false, false, [.bank, .station]),
        ]

    @Test("asks for what the measure says: fee, old card, closed account, where")
    func grounds() {
        #expect(Set(Self.rules.map(\.ground)) == Set(ReplacementGround.allCases))
        for rule in Self.rules {
            #expect(rule.ground.fee(holdersFault: nil) == rule.fee, "\(rule.ground)")
            #expect(rule.ground.needsOldCard == rule.old, "\(rule.ground)")
            #expect(rule.ground.needsClosedAccount == rule.closed, "\(rule.ground)")
            #expect(rule.ground.places == rule.places, "\(rule.ground)")
        }
    }

    @Test("charges a spoiled card to whoever spoiled it, and nobody else")
    func fault() {
        for ground in ReplacementGround.allCases {
            if ground.asksForFault {
                #expect(ground.fee(holdersFault: true) == .charged && ground.fee(holdersFault: false) == .free)
            } else {
                #expect(ground.fee(holdersFault: true) == ground.fee(holdersFault: false))
            }
        }
    }

    @Test("is possible exactly from the stages the state machine lets it begin")
    func stages() {
        let possible = Set(SubmissionStateMachine.stages(allowing: .replacementAccepted))
        #expect(ReplacementGround.allCases.reduce(into: Set()) { $0.formUnion($1.stages) } == possible)
        #expect(ReplacementGround.loss.stages == [.cardLost])
    }

    @Test("a damage report goes up one level at a time and ends with the answer")
    func report() {
        var states: [DamageReportState] = [.written]
        while let next = states.last?.next { states.append(next) }
        #expect(states == [.written, .reportedToCity, .reportedToProvince, .answered])
        #expect(states.map(\.hasReachedProvince) == [false, false, true, true])
    }

    @Test("says everything in both languages")
    func words() {
        for ground in ReplacementGround.allCases { #expect(!ground.chinese.isEmpty && !ground.english.isEmpty) }
        for damage in ParcelDamage.allCases { #expect(!damage.chinese.isEmpty && !damage.english.isEmpty) }
        for state in DamageReportState.allCases { #expect(!state.chinese.isEmpty && !state.english.isEmpty) }
        #expect(Set(DeliveryProof.allCases.map(\.chinese)).count == DeliveryProof.allCases.count)
        #expect(
            Set(CardReceiver.allCases.map(\.chinese)).count == 4 && CardReceiver.allCases.count(where: \.isProxy) == 3)
        #expect(TraceOutcome.allCases.allSatisfy { !$0.chinese.isEmpty })
        #expect(LossReport.temporaryDays == 5...15)
    }

    @Test("codes are stable")
    func codes() {
        #expect(
            ReplacementGround.allCases.map(\.rawValue) == [
                "unreadable", "stainedOrBroken", "dataChange", "provinceChange", "kindChange", "other", "loss",
                "cardDefect", "bankFunctionExpired", "notCollected",
            ])
        #expect(CardReceiver.allCases.map(\.rawValue) == ["holder", "guardian", "relative", "authorised"])
        #expect(
            DeliveryProof.allCases.map(\.rawValue) == [
                "signature", "photo", "identityCard", "householdRegister", "guardianshipPaper", "authorisation",
            ])
        #expect(
            ParcelDamage.allCases.map(\.rawValue) == [
                "envelopeDamaged", "cardsDamaged", "cardsMissing", "cardsTooMany",
            ])
        #expect(TraceOutcome.allCases.map(\.rawValue) == ["remade", "found", "writtenOff"])
    }
}
