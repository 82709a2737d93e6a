import Access
import CardProgramme
import Contracts
import Crypto
import FoundationEssentials
import ServiceRuntime

/// Where somebody stands in the waiting room, and how it stands as a whole: from memory, however many ask.
struct ReadRoom: Sendable {
    let programme: Programme
    let board: RoomBoard
    let tickets: RoomTickets
    let clock: ProgrammeClock

    /// - Parameter ticket: nil for somebody who has none and asks whether they need one.
    func position(ticket text: String?, by principal: Principal) throws -> IntakeAPI.Room {
        try AccessPolicy.decide(
            principal, .joinRoom,
            on: Resource(
                division: self.programme.divisionCode, station: principal.station, person: principal.person))
        guard let person = principal.person else { throw IntakeRefusal.roomTicketInvalid }
        let now = self.clock.now()
        let hours = self.board.hours
        let (opening, view) = self.board.view(of: person, at: now)
        guard let opening else {
            // Before people gather there is no ticket that could be good.
            if text?.isEmpty == false { throw IntakeRefusal.roomTicketPast }
            return .free(hours)
        }
        guard let text, !text.isEmpty else {
            guard let view else {
                if now < opening.endsAfter { throw IntakeRefusal.roomNotReady }
                return .free(hours)
            }
            guard now < opening.opensAt || view.waiting > 0 else { return .free(hours) }
            return .outside(opening: opening, hours: hours, waiting: view.waiting, isDrawn: view.isDrawn)
        }
        let number = try self.tickets.number(text, opening: opening.id, person: person)
        guard let view else { throw IntakeRefusal.roomNotReady }
        guard let ticket = view.ticket, let standing = view.standing, ticket.number >= number else {
            return .registered(ticket: text, opening: opening)
        }
        return IntakeAPI.Room(
            ticket.number == number ? standing : .over, ticket: text, opening: opening, hours: hours,
            waiting: view.waiting, pace: view.pace, at: now)
    }

    func figures(by principal: Principal) throws -> IntakeAPI.RoomFigures {
        try AccessPolicy.decide(
            principal, .readRoom, on: Resource(division: self.programme.divisionCode))
        let now = self.clock.now()
        return self.board.read(at: now) { opening, state in
            IntakeAPI.RoomFigures(
                opening: opening?.id, opensAt: opening?.opensAt, drawnAt: state?.drawnAt,
                joined: state?.order.count ?? 0, waiting: state?.order.waiting ?? 0,
                admitted: state?.order.admittedThrough ?? 0, inside: state?.order.inside(at: now) ?? 0,
                window: self.board.window, perMinute: Int((state?.pace ?? 0).rounded()),
                commitment: state?.seed.map { RoomTickets.hexadecimal(SHA256.hash(data: $0)) },
                seed: state?.drawnAt == nil ? nil : state?.seed.map { RoomTickets.hexadecimal($0) })
        }
    }

    /// The lot of a person: HMAC-SHA256 by the opening's seed over their id in lower case.
    static func lot(seed: [UInt8], person: UUID) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(
                for: Array(person.uuidString.lowercased().utf8), using: SymmetricKey(data: seed)))
    }
}
