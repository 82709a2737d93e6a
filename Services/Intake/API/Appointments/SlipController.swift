import AccessJournal
import Contracts
import Hummingbird
import ServiceRuntime

/// `/api/appointments/{id}/slip`, `/api/seats/reconciliation`.
struct SlipController: Sendable {
    let print: PrintSlip
    let reconcile: ReconcileSeats
    let journal: AccessJournal

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("appointments/:id/slip") { _, context in
            let (slip, person) = try await self.print.run(try context.uuid("id"), by: context.principal)
            // No name stands on it; but what to bring follows from the person's categories.
            if let person { try await self.journal.note(.appointment, of: [person], by: context.principal) }
            return FormController.page(SlipPage.html(slip))
        }
        routes.post("seats/reconciliation") { request, context in
            let wish = try await request.decodeJSON(AppointmentAPI.Reconciliation.self)
            return try APIReply.json(try await self.reconcile.run(wish, by: context.principal))
        }
    }
}
