import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport

/// One route of a service, with what is needed to call it rightly and wrongly.
struct Route: Sendable, CustomStringConvertible {
    /// What the route is about, as far as deciding who may.
    enum About: Sendable {
        /// A thing of ``Staff/ownStation`` and the fixture's person.
        case thing(SubmissionStage)
        /// A thing of ``Staff/ownStation`` and one of the fixture's people.
        case ours(@Sendable (Fixtures) -> Journey)
        /// A person of the fixture, whatever the station.
        case lookedAt(SubmissionStage)
        /// The district as a whole.
        case whole
        /// The district, narrowed to the caller's own station or person.
        case district
        /// Whatever the caller is responsible for.
        case own
    }

    let service: ServiceName
    let method: String
    /// As in the source: `/api/cases/:id`.
    let template: String
    let action: Action
    let about: About
    /// Somebody who may.
    let caller: @Sendable (Fixtures) -> Principal
    var path: @Sendable (Fixtures) -> String
    /// A body that would be carried out.
    var body: (@Sendable (Fixtures) throws -> JSON)? = nil
    /// Members of it that may be missing.
    var optional: Set<String> = []
    var mayBeEmpty = false
    /// A body refused only after it was asked who calls.
    var probe: (@Sendable (Fixtures) throws -> JSON)? = nil
    var needsKey = false
    /// The caller makes up the id, so that an unknown one is a new thing.
    var isNamedByCaller = false
    /// The content type of a body that is no JSON.
    var binary = false

    var description: String { "\(self.service.rawValue) \(self.method) \(self.template)" }
    var hasBody: Bool { self.method != "GET" }

    func person(_ fixtures: Fixtures) -> UUID? {
        switch self.about {
        case .thing(let stage), .lookedAt(let stage): fixtures[stage].personID
        case .ours(let journey): journey(fixtures).personID
        case .whole, .district, .own: nil
        }
    }

    /// What ``AccessPolicy`` is asked about for a caller.
    func resource(_ fixtures: Fixtures, _ principal: Principal) -> Resource {
        switch self.about {
        case .thing, .ours: Resource(division: Staff.division, station: Staff.ownStation, person: self.person(fixtures))
        case .lookedAt: Resource(division: Staff.division, person: self.person(fixtures))
        case .whole: Resource(division: Staff.division)
        case .district: Resource(division: Staff.division, station: principal.station, person: principal.person)
        case .own: .reach(of: principal)
        }
    }

    func call(
        _ fixtures: Fixtures, as principal: Principal? = nil, headers: [(String, String)] = [], path: String? = nil,
        body: [UInt8]? = nil, key: String? = "k-0123456789", type: String? = nil
    ) async throws -> HTTPReply {
        let bytes: [UInt8]
        if let body {
            bytes = body
        } else {
            bytes = try self.body?(fixtures).bytes ?? (self.binary ? fixtures[.awaitingStationCheck].person.photo : [])
        }
        return try await fixtures.stand.call(
            self.service, self.method, path ?? self.path(fixtures), as: principal, key: self.needsKey ? key : nil,
            headers: headers, body: bytes, type: type ?? (self.binary ? "image/jpeg" : "application/json"))
    }

    /// The path with another id where the fixture's stands; `nil` when the route names nothing.
    func path(_ fixtures: Fixtures, naming id: String) -> String? {
        let parts = self.template.split(separator: "/")
        guard parts.contains(where: { $0.hasPrefix(":") && $0 != ":kind" && $0 != ":station" }) else { return nil }
        return "/"
            + parts.map { part in
                switch part {
                case ":kind": "photo"
                case ":station": Staff.ownStation
                case ":photo": "018f0000-0000-7000-8000-00000000abcd"
                default: part.hasPrefix(":") ? id : String(part)
                }
            }.joined(separator: "/")
    }
}
