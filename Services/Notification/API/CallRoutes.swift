import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import PostgreSQL
import ServiceRuntime

/// `/api/calls`: the phone calls staff have to make, one clerk at a time.
struct CallRoutes: Sendable {
    private let division: String
    private let stations: Set<String>
    private let reader: CallReader
    private let list: ListCalls
    private let claim: ClaimNextCall
    private let show: ShowCall
    private let record: RecordCallAttempt
    private let release: ReleaseCall
    private let open: OpenCall

    /// - Parameter telephone: The office's number, on which somebody answers.
    init(
        programme: Programme, pool: PostgresPool, templates: TemplateStore, telephone: String, context: RuntimeContext,
        journal: AccessJournal
    ) {
        let contacts = ContactSeal(keyRing: context.keyRing)
        let notes = CallSeal(keyRing: context.keyRing)
        let reader = CallReader(pool: pool)
        self.division = programme.divisionCode
        self.stations = Set(programme.stations.map(\.code))
        self.reader = reader
        self.list = ListCalls(reader: reader, contacts: contacts, journal: journal, clock: context.clock)
        self.claim = ClaimNextCall(pool: pool, reader: reader, calendar: .china, clock: context.clock)
        self.show = ShowCall(
            reader: reader, contacts: contacts, notes: notes, templates: templates, telephone: telephone,
            journal: journal, clock: context.clock)
        self.record = RecordCallAttempt(pool: pool, seal: notes, calendar: .china, clock: context.clock)
        self.release = ReleaseCall(pool: pool)
        self.open = OpenCall(pool: pool, reader: reader, seal: notes, clock: context.clock)
    }

    func add(to api: RouterGroup<APIContext>) {
        api.get("calls") { request, context in try await self.lists(request, context) }
        api.post("calls") { request, context in try await self.opens(request, context) }
        api.post("calls/next") { request, context in try await self.next(request, context) }
        api.get("calls/{id}") { request, context in try await self.one(request, context) }
        api.post("calls/{id}/attempts") { request, context in try await self.attempt(request, context) }
        api.post("calls/{id}/release") { request, context in try await self.releases(request, context) }
    }

    /// `GET /api/calls`
    private func lists(_ request: Request, _ context: APIContext) async throws -> Response {
        let wanted = request.query("station").flatMap { $0.isEmpty ? nil : $0 }
        let scope = try self.scope(wanted, .listCalls, context)
        let limit = try request.query("limit", standard: 50, in: 1...200)
        let offset = try request.query("offset", standard: 0, in: 0...10_000_000)
        return try APIReply.json(
            try await self.list(
                scope, limit: limit, offset: offset, to: context.principal, purpose: try request.lookPurpose()))
    }

    /// `POST /api/calls/next`
    private func next(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.makeCalls, on: self.own(context.principal))
        let body = try await request.bytes()
        let wanted =
            body.isEmpty
            ? CallAPI.NextWanted() : try APICoding.decode(CallAPI.NextWanted.self, from: Data(body))
        let scope = try self.scope(wanted.station, .makeCalls, context)
        let purpose = try request.lookPurpose()
        let (task, dueAt) = try await self.claim(scope, by: context.principal)
        guard let task else { return try APIReply.json(CallAPI.Next(call: nil, dueAt: dueAt)) }
        return try APIReply.json(
            CallAPI.Next(call: try await self.show(task, to: context.principal, purpose: purpose), dueAt: nil))
    }

    /// `GET /api/calls/{id}`
    private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        let task = try await self.task(context)
        return try APIReply.json(
            try await self.show(task, to: context.principal, purpose: try request.lookPurpose()))
    }

    /// `POST /api/calls/{id}/attempts`
    private func attempt(_ request: Request, _ context: APIContext) async throws -> Response {
        let task = try await self.task(context)
        let attempt = try await request.decodeJSON(CallAPI.NewAttempt.self)
        return try APIReply.json(try await self.record(attempt, on: task, by: context.principal).standing)
    }

    /// `POST /api/calls/{id}/release`
    private func releases(_ request: Request, _ context: APIContext) async throws -> Response {
        let task = try await self.task(context)
        let body = try await request.decodeJSON(CallAPI.Release.self)
        return try APIReply.json(
            try await self.release(task.id, version: body.version, by: context.principal).standing)
    }

    /// `POST /api/calls`
    private func opens(_ request: Request, _ context: APIContext) async throws -> Response {
        try context.require(.makeCalls, on: self.own(context.principal))
        let new = try await request.decodeJSON(CallAPI.NewCall.self)
        guard let (contact, _, isSilenced) = try await self.reader.contact(of: new.person) else {
            throw CallRefusal.personUnknown
        }
        try context.require(
            .makeCalls, on: Resource(division: contact.division, station: contact.station, person: new.person))
        let task = try await self.open(new, contact: contact, isSilenced: isSilenced)
        return try APIReply.json(task.standing)
    }

    // MARK: - Who may

    private func own(_ principal: Principal) -> Resource {
        Resource(division: self.division, station: principal.station, person: principal.person)
    }

    /// The call a path names, if the caller works on it.
    private func task(_ context: APIContext) async throws -> CallTask {
        let id = try context.uuid("id")
        guard let task = try await self.reader.task(id) else {
            // Whoever may not make calls learns no more than that.
            try context.require(.makeCalls, on: self.own(context.principal))
            throw CallRefusal.unknown
        }
        try context.require(
            .makeCalls,
            on: Resource(
                division: self.division, station: task.reason.isForCentre ? nil : task.station, person: task.person))
        return task
    }

    /// What the caller works on, narrowed to the station asked for.
    private func scope(_ wanted: String?, _ action: Action, _ context: APIContext) throws -> CallScope {
        let principal = try context.require(action, on: self.own(context.principal))
        if let wanted {
            guard self.stations.contains(wanted) else { throw CallRefusal.stationUnknown }
            try context.require(action, on: Resource(division: self.division, station: wanted))
        }
        return CallScope(station: principal.station ?? wanted, isCentre: principal.station == nil)
    }
}
