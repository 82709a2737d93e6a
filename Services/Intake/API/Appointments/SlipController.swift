import AccessJournal
import Contracts
import Hummingbird
import ServiceRuntime

/// `/api/appointments/{id}/slip`, `/api/seats/reconciliation`.
struct SlipController: Sendable {
    let print: PrintSlip
    let reconcile: ReconcileSeats

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("appointments/:id/slip") { _, context in
            let (slip, _) = try await self.print.run(try context.uuid("id"), by: context.principal)
            // Nothing on it says whose it is.
            return FormController.page(SlipPage.html(slip))
        }
        routes.post("seats/reconciliation") { request, context in
            let wish = try await request.decodeJSON(AppointmentAPI.Reconciliation.self)
            return try APIReply.json(try await self.reconcile.run(wish, by: context.principal))
        }
    }
}
