import CardProgramme
import Testing

/// Random people of staff in random roles, deciding at random about one submission.
@Suite("Random staff actions")
struct StaffWalkTests {
    private static func passing(_ step: SubmissionStep) -> Level? {
        switch step {
        case .checkPassed: .station
        case .verificationPassed: .centre
        case .initialReviewPassed: .bureau
        case .auditPassed: .city
        case .filed, .filedForBank: .province
        case .bankCheckPassed: .bank
        default: nil
        }
    }

    /// A return undoes the passes of the level it leads to and of all above.
    private static func undone(by step: SubmissionStep) -> [Level] {
        switch step {
        case .corrected, .checkReturned, .verificationReturned: Level.allCases
        case .initialReviewReturned: [.centre, .bureau, .city, .province, .bank]
        case .auditReturned, .bankCheckReturned: [.bureau, .city, .province, .bank]
        default: []
        }
    }

    /// The steps whose decision a reopening takes back; it is possible only right after one of them.
    private static func takenBack(by step: SubmissionStep) -> [SubmissionStep]? {
        switch step {
        case .auditReopened: [.auditPassed, .auditReturned]
        case .filingReopened: [.filedForBank]
        case .bankCheckReopened: [.bankCheckReturned]
        default: nil
        }
    }

    /// Where the province's clearing leads, which must be where the submission was put off.
    private static func cleared(_ step: SubmissionStep) -> [SubmissionStage]? {
        switch step {
        case .clearedForReview: [.awaitingInitialReview, .returnedToBureau]
        case .clearedForAudit: [.awaitingAudit]
        case .clearedForFiling: [.awaitingFiling]
        case .clearedForBank: [.awaitingBankCheck]
        default: nil
        }
    }

    @Test(
        "never decide a level twice, never bring one person to two levels, and reach a card only past every level",
        arguments: [1, 20_220_301, 987_654_321] as [UInt64])
    func walk(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let people = ["a", "b", "c", "d", "e", "f"]
        var ordered = 0
        for _ in 0..<4_000 {
            let bankChecks = Bool.random(using: &generator)
            var machine = SubmissionStateMachine()
            var passed: [Level: String] = [:]
            var everPassed: [(level: Level, by: String)] = []
            var last: (step: SubmissionStep, passedBefore: [Level: String])?
            var suspendedFrom = machine.stage
            for _ in 0..<80 where !machine.stage.isFinal && !machine.stage.isCard {
                // Mostly forward, so that many walks arrive.
                let possible = SubmissionStateMachine.steps(from: machine.stage).filter { step in
                    step != (bankChecks ? .filed : .filedForBank)
                        && Self.takenBack(by: step)?.contains { $0 == last?.step } ?? true
                        && Self.cleared(step)?.contains(suspendedFrom) ?? true
                }
                let forward = possible.filter { Self.passing($0) != nil }
                let choice = Int.random(in: 0..<4, using: &generator) > 0 && !forward.isEmpty ? forward : possible
                guard let step = choice.randomElement(using: &generator),
                    let who = people.randomElement(using: &generator)
                else { continue }
                let passedBefore = passed
                if let level = Self.passing(step) {
                    let elsewhere = everPassed.filter { $0.level != level }.map(\.by)
                    guard FourEyes.mayPass(who, passedElsewhere: elsewhere) else { continue }
                    #expect(passed[level] == nil, "\(level) passed twice on the way to \(step)")
                    passed[level] = who
                    everPassed.append((level, who))
                }
                for level in Self.undone(by: step) { passed[level] = nil }
                if Self.takenBack(by: step) != nil, let last { passed = last.passedBefore }
                if step == .rulingRequested { suspendedFrom = machine.stage }
                #expect((try? machine.apply(step)) != nil)
                last = (step, passedBefore)
            }
            for level in Level.allCases {
                let others = everPassed.filter { $0.level != level }.map(\.by)
                for pass in everPassed where pass.level == level { #expect(!others.contains(pass.by)) }
            }
            guard machine.stage == .ordered else { continue }
            ordered += 1
            let needed = Level.allCases.filter { bankChecks || $0 != .bank }
            #expect(Set(passed.keys) == Set(needed))
        }
        #expect(ordered > 100)
    }
}
