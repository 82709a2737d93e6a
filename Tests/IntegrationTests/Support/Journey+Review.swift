import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Journey {
    /// The same person of staff in another role: the subject stays.
    static func somebody(_ subject: String, _ role: Role) -> Principal {
        Principal(
            subject: subject, role: role, division: Staff.division,
            station: role == .station ? Staff.ownStation : nil)
    }

    func post(_ service: ServiceName, _ path: String, _ body: JSON, as principal: Principal) async throws -> HTTPReply {
        try await self.stand.call(service, "POST", path, as: principal, body: body.bytes)
    }

    /// Waits until the service has the case in this round and stage.
    @discardableResult
    func arrived(_ service: ServiceName, _ stages: SubmissionStage...) async throws -> CaseAPI.Case {
        let reader = service == .review ? Staff.bureau() : Staff.centre()
        return try await ServiceStand.eventually("\(service) has \(self.id) at \(stages)") {
            let reply = try await self.stand.call(service, "GET", "/api/cases/\(self.id)", as: reader)
            guard reply.status == 200 else { return nil }
            let found = try reply.decoded(CaseAPI.Case.self)
            return found.round == self.round && stages.contains(found.stage) ? found : nil
        }
    }

    func decide(_ service: ServiceName, _ decision: JSON, as principal: Principal) async throws -> HTTPReply {
        try await self.post(service, "/api/cases/\(self.id)/decision", decision, as: principal)
    }

    /// What became of one row of a list.
    func list(_ rows: [JSON], as principal: Principal = Staff.superior) async throws -> [CaseAPI.SuperiorOutcomes.Item]
    {
        try await self.stand.ask(
            .review, "POST", "/api/decisions", ["decisions": .array(rows)], as: principal,
            for: CaseAPI.SuperiorOutcomes.self
        ).outcomes
    }

    /// A further submission of the same person, up to the station's check.
    mutating func submitAgain() async throws {
        let answer = try await self.stand.ask(
            .intake, "POST", "/api/submissions", self.newSubmission, as: self.station,
            key: "again-\(UUID().uuidString)", for: IntakeAPI.Submission.self)
        self.id = answer.id
        self.round = answer.round
        try await self.addPhoto()
        try await self.check()
    }

    func expect(_ reply: HTTPReply, _ status: Int, _ code: String, _ location: SourceLocation = #_sourceLocation) {
        #expect(reply.status == status, "\(reply.text)", sourceLocation: location)
        #expect(reply.told(code, location)?.code == code, "\(reply.text)", sourceLocation: location)
    }
}
