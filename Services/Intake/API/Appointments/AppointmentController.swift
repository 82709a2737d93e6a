import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// `/api/slots`, `/api/appointments`, `/api/waiting-list`: what people and the hotline do.
struct AppointmentController: Sendable {
    let find: FindSlots
    let book: BookAppointment
    let change: ChangeAppointment
    let read: ReadAppointments
    let waiting: WaitForSeat
    let gate: RoomGate
    let limits: ClientLimits
    let clock: ProgrammeClock
    let journal: AccessJournal

    /// Where nothing is read from a body, what comes is read off and must be small.
    static let longestUnread = 1 << 10

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("slots") { request, context in
            guard let station = request.query("station"), !station.isEmpty else { throw IntakeRefusal.stationUnknown }
            let kind = try Self.choice(AppointmentKind.self, request.query("kind"), "kind") ?? .counter
            return APIReply.jsonBytes(
                try await self.find.answer(
                    at: station, kind: kind, from: try Self.day(request.query("from"), "from"),
                    days: try request.query("days", standard: 15, in: 1...60), by: context.principal))
        }
        self.addAppointments(to: routes)
        routes.group("waiting-list")
            .put(":id") { request, context in
                let id = try context.uuid("id")
                let entry = try await request.decodeJSON(AppointmentAPI.WaitingEntry.self)
                try self.limits.pass(context.principal)
                let (item, isNew) = try await self.waiting.enter(id, entry, by: context.principal)
                return try APIReply.json(item, status: isNew ? .created : .ok)
            }
            .get(":id") { _, context in
                try APIReply.json(try await self.waiting.read(try context.uuid("id"), by: context.principal))
            }
            .post(":id/withdraw") { request, context in
                let id = try context.uuid("id")
                _ = try await request.bytes(upTo: Self.longestUnread)
                return try APIReply.json(try await self.waiting.withdraw(id, by: context.principal))
            }
            .get { request, context in
                try APIReply.json(
                    try await self.waiting.list(at: request.query("station"), by: context.principal))
            }
    }

    private func addAppointments(to routes: RouterGroup<APIContext>) {
        routes.group("appointments")
            .put(":id") { request, context in
                let id = try context.uuid("id")
                let booking = try await request.decodeJSON(AppointmentAPI.Booking.self)
                try self.limits.pass(context.principal)
                try self.passRoom(request, context)
                let (appointment, isNew) = try await self.book.run(id, booking, by: context.principal)
                self.leaveRoom(appointment, context)
                return try APIReply.json(appointment, status: isNew ? .created : .ok)
            }
            .post(":id/confirm") { request, context in
                let id = try context.uuid("id")
                let confirmation = try await request.decodeJSON(AppointmentAPI.Confirmation.self)
                try self.limits.pass(context.principal)
                let appointment = try await self.book.confirm(id, confirmation.token, by: context.principal)
                self.leaveRoom(appointment, context)
                return try APIReply.json(appointment)
            }
            .post(":id/cancel") { request, context in
                let id = try context.uuid("id")
                let wish = try await request.decodeJSON(AppointmentAPI.Cancellation.self)
                return try APIReply.json(
                    try await self.change.cancel(id, wish, by: context.principal))
            }
            .post(":id/move") { request, context in
                let id = try context.uuid("id")
                let move = try await request.decodeJSON(AppointmentAPI.Move.self)
                try self.limits.pass(context.principal)
                try self.passRoom(request, context)
                return try APIReply.json(try await self.change.move(id, move, by: context.principal))
            }
            .post(":id/told") { request, context in
                let id = try context.uuid("id")
                let told = try await request.decodeJSON(AppointmentAPI.Told.self)
                return try APIReply.json(try await self.change.told(id, told, by: context.principal))
            }
            .get(":id") { _, context in
                let (appointment, person) = try await self.read.read(try context.uuid("id"), by: context.principal)
                if let person { try await self.journal.note(.appointment, of: [person], by: context.principal) }
                return try APIReply.json(appointment)
            }
            .get { request, context in
                if let person = try request.id("person") {
                    let list = try await self.read.list(of: person, by: context.principal)
                    try await self.journal.note(.appointment, of: [person], by: context.principal)
                    return try APIReply.json(list)
                }
                return try await self.daySheet(request, context)
            }
        routes.get("orphans") { request, context in
            let list = try await self.read.orphans(at: request.query("station"), by: context.principal)
            try await self.journal.note(
                .appointment, of: list.appointments.compactMap(\.person), by: context.principal)
            return try APIReply.json(list)
        }
    }

    /// Who books online passes the waiting room while there is a rush; the hotline and the counters never do.
    private func passRoom(_ request: Request, _ context: APIContext) throws {
        guard context.principal.role == .applicant, let person = context.principal.person else { return }
        try self.gate.mayBook(
            person: person, ticketHeader: request.headers[.roomTicket], now: self.clock.now())
    }

    private func leaveRoom(_ appointment: AppointmentAPI.Appointment, _ context: APIContext) {
        guard appointment.state == .confirmed, let person = context.principal.person else { return }
        self.gate.left(person: person, now: self.clock.now())
    }

    private func daySheet(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let station = request.query("station") ?? context.principal.station,
            let day = try Self.day(request.query("day"), "day")
        else {
            throw APIProblem.badRequest(
                "query.appointments", zh: "请用 person 指定人员，或用 station 和 day 指定服务站和日期。",
                en: "Name a person, or a station and a day.")
        }
        let list = try await self.read.day(day, at: station, by: context.principal)
        try await self.journal.note(.appointment, of: list.appointments.compactMap(\.person), by: context.principal)
        return try APIReply.json(list)
    }

    static func day(_ text: String?, _ name: String) throws(APIProblem) -> CalendarDay? {
        guard let text, !text.isEmpty else { return nil }
        guard let day = CalendarDay(text) else {
            throw .badRequest(
                "query.\(name)", zh: "参数 \(name) 须为日期，例如2022-03-01。",
                en: "The parameter “\(name)” must be a day, for example 2022-03-01.")
        }
        return day
    }

    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type, _ text: String?, _ name: String
    ) throws(APIProblem) -> Choice? where Choice.RawValue == String {
        guard let text, !text.isEmpty else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest(
                "query.\(name)", zh: "参数 \(name) 只能是：\(known)。",
                en: "The parameter “\(name)” is one of: \(known).")
        }
        return choice
    }
}
