import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

/// One person's way, made by the calls staff would make.
struct Journey: Sendable {
    let stand: ServiceStand
    let person: TestPerson
    /// Which process of a service a call goes to; `nil` for the main one.
    var route: @Sendable (ServiceName) -> ServiceStand.Instance? = { _ in nil }
    var personID = UUID()
    var id = UUID()
    var round = 1
    var tracking = ""
    var handover = UUID()

    init(_ stand: ServiceStand, station: String = Staff.ownStation, _ change: (inout TestPerson) -> Void = { _ in }) {
        self.stand = stand
        var person = TestPerson(number: stand.nextNumber(), station: station)
        change(&person)
        self.person = person
    }

    var station: Principal { Staff.station(self.person.station) }

    private func ask<Answer: Decodable>(
        _ service: ServiceName, _ method: String, _ path: String, _ body: JSON? = nil, as principal: Principal,
        key: String? = nil, for type: Answer.Type, _ location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await self.stand.ask(
            service, method, path, body, as: principal, key: key, at: self.route(service), for: type, location)
    }

    // MARK: Station

    mutating func register() async throws {
        self.personID = try await self.ask(
            .intake, "POST", "/api/persons", try self.person.registration(), as: self.station,
            for: IntakeAPI.Person.self
        ).id
    }

    var newSubmission: JSON {
        [
            "personID": .string(self.personID.uuidString), "cardKind": .string("veteran"), "bank": .string("测试银行"),
            "channel": .string("onSite"), "applicationFormSigned": .bool(true), "bankConfirmationSigned": .bool(true),
        ]
    }

    mutating func submit(_ body: JSON? = nil) async throws {
        self.id = try await self.ask(
            .intake, "POST", "/api/submissions", body ?? self.newSubmission, as: self.station,
            key: "journey-\(self.personID)", for: IntakeAPI.Submission.self
        ).id
    }

    func addPhoto() async throws {
        let reply = try await self.stand.call(
            .intake, "PUT", "/api/submissions/\(self.id)/materials/photo", as: self.station, body: self.person.photo,
            type: "image/jpeg", at: self.route(.intake))
        try #require(reply.status == 200, "\(reply.text)")
    }

    /// A page of this kind, photographed.
    func add(_ kind: MaterialKind) async throws {
        let reply = try await self.stand.call(
            .intake, "PUT", "/api/submissions/\(self.id)/materials/\(kind.rawValue)", as: self.station,
            body: self.person.photo, type: "image/jpeg", at: self.route(.intake))
        try #require(reply.status == 200, "\(reply.text)")
    }

    var baseForm: JSON {
        [
            "name": .string(self.person.name), "identityNumber": .string("\(self.person.number)"),
            "categories": .array([.string("warVeteran")]), "station": .string(self.person.station),
            "phones": .array([.string(self.person.phone)]), "address": .string(self.person.address),
            "filledInBy": .string("self"),
        ]
    }

    /// A kit with this person, for the station's team.
    var kit: JSON {
        [
            "channel": .string("home"), "team": .string(Staff.team(self.person.station).subject),
            "visitOn": .string("2022-03-12"), "people": .array([.string(self.personID.uuidString)]),
        ]
    }

    /// An item a team brought back of a person, whole.
    static func visit(_ person: TestPerson, id: UUID = UUID(), photo: [UInt8]? = nil) throws -> JSON {
        [
            "id": .string(id.uuidString), "registration": try person.registration(), "cardKind": .string("veteran"),
            "bank": .string("测试银行"), "channel": .string("home"), "applicationFormSigned": .bool(true),
            "bankConfirmationSigned": .bool(true),
            "originals": .array(person.originals.map { .string($0.rawValue) }),
            "materials": .array([
                [
                    "kind": .string("photo"), "type": .string("image/jpeg"),
                    "bytes": .string(Data(photo ?? person.photo).base64EncodedString()),
                ]
            ]),
        ]
    }

    /// - Parameter reason: Given, the station returns it to the applicant.
    mutating func check(_ reason: ReturnReason? = nil) async throws {
        let answer = try await self.ask(
            .intake, "POST", "/api/submissions/\(self.id)/check", self.stationDecision(reason), as: self.station,
            for: IntakeAPI.Submission.self)
        self.round = answer.round
    }

