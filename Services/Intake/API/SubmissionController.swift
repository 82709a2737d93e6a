import AccessJournal
import CardProgramme
import Contracts
import Hummingbird
import ServiceRuntime

/// `/api/submissions`: handing in, checking, correcting, and where it is now.
struct SubmissionController: Sendable {
    let submit: Submit
    let list: ListSubmissions
    let read: ReadSubmission
    let check: CheckSubmission
    let correct: CorrectSubmission
    let progress: ReportProgress
    let journal: AccessJournal

    func add(to routes: RouterGroup<APIContext>) {
        routes.group("submissions")
            .post { request, context in
                let key = try request.idempotencyKey()
                let form = try await request.decodeJSON(IntakeAPI.NewSubmission.self)
                let answer = try await self.submit.run(form, key: key, by: context.principal)
                return APIReply.jsonBytes(answer, status: .created)
            }
            .get { request, context in
                let page = try await self.list.run(
                    stage: try Self.stage(request), limit: try request.query("limit", standard: 50, in: 1...200),
                    offset: try request.query("offset", standard: 0, in: 0...1_000_000), by: context.principal)
                return try APIReply.json(page)
            }
            .get(":id") { _, context in
                try APIReply.json(try await self.read.run(try context.uuid("id"), by: context.principal))
            }
            .post(":id/check") { request, context in
                let id = try context.uuid("id")
                let decision = try await request.decodeJSON(IntakeAPI.StationDecision.self)
                return try APIReply.json(try await self.check.run(id, decision, by: context.principal))
            }
            .post(":id/correction") { request, context in
                let id = try context.uuid("id")
                let correction = try await request.decodeJSON(IntakeAPI.Correction.self)
                return try APIReply.json(try await self.correct.run(id, correction, by: context.principal))
            }
            .get(":id/progress") { _, context in
                let (person, progress) = try await self.progress.run(try context.uuid("id"), by: context.principal)
                if progress.note != nil { try await self.journal.note(.note, of: [person], by: context.principal) }
                return try APIReply.json(progress)
            }
    }

    private static func stage(_ request: Request) throws(APIProblem) -> SubmissionStage? {
        guard let text = request.query("stage") else { return nil }
        guard let stage = SubmissionStage(rawValue: text) else {
            throw .badRequest(
                "query.stage", zh: "参数 stage 不是有效的办理环节。可用：\(Self.stages)。",
                en: "The parameter “stage” is none of the stages. Known: \(Self.stages).")
        }
        return stage
    }

    private static let stages = SubmissionStage.allCases.map(\.rawValue).joined(separator: ", ")
}
