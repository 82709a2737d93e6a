import CardProgramme
import Contracts
import FoundationEssentials
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// `/api/stations/{station}/…`, `/api/walk-ins`: what a station can do, and its day.
struct StationDayController: Sendable {
    let capacity: ChangeCapacity
    let receive: ReceivePeople
    let serve: ServePeople

    func add(to routes: RouterGroup<APIContext>) {
        routes.group("stations/:station")
            .get("capacity") { _, context in
                try APIReply.json(
                    try await self.capacity.read(try context.text("station"), by: context.principal))
            }
            .put("capacity/:day") { request, context in
                let day = try context.day("day")
                let capacity = try await request.decodeJSON(StationCapacity.self)
                return try APIReply.json(
                    try await self.capacity.publish(
                        capacity, at: try context.text("station"), from: day, by: context.principal))
            }
            .put("exceptions/:id") { request, context in
                let exception = try await request.decodeJSON(CapacityException.self)
                return try APIReply.json(
                    try await self.capacity.except(
                        exception, id: try context.uuid("id"), at: try context.text("station"),
                        by: context.principal))
            }
            .put("sessions/:id") { request, context in
                let session = try await request.decodeJSON(CollectiveSession.self)
                return try APIReply.json(
                    try await self.capacity.hold(
                        session, id: try context.uuid("id"), at: try context.text("station"),
                        by: context.principal))
            }
            .post("arrivals") { request, context in
                let arrival = try await request.decodeJSON(AppointmentAPI.Arrival.self)
                return try APIReply.json(
                    try await self.receive.arrive(
                        arrival, at: try context.text("station"), by: context.principal))
            }
            .get("queue") { _, context in
                try APIReply.json(try await self.serve.queue(try context.text("station"), by: context.principal))
            }
            .post("days/:day/close") { request, context in
                let day = try context.day("day")
                _ = try await request.bytes(upTo: AppointmentController.longestUnread)
                return try APIReply.json(
                    try await self.serve.close(try context.text("station"), day, by: context.principal))
            }
        routes.put("walk-ins/:id") { request, context in
            let id = try context.uuid("id")
            let walkIn = try await request.decodeJSON(AppointmentAPI.WalkIn.self)
            let (appointment, isNew) = try await self.receive.walkIn(id, walkIn, by: context.principal)
            return try APIReply.json(appointment, status: isNew ? .created : .ok)
        }
        routes.post("appointments/:id/desk") { request, context in
            let id = try context.uuid("id")
            let step = try await request.decodeJSON(AppointmentAPI.DeskStep.self)
            return try APIReply.json(try await self.serve.step(id, step, by: context.principal))
        }
    }
}

extension APIContext {
    /// A path parameter that is a day.
    fileprivate func day(_ name: String) throws -> CalendarDay {
        guard let day = CalendarDay(try self.text(name)) else {
            throw APIProblem.badRequest(
                "path.\(name)", zh: "网址中的 \(name) 须为日期，例如2022-03-01。",
                en: "The “\(name)” in the path must be a day, for example 2022-03-01.")
        }
        return day
    }
}
