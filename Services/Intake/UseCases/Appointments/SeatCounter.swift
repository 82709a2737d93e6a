import CardProgramme
import FoundationEssentials

/// Counts free seats in front of the database, so that a crowd is answered without it. A hint: what it says is never
/// enough to have a seat, and everything works without it, only slower.
protocol SeatCounter: Sendable {
    /// Takes a seat out of the count.
    ///
    /// - Parameter until: for how long, in programme time; nil when a confirmation follows at once.
    func take(_ wish: SeatWish, until: Date?) async -> SeatTaking
    /// Makes a hold ready to be written: from here on it does not run out.
    func claim(_ token: HoldToken, now: Date) async -> SeatClaiming
    /// The database has these now.
    func settle(_ taken: [Appointment]) async
    /// A seat that was taken out of the count goes back into it, at once or later.
    func giveBack(_ slot: SlotID, _ id: UUID, freeAt: Date, now: Date) async
    /// Compares slots with the database and mends the count.
    func mend(_ slots: [SlotID]) async
    /// The database is at another epoch than the count: agree on one anew.
    func renew() async
    /// What is free in slots; nil when only the database can tell.
    func free(_ slots: [SlotID], now: Date) async -> [SlotID: [SeatPool: Int]]?
}

/// Who wants a seat where.
struct SeatWish: Sendable {
    let id: UUID
    let person: UUID
    let purpose: AppointmentPurpose
    let slot: SlotID
    /// The first choice first.
    let pools: [SeatPool]
    let now: Date
}

enum SeatTaking: Sendable, Equatable {
    case taken(SeatPool, epoch: Int)
    /// This very wish was fulfilled before and is still held.
    case held(SeatPool, epoch: Int, until: Date)
    /// This very wish has become an appointment.
    case settled
    case soldOut
    /// There is no such slot, or it has no seats: the station is closed then.
    case noSlot
    /// The person holds another seat for the same purpose.
    case holdsAnother(until: Date)
    /// There is no count at present: ask the database.
    case absent
}

enum SeatClaiming: Sendable, Equatable {
    case claimed
    /// Its time is over.
    case over
    /// The count has begun anew since; what it held is void.
    case stale
    case absent
}

/// No count: every question goes to the database. What runs when there is no Redis.
struct NoSeatCounter: SeatCounter {
    func take(_ wish: SeatWish, until: Date?) async -> SeatTaking { .absent }
    func claim(_ token: HoldToken, now: Date) async -> SeatClaiming { .absent }
    func settle(_ taken: [Appointment]) async {}
    func giveBack(_ slot: SlotID, _ id: UUID, freeAt: Date, now: Date) async {}
    func mend(_ slots: [SlotID]) async {}
    func renew() async {}
    func free(_ slots: [SlotID], now: Date) async -> [SlotID: [SeatPool: Int]]? { nil }
}
