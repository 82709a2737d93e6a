import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// What booking asks the waiting room: whether an applicant may book now. Answered from memory, without any I/O.
///
/// Only what people book themselves, online, passes it; hotline and counters never do.
struct RoomGate: Sendable {
    let board: RoomBoard
    let tickets: RoomTickets

    /// Returns when the person may book now: nobody waits, or they have been let in and still have time.
    ///
    /// - Parameters:
    ///   - ticketHeader: `Youdai-Ticket` as it was sent.
    ///   - now: programme time.
    /// - Throws: what to do instead.
    func mayBook(person: UUID, ticketHeader: String?, now: Date) throws(IntakeRefusal) {
        let (opening, view) = self.board.view(of: person, at: now)
        // Before the hour what is open already may be booked by everybody.
        guard let opening, now >= opening.opensAt else { return }
        guard let view else {
            if now < opening.endsAfter { throw .roomNotReady }
            return
        }
        guard view.waiting > 0 else { return }
        guard let text = ticketHeader, !text.isEmpty else { throw .roomTicketNeeded }
        let number = try self.tickets.number(text, opening: opening.id, person: person)
        // A second behind the database at most.
        guard let ticket = view.ticket, let standing = view.standing, ticket.number >= number else {
            throw .roomNotReady
        }
        guard ticket.number == number else { throw .roomTurnOver }
        switch standing {
        case .admitted: return
        case .present: throw .roomNotDrawn
        case .waiting(let position, _):
            throw .roomWaiting(
                position: position, minutes: RoomOrder.minutes(toPosition: position, pace: view.pace))
        case .over: throw .roomTurnOver
        }
    }

    /// A person has booked and makes room for the next; to be called once the booking is confirmed. It is written with
    /// others within a second. Should this instance die before, the person counts as inside until their ten minutes are over.
    func left(person: UUID, now: Date) {
        self.board.leave(person, at: now)
    }
}

extension RoomBoard {
    /// Where a person stands.
    struct View: Sendable {
        let ticket: RoomOrder.Ticket?
        let standing: RoomOrder.Standing?
        let waiting: Int
        let isDrawn: Bool
        let pace: Double
    }

    /// - Returns: the view is nil while the opening's state has not been read.
    func view(of person: UUID, at now: Date) -> (opening: RoomOpening?, view: View?) {
        self.read(at: now) { opening, state in
            let view = state.map { state in
                View(
                    ticket: state.order.ticket(of: person), standing: state.order.standing(of: person, at: now),
                    waiting: state.order.waiting, isDrawn: state.order.isDrawn, pace: state.pace)
            }
            return (opening, view)
        }
    }
}
