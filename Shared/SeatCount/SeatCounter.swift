import CardProgramme
import FoundationEssentials

/// Counts free seats in front of the database, so that a crowd is answered without it. A hint: what it says is never
/// enough to have a seat, and everything works without it, only slower.
package protocol SeatCounter: Sendable {
    /// Takes a seat out of the count.
    ///
    /// - Parameter until: for how long, in programme time; nil when a confirmation follows at once.
    func take(_ wish: SeatWish, until: Date?) async -> SeatTaking
    /// Makes a hold ready to be written: from here on it does not run out.
    func claim(_ hold: SeatHold, now: Date) async -> SeatClaiming
    /// The database has them now.
    func settle(_ seats: [CountedSeat]) async
    /// A seat that was taken out of the count goes back into it, at once or later.
    func giveBack(_ slot: SlotID, _ id: UUID, freeAt: Date, now: Date) async
    /// Compares slots with the database and mends the count.
    func mend(_ slots: [SlotID]) async
    /// The record is at another epoch than the count: agree on one anew.
    func renew() async
    /// What is free in slots; nil when only the database can tell.
    func free(_ slots: [SlotID], now: Date) async -> [SlotID: [SeatPool: Int]]?
}

/// Who wants a seat where.
package struct SeatWish: Sendable {
    package let id: UUID
    package let person: UUID
    package let purpose: AppointmentPurpose
    package let slot: SlotID
    /// The first choice first.
    package let pools: [SeatPool]
    /// Programme time.
    package let now: Date

    package init(
        id: UUID, person: UUID, purpose: AppointmentPurpose, slot: SlotID, pools: [SeatPool], now: Date
    ) {
        self.id = id
        self.person = person
        self.purpose = purpose
        self.slot = slot
        self.pools = pools
        self.now = now
    }
}

/// A seat that a count knows by the id of whoever wished for it.
package struct CountedSeat: Sendable {
    package let slot: SlotID
    package let id: UUID

    package init(slot: SlotID, id: UUID) {
        self.slot = slot
        self.id = id
    }
}

/// A seat that is held in a count.
package struct SeatHold: Sendable {
    package let id: UUID
    package let person: UUID
    package let purpose: AppointmentPurpose
    package let slot: SlotID
    /// Of the count that holds it.
    package let epoch: Int

    package init(id: UUID, person: UUID, purpose: AppointmentPurpose, slot: SlotID, epoch: Int) {
        self.id = id
        self.person = person
        self.purpose = purpose
        self.slot = slot
        self.epoch = epoch
    }
}

/// The record the count stands in front of: who really has a seat.
package protocol SeatRecord: Sendable {
    /// Every slot from a day on.
    func ids(from day: CalendarDay) async throws -> [SlotID]
    /// Looks at slots while nobody can take, give back or change a seat, and lets `body` do something with what it sees.
    func compare<Value: Sendable>(
        _ slots: [SlotID], now: Date, _ body: @escaping @Sendable ([SlotID: SeatState]) async throws -> Value
    ) async throws -> Value
    /// The present count's number, and the life of the server that holds it.
    func epoch() async throws -> (epoch: Int, runID: String)
    /// Begins a count anew: from here on nothing is recorded that an older one let pass.
    ///
    /// - Parameter isHeld: whether that server holds a number, asked once nobody else can begin one; then it is kept.
    func beginEpoch(runID: String, unless isHeld: @escaping @Sendable (Int) async throws -> Bool) async throws -> Int
}

/// A slot's seats as the record has them, whoever has them.
package struct SeatState: Sendable {
    package var free: [SeatPool: Int] = [:]
    package var taken: [UUID: SeatPool] = [:]
    /// Given back, and free for everybody only later.
    package var returning: [(number: Int, pool: SeatPool, freeAt: Date)] = []

    package init() {}
}

package enum SeatTaking: Sendable, Equatable {
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
    /// Another wish of the person for the same purpose is being written this very moment.
    case underWay
    /// There is no count at present: ask the database.
    case absent
}

package enum SeatClaiming: Sendable, Equatable {
    case claimed
    /// It was claimed before, and has become an appointment or is about to.
    case known
    /// Its time is over.
    case over
    /// The count has begun anew since; what it held is void.
    case stale
    case absent
}

/// No count: every question goes to the database. What runs when there is no Redis.
package struct NoSeatCounter: SeatCounter {
    package init() {}

    package func take(_ wish: SeatWish, until: Date?) async -> SeatTaking { .absent }
    package func claim(_ hold: SeatHold, now: Date) async -> SeatClaiming { .absent }
    package func settle(_ seats: [CountedSeat]) async {}
    package func giveBack(_ slot: SlotID, _ id: UUID, freeAt: Date, now: Date) async {}
    package func mend(_ slots: [SlotID]) async {}
    package func renew() async {}
    package func free(_ slots: [SlotID], now: Date) async -> [SlotID: [SeatPool: Int]]? { nil }
}
