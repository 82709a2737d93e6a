import AccessJournal
import CardProgramme
import Hummingbird
import Messaging
import PostgreSQL
import Redis
import SeatCount
import ServiceLifecycle
import ServiceRuntime

/// What appointments are made of: a part of the composition root, for its length alone.
struct AppointmentAssembly {
    private let appointments: AppointmentController
    private let stationDay: StationDayController
    private let slip: SlipController
    /// In the order of dependence.
    let services: [any Service]

    init(
        configuration: IntakeConfiguration, context: RuntimeContext, pool: PostgresPool, persons: PersonRepository,
        endpoint: MessageEndpoint, journal: AccessJournal,
        room: WaitingRoom
    ) throws {
        let programme = configuration.programme
        let clock = context.clock
        let keyRing = context.keyRing
        let horizon = BookingHorizon()
        let repository = AppointmentRepository(pool: pool)
        let slots = SlotRepository(pool: pool)
        var counting: [any Service] = []
        var redisCounter: RedisSeatCounter?
        if let configuration = configuration.redis {
            let redis = RedisClient(configuration: configuration, scripts: SeatScripts.all, logger: context.logger)
            let counter = RedisSeatCounter(
                redis: redis, record: slots, clock: clock,
                namespace: try context.configuration.required(.messagingNamespace), logger: context.logger)
            context.metrics.observe(
                "intake_seats_counted", help: "1 while Redis counts free seats, 0 while the database answers alone."
            ) { counter.isCounting ? 1 : 0 }
            redisCounter = counter
            counting = [redis, counter]
        }
        let counter: any SeatCounter = redisCounter ?? NoSeatCounter()
        let desk = DeskRepository(pool: pool)
        let layOut = LayOutDays(
            programme: programme, calendar: .china, clock: clock, slots: slots, endpoint: endpoint)
        let changes = AppointmentChanges(endpoint: endpoint, counter: counter)
        let find = FindSlots(
            programme: programme, horizon: horizon, clock: clock, slots: slots, layOut: layOut, counter: counter)
        let waiting = WaitForSeat(
            programme: programme, horizon: horizon, clock: clock, persons: persons, appointments: repository,
            waiting: WaitingRepository(pool: pool), find: find, counter: counter, endpoint: endpoint,
            keyRing: keyRing)
        let faults = try FaultPlan(crashAt: context.configuration.value(.crashAt), crashSubject: nil)
        self.appointments = AppointmentController(
            find: find,
            book: BookAppointment(
                programme: programme, horizon: horizon, clock: clock, persons: persons, appointments: repository,
                layOut: layOut,
                writer: SeatWriter(
                    appointments: repository, endpoint: endpoint, counter: counter, faults: faults),
                changes: changes, counter: counter, keyRing: keyRing, faults: faults),
            change: ChangeAppointment(
                programme: programme, horizon: horizon, clock: clock, persons: persons, appointments: repository,
                layOut: layOut, changes: changes, counter: counter, endpoint: endpoint, keyRing: keyRing),
            read: ReadAppointments(
                programme: programme, clock: clock, persons: persons, appointments: repository, keyRing: keyRing),
            waiting: waiting, gate: room.gate, limits: room.limits, clock: clock, journal: journal)
        self.stationDay = StationDayController(
            capacity: ChangeCapacity(
                programme: programme, clock: clock, capacities: CapacityRepository(pool: pool), layOut: layOut,
                find: find,
                counter: counter, endpoint: endpoint),
            receive: ReceivePeople(
                programme: programme, clock: clock, persons: persons, appointments: repository, desk: desk,
                layOut: layOut, counter: counter, endpoint: endpoint, keyRing: keyRing),
            serve: ServePeople(
                programme: programme, clock: clock, persons: persons, appointments: repository, desk: desk,
                layOut: layOut, changes: changes, endpoint: endpoint, keyRing: keyRing))
        self.slip = SlipController(
            print: PrintSlip(
                programme: programme, persons: persons, appointments: repository,
                checklist: ReadChecklist(
                    programme: programme, rules: MaterialRules(tightenedBy: programme), persons: persons,
                    submissions: SubmissionRepository(pool: pool, persons: persons)), keyRing: keyRing),
            reconcile: ReconcileSeats(programme: programme, counter: redisCounter), journal: journal)
        self.services =
            counting + [
                SeatHousekeeping(
                    clock: clock, appointments: repository, waiting: waiting, counter: counter, endpoint: endpoint,
                    logger: context.logger)
            ]
    }

    func add(to routes: RouterGroup<APIContext>) {
        self.appointments.add(to: routes)
        self.stationDay.add(to: routes)
        self.slip.add(to: routes)
    }
}