    /// As the station's clerk sends it: with the papers seen and what no picture shows.
    func stationDecision(_ reason: ReturnReason? = nil) -> JSON {
        guard case .object(let members) = self.decision(reason), reason == nil else { return self.decision(reason) }
        return .object(
            members + [
                (name: "originals", value: .array(self.person.originals.map { .string($0.rawValue) })),
                (name: "confirmed", value: .array(StationConfirmation.allCases.map { .string($0.rawValue) })),
            ])
    }

    mutating func correct() async throws {
        let answer = try await self.ask(
            .intake, "POST", "/api/submissions/\(self.id)/correction", [:], as: self.station,
            for: IntakeAPI.Submission.self)
        self.round = answer.round
    }

    // MARK: Centre, bureau, city and province

    func verify(_ reason: ReturnReason? = nil) async throws {
        try await self.decide(
            .verification, from: [.awaitingVerification, .returnedToCentre], reason, as: Staff.centre())
    }

    func review(_ reason: ReturnReason? = nil) async throws {
        try await self.decide(.review, from: [.awaitingInitialReview, .returnedToBureau], reason, as: Staff.bureau())
    }

    private func decide(
        _ service: ServiceName, from stages: Set<SubmissionStage>, _ reason: ReturnReason?, as principal: Principal
    ) async throws {
        try await ServiceStand.eventually("\(service) has \(self.id)") {
            let reply = try await self.stand.call(
                service, "GET", "/api/cases/\(self.id)", as: principal, at: self.route(service))
            guard reply.status == 200 else { return nil as Bool? }
            let found = try reply.decoded(CaseAPI.Case.self)
            return found.round == self.round && stages.contains(found.stage) ? true : nil
        }
        _ = try await self.ask(
            service, "POST", "/api/cases/\(self.id)/decision", self.decision(reason), as: principal,
            for: CaseAPI.Outcome.self)
    }

    func superior(
        _ level: Level, _ outcome: String = "pass", _ reason: ReturnReason? = nil, ground: Ground? = nil,
        at instant: Date = ServiceStandClock.standard
    ) -> JSON {
        ["decisions": .array([self.row(level, outcome, reason, ground: ground, at: instant)])]
    }

    /// One row of a list.
    func row(
        _ level: Level, _ outcome: String = "pass", _ reason: ReturnReason? = nil, ground: Ground? = nil,
        at instant: Date = ServiceStandClock.standard
    ) -> JSON {
        [
            "submissionID": .string(self.id.uuidString), "level": .string(level.rawValue),
            "decision": self.decision(reason, outcome: outcome, ground: ground),
            "decidedAt": .string(InstantText.format(instant)),
        ]
    }

    /// - Returns: What became of it, when it was not refused.
    func record(
        _ level: Level, _ outcome: String = "pass", _ reason: ReturnReason? = nil, ground: Ground? = nil
    ) async throws {
        let answer = try await self.ask(
            .review, "POST", "/api/decisions", self.superior(level, outcome, reason, ground: ground),
            as: Staff.superior,
            for: CaseAPI.SuperiorOutcomes.self)
        try #require(answer.outcomes.map(\.result) == [.recorded], "\(answer.outcomes)")
    }

    func decision(_ reason: ReturnReason?, outcome: String? = nil, ground: Ground? = nil) -> JSON {
        var members: [(name: String, value: JSON)] = [
            ("outcome", .string(outcome ?? (reason == nil ? "pass" : "return"))), ("round", .number(self.round)),
        ]
        if let reason { members.append(("reason", .string(reason.rawValue))) }
        if let ground { members.append(("ground", .string(ground.rawValue))) }
        return .object(members)
    }

    // MARK: The card

    /// Other people's cards may get into the same batch; whoever makes it, this one is then in production.
    func produce() async throws {
        try await ServiceStand.eventually("\(self.id) is in production") {
            let reply = try await self.stand.call(
                .issuance, "GET", "/api/orders/\(self.id)", as: Staff.bureau(), at: self.route(.issuance))
            guard reply.status == 200 else { return nil as Bool? }
            if try ![.ordered, .reordered].contains(reply.decoded(IssuanceAPI.Order.self).stage) { return true }
            _ = try await self.stand.call(
                .issuance, "POST", "/api/batches", as: Staff.bureau(), key: "batch-\(UUID().uuidString)",
                body: (["limit": .number(2_000)] as JSON).bytes, at: self.route(.issuance))
            return nil
        }
    }

