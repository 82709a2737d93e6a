import Contracts
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// `/api/room`: the waiting room before an opening.
struct RoomController: Sendable {
    let join: JoinRoom
    let read: ReadRoom
    let limits: ClientLimits

    /// Nothing is read from a body; what comes is read off and must be small.
    private static let longestBody = 1 << 10

    func add(to routes: RouterGroup<APIContext>) {
        routes.group("room")
            .post { request, context in
                try self.limits.pass(context.principal)
                _ = try await request.bytes(upTo: Self.longestBody)
                return try APIReply.json(try await self.join.run(by: context.principal))
            }
            .get { request, context in
                try self.limits.pass(context.principal)
                // In a header: a ticket is a credential, and logs keep paths and queries.
                return try APIReply.json(
                    try self.read.position(ticket: request.headers[.roomTicket], by: context.principal))
            }
            .delete { request, context in
                try self.limits.pass(context.principal)
                _ = try await request.bytes(upTo: Self.longestBody)
                return try APIReply.json(try self.join.leave(by: context.principal))
            }
            .get("figures") { _, context in
                try APIReply.json(try self.read.figures(by: context.principal))
            }
    }
}

extension HTTPField.Name {
    /// `Youdai-Ticket`
    static let roomTicket = HTTPField.Name("Youdai-Ticket") ?? .authorization
}
