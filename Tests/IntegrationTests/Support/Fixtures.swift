import Access
import CardProgramme
import Contracts
import FoundationEssentials
import TestSupport
import Testing

/// One person at every stage, all kept by the first station, and two kept by the second. Made once.
struct Fixtures: Sendable {
    let stand: ServiceStand
    /// On the roster, nothing submitted.
    let registered: Journey
    let incomplete: Journey
    /// Of the third batch, which opens in May.
    let later: Journey
    /// Neither photo nor signatures.
    let bare: Journey
    let stages: [SubmissionStage: Journey]
    /// Returned by the centre and sent again: in its second round at the centre.
    let again: Journey
    let foreign: Journey
    let foreignCard: Journey
    /// In a torn parcel that was refused and photographed.
    let refused: Journey
    let photo: UUID
    /// Handed up after three months, not signed for at the centre yet.
    let upward: Journey
    let upwardList: UUID
    /// What a later list of the city says otherwise about the person at ``SubmissionStage/awaitingBankCheck``.
    let contradiction: UUID
    /// Of the first station, for ``Staff/team(_:)``; it holds ``registered``.
    let kit: UUID
    /// Of ``registered``, at the first station, whose days are laid out.
    let appointment: UUID
    /// Free, and open to everybody.
    let slot: SlotID
    /// Of ``incomplete``, withdrawn.
    let waitingEntry: UUID
    /// To ``registered``; see ``Fixtures/call(_:)``.
    let call: UUID
    let campaign: UUID
    /// When the statement of the submission at ``SubmissionStage/awaitingStationCheck`` was handed in.
    let statementOpenedAt: Date

    private static let made = Task { try await Fixtures.make() }
    static func shared() async throws -> Fixtures { try await Self.made.value }

    subscript(stage: SubmissionStage) -> Journey { self.stages[stage] ?? self.registered }

    private static func make() async throws -> Fixtures {
        let stand = try await ServiceStand.shared()
        var registered = Journey(stand)
        try await registered.register()
        var incomplete = Journey(stand) { $0.fileComplete = false }
        try await incomplete.register()
        var later = Journey(stand) { $0.categories = [.otherVeteran] }
        try await later.register()
        var bare = Journey(stand)
        try await bare.register()
        try await bare.submit([
            "personID": .string(bare.personID.uuidString), "cardKind": .string("veteran"), "bank": .string("测试银行"),
            "channel": .string("online"), "applicationFormSigned": .bool(false), "bankConfirmationSigned": .bool(true),
        ])
        let wanted: [SubmissionStage] = [
            .awaitingStationCheck, .returnedToApplicant, .awaitingVerification, .awaitingInitialReview, .awaitingAudit,
            .awaitingFiling, .awaitingBankCheck, .inProduction, .inTransit, .atCentre, .onWayToStation, .atStation,
            .delivered,
        ]
        let stages = try await withThrowingTaskGroup(of: (SubmissionStage, Journey).self) { group in
            for stage in wanted {
                group.addTask {
                    var journey = Journey(stand)
                    try await journey.go(to: stage)
                    return (stage, journey)
                }
            }
            return try await group.reduce(into: [SubmissionStage: Journey]()) { $0[$1.0] = $1.1 }
        }
        var again = Journey(stand)
        try await again.go(to: .awaitingVerification)
        try await again.verify(.materialsUnclear)
        _ = try await again.progress(at: .returnedToStation)
        try await again.check()
        var foreign = Journey(stand, station: Staff.otherStation)
        try await foreign.go(to: .awaitingStationCheck)
        var foreignCard = Journey(stand, station: Staff.otherStation)
        try await foreignCard.go(to: .atStation)
        var refused = Journey(stand, station: Staff.ownStation)
        try await refused.go(to: .inTransit)
        let photo = try await refused.photographParcel()
        try await refused.refuseParcel()
        var upward = Journey(stand)
        try await upward.go(to: .atStation)
        stand.clock.set(Journey.afterThreeMonths)
        let upwardList = try await upward.sendUp(as: upward.station)
        stand.clock.set(ServiceStandClock.standard)
        let contradiction = try await Self.contradict(stages[.awaitingBankCheck], stand)
        try await Self.list(stages[.returnedToApplicant], stand)
        // At the counter's submission: a base form sent from home, and a statement that waits to be compared.
        if let waiting = stages[.awaitingStationCheck] {
            _ = try await stand.ask(
                .intake, "PUT", "/api/base-forms/\(waiting.personID)", waiting.baseForm,
                as: Staff.applicant(waiting.personID), for: IntakeAPI.SentBaseForm.self)
            try await waiting.add(.villageStatement)
        }
        let statementOpenedAt = try #require(
            try await stand.ask(
                .intake, "GET", "/api/comparisons?limit=200", as: Staff.bureau(), for: IntakeAPI.ComparisonList.self
            ).comparisons.first { $0.submissionID == stages[.awaitingStationCheck]?.id }
        ).openedAt
        let kit = UUID()
        _ = try await stand.ask(
            .intake, "PUT", "/api/kits/\(kit)", registered.kit, as: Staff.station(), for: IntakeAPI.Kit.self)
        let (appointment, slot) = try await Self.book(registered)
        let waitingEntry = try await Self.wait(incomplete)
        let call = try await Self.call(registered)
        let campaign = try await Self.campaign(registered)
        try await stand.settle()
        return Fixtures(
            stand: stand, registered: registered, incomplete: incomplete, later: later, bare: bare, stages: stages,
            again: again, foreign: foreign, foreignCard: foreignCard, refused: refused, photo: photo, upward: upward,
            upwardList: upwardList, contradiction: contradiction, kit: kit,
            appointment: appointment, slot: slot, waitingEntry: waitingEntry, call: call, campaign: campaign,
            statementOpenedAt: statementOpenedAt)
    }

    private static func contradict(_ journey: Journey?, _ stand: ServiceStand) async throws -> UUID {
        let journey = try #require(journey)
        let answer = try await stand.ask(
            .review, "POST", "/api/decisions", journey.superior(.city, "return", .photoUnsuitable), as: Staff.superior,
            for: CaseAPI.SuperiorOutcomes.self)
        try #require(answer.outcomes.map(\.result) == [.contradicts], "\(answer.outcomes)")
        let list = try await stand.ask(
            .review, "GET", "/api/contradictions?limit=200", as: Staff.bureau(), for: ReviewAPI.Contradictions.self)
        return try #require(list.contradictions.first { $0.submissionID == journey.id }).id
    }

    /// Puts a returned submission on the docket of key verification.
    private static func list(_ journey: Journey?, _ stand: ServiceStand) async throws {
        let listed = try await stand.ask(
            .review, "POST", "/api/docket", ["items": .array([Self.leftOver(try #require(journey))])],
            as: Staff.bureau(), for: RecheckAPI.Listed.self)
        try #require(listed == RecheckAPI.Listed(opened: 1, known: 0))
    }

    /// The item of the docket's one entry.
    var leftOver: JSON { Self.leftOver(self[.returnedToApplicant]) }

    static func leftOver(_ journey: Journey) -> JSON {
        [
            "submissionID": .string(journey.id.uuidString), "division": .string(Staff.division),
            "station": .string(journey.person.station), "stage": .string("returnedToApplicant"),
            "owner": .string("applicant"), "problem": .string("returned"), "round": .number(journey.round),
            "since": .string(InstantText.format(ServiceStandClock.standard)),
        ]
    }
}