    var cards: JSON { .array([.string(self.id.uuidString)]) }

    mutating func ship() async throws {
        self.tracking = "EMS\(self.id.uuidString.suffix(12))"
        _ = try await self.ask(
            .issuance, "POST", "/api/parcels", ["trackingNumber": .string(self.tracking), "submissions": self.cards],
            as: Staff.cardMaker, for: IssuanceAPI.Parcel.self)
    }

    func receiveParcel() async throws {
        _ = try await self.ask(
            .issuance, "POST", "/api/parcels/\(self.tracking)/receipt", Self.intact, as: Staff.centre(),
            for: IssuanceAPI.Parcel.self)
    }

    static let intact: JSON = ["count": .number(1), "envelopeIntact": .bool(true), "cardsIntact": .bool(true)]

    mutating func handOver() async throws {
        self.handover = try await self.ask(
            .issuance, "POST", "/api/handovers", ["station": .string(self.person.station), "submissions": self.cards],
            as: Staff.centre(), key: "handover-\(self.id)", for: IssuanceAPI.Handover.self
        ).id
    }

    func receiveHandover() async throws {
        _ = try await self.ask(
            .issuance, "POST", "/api/handovers/\(self.handover)/receipt",
            ["count": .number(1), "signedBy": .string("测试签收人")], as: self.station, for: IssuanceAPI.Handover.self)
    }

    static let delivery: JSON = [
        "mode": .string("brought"), "receivedBy": .string("holder"), "proof": .array([.string("signature")]),
    ]

    func deliver() async throws {
        _ = try await self.ask(
            .issuance, "POST", "/api/orders/\(self.id)/delivery", Self.delivery, as: self.station,
            for: IssuanceAPI.Order.self)
    }

    // MARK: -

    func progress(as principal: Principal? = nil) async throws -> IntakeAPI.Progress {
        try await self.ask(
            .intake, "GET", "/api/submissions/\(self.id)/progress", as: principal ?? Staff.applicant(self.personID),
            for: IntakeAPI.Progress.self)
    }

    /// Intake's answer once it has heard of the stage.
    func progress(at stage: SubmissionStage) async throws -> IntakeAPI.Progress {
        try await ServiceStand.eventually("intake says \(stage)") {
            let progress = try await self.progress()
            return progress.stage == stage ? progress : nil
        }
    }

    /// Goes on from registration, everything passing, until the stage is reached.
    mutating func go(to stage: SubmissionStage) async throws {
        try await self.register()
        try await self.submit()
        try await self.addPhoto()
        if stage == .awaitingStationCheck { return }
        if stage == .returnedToApplicant { return try await self.check(.materialsUnclear) }
        try await self.check()
        if stage == .awaitingVerification { return try await self.settled(stage) }
        try await self.verify()
        if stage == .awaitingInitialReview { return try await self.settled(stage) }
        try await self.review()
        if stage == .awaitingAudit { return try await self.settled(stage) }
        try await self.record(.city)
        if stage == .awaitingFiling { return try await self.settled(stage) }
        try await self.record(.province)
        if stage == .awaitingBankCheck { return try await self.settled(stage) }
        try await self.record(.bank)
        if stage == .ordered { return try await self.settled(stage) }
        try await self.produce()
        if stage == .inProduction { return try await self.settled(stage) }
        try await self.ship()
        if stage == .inTransit { return try await self.settled(stage) }
        try await self.receiveParcel()
        if stage == .atCentre { return try await self.settled(stage) }
        try await self.handOver()
        if stage == .onWayToStation { return try await self.settled(stage) }
        try await self.receiveHandover()
        if stage == .atStation { return try await self.settled(stage) }
        try await self.deliver()
        try await self.settled(.delivered)
    }

    /// Waits until intake says so and the service whose turn it is has it.
    private func settled(_ stage: SubmissionStage) async throws {
        _ = try await self.progress(at: stage)
        let service: ServiceName? =
            switch stage {
            case .awaitingVerification: .verification
            case .awaitingInitialReview: .review
            default: nil
            }
        guard let service else { return }
        try await ServiceStand.eventually("\(service) has \(self.id)") {
            let reply = try await self.stand.call(
                service, "GET", "/api/cases/\(self.id)", as: Staff.auditor, at: self.route(service))
            return reply.status == 200 ? true : nil
        }
    }
}
