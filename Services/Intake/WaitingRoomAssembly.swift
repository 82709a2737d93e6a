import CardProgramme
import PostgreSQL
import ServiceRuntime

/// What the waiting room is made of, and what booking needs of it: ``gate`` and ``limits``.
struct WaitingRoom: Sendable {
    /// To be asked before an applicant books online, and told when a booking is confirmed.
    let gate: RoomGate
    /// To be passed at the beginning of every route of booking.
    let limits: ClientLimits
    let keeper: RoomKeeper
    let routes: RoomController

    init(configuration: IntakeConfiguration, pool: PostgresPool, context: RuntimeContext) throws {
        let board = RoomBoard(
            hours: .standard, window: configuration.roomWindow,
            lot: { seed, person in ReadRoom.lot(seed: seed, person: person) })
        let tickets = RoomTickets(keyRing: context.keyRing)
        let keeper = RoomKeeper(
            board: board, rooms: RoomRepository(pool: pool), clock: context.clock, logger: context.logger)
        let limits = try ClientLimits(context)
        self.gate = RoomGate(board: board, tickets: tickets)
        self.limits = limits
        self.keeper = keeper
        self.routes = RoomController(
            join: JoinRoom(
                programme: configuration.programme, board: board, keeper: keeper, tickets: tickets,
                clock: context.clock),
            read: ReadRoom(
                programme: configuration.programme, board: board, tickets: tickets, clock: context.clock),
            limits: limits)
        context.metrics.observeFamily(
            "intake_room_people", help: "People of the waiting room, as this instance knows it: waiting, and inside."
        ) {
            let now = context.clock.now()
            return board.read(at: now) { _, state in
                [
                    (labels: ["state": "waiting"], value: Double(state?.order.waiting ?? 0)),
                    (labels: ["state": "inside"], value: Double(state?.order.inside(at: now) ?? 0)),
                ]
            }
        }
    }
}
