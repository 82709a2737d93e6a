import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import ServiceRuntime

/// Comes to the waiting room (线上候场) and goes, or is told that nobody needs to wait. Repeated, it gives the same ticket.
struct JoinRoom: Sendable {
    let programme: Programme
    let board: RoomBoard
    let keeper: RoomKeeper
    let tickets: RoomTickets
    let clock: ProgrammeClock

    func run(by principal: Principal) async throws -> IntakeAPI.Room {
        let person = try self.person(principal)
        let now = self.clock.now()
        let (opening, view) = self.board.view(of: person, at: now)
        guard let opening, now < opening.endsAfter || (view?.waiting ?? 0) > 0 else {
            return .free(self.board.hours)
        }
        switch view?.standing {
        // Known: no need to ask the database.
        case .present, .waiting, .admitted: break
        case .over, .none:
            do {
                try await self.keeper.join(person)
            } catch is PostgresError {
                throw IntakeRefusal.roomUnavailable
            } catch is CancellationError {
                throw IntakeRefusal.roomUnavailable
            }
        }
        guard let answer = try self.answer(to: person, of: opening) else { throw IntakeRefusal.roomNotReady }
        return answer
    }

    private func answer(to person: UUID, of opening: RoomOpening) throws -> IntakeAPI.Room? {
        let now = self.clock.now()
        let (_, view) = self.board.view(of: person, at: now)
        guard let view, let ticket = view.ticket, let standing = view.standing else { return nil }
        return IntakeAPI.Room(
            standing, ticket: try self.tickets.text(opening: opening.id, person: person, number: ticket.number),
            opening: opening, hours: self.board.hours, waiting: view.waiting, pace: view.pace, at: now)
    }

    /// Gives the place up, or the turn: somebody else can have it. Repeated, it changes nothing.
    func leave(by principal: Principal) throws -> IntakeAPI.Room {
        let person = try self.person(principal)
        let now = self.clock.now()
        self.board.leave(person, at: now)
        guard let opening = self.board.view(of: person, at: now).opening,
            let room = try self.answer(to: person, of: opening)
        else { return .free(self.board.hours) }
        return room
    }

    private func person(_ principal: Principal) throws -> UUID {
        try AccessPolicy.decide(
            principal, .joinRoom,
            on: Resource(
                division: self.programme.divisionCode, station: principal.station, person: principal.person))
        // An applicant's token names its person.
        guard let person = principal.person else { throw IntakeRefusal.roomTicketInvalid }
        return person
    }
}
