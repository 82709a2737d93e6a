import Access
import FoundationEssentials
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// `GET /api/looks?person=&limit=&offset=`: who looked at a person's data in this service; for an auditor, and for the person.
package struct LookRoutes: Sendable {
    package struct Answer: Codable, Sendable {
        package var looks: [Look]
    }

    private let journal: AccessJournal
    private let division: String

    package init(journal: AccessJournal, division: String) {
        self.journal = journal
        self.division = division
    }

    package func add(to routes: RouterGroup<APIContext>) {
        routes.get("looks") { request, context in
            guard let text = request.query("person"), let person = UUID(uuidString: text) else {
                throw APIProblem.badRequest(
                    "query.person", zh: "请在参数 person 中填写人员编号。",
                    en: "The parameter “person” must be the id of a person.")
            }
            try AccessPolicy.decide(
                context.principal, .readLooks,
                on: Resource(division: self.division, station: context.principal.station, person: person))
            return try APIReply.json(
                Answer(
                    looks: try await self.journal.looks(
                        at: person, limit: try request.query("limit", standard: 50, in: 1...200),
                        offset: try request.query("offset", standard: 0, in: 0...1_000_000))))
        }
    }
}

extension Request {
    /// The header `Look-Purpose`, for a look that is none of the role's everyday duty.
    ///
    /// - Throws: ``APIProblem`` naming the purposes there are.
    package func lookPurpose() throws(APIProblem) -> LookPurpose? {
        guard let name = HTTPField.Name("Look-Purpose"), let text = self.headers[name] else { return nil }
        guard let purpose = LookPurpose(rawValue: text) else {
            let known = LookPurpose.allCases.map { "\($0.rawValue)（\($0.chinese)）" }.joined(separator: "、")
            throw .badRequest(
                "header.look_purpose", zh: "请求头 Look-Purpose 不是可用的查看目的。可用：\(known)。",
                en:
                    "The header Look-Purpose is none of the purposes: \(LookPurpose.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        return purpose
    }
}
