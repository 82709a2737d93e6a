import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import Messaging
import PostgreSQL
import ServiceLifecycle
import ServiceRuntime
import Storage

/// The composition root: the only place that knows what intake is made of.
enum IntakeAssembly {
    /// Brings the database up to date.
    static func migrate(_ context: RuntimeContext) async throws {
        let connection = try await PostgresConnection.connect(try context.databaseConfiguration())
        let migrator = Migrator(
            connection: connection, service: context.name,
            migrations: MessageEndpoint.migrations + [
                .intake, .roster, .materials, .visits, .fourEyes, .programmeEditions, .waitingRoom, .appointments,
                .looks,
            ],
            logger: context.logger)
        do {
            try await migrator.migrate()
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// Everything long-lived, in the order of dependence.
    static func services(_ context: RuntimeContext) async throws -> [any Service] {
        let configuration = try IntakeConfiguration(context)
        let programme = configuration.programme
        let clock = context.clock
        let pool = PostgresPool(configuration: try context.databaseConfiguration(), logger: context.logger)
        let dueDays = DueDays(programme: programme, calendar: .china)
        let persons = PersonRepository(pool: pool, vault: FactsVault(keyRing: context.keyRing))
        let submissions = SubmissionRepository(pool: pool, persons: persons)
        let materials = MaterialRepository(pool: pool, keyRing: context.keyRing)
        let endpoint = try MessageEndpoint(
            service: .intake, pool: pool, context: context,
            handlers: [
                SubmissionReturnedConsumer(submissions: submissions, dueDays: dueDays).handler,
                SubmissionProgressedConsumer(submissions: submissions, dueDays: dueDays).handler,
            ])

        let register = RegisterPerson(
            programme: programme, clock: clock, persons: persons, endpoint: endpoint, keyRing: context.keyRing)
        let submit = Submit(
            programme: programme, places: PlaceRule(), dueDays: dueDays, clock: clock, submissions: submissions,
            endpoint: endpoint)
        let store = StoreMaterial(clock: clock, submissions: submissions, materials: materials)
        let rules = MaterialRules(tightenedBy: programme)
        let journal = AccessJournal(pool: pool, clock: clock)

        let personRoutes = PersonController(
            register: register, read: ReadPerson(programme: programme, clock: clock, persons: persons),
            journal: journal)
        let rosterRoutes = RosterController(
            importList: ImportRoster(
                programme: programme, clock: clock, persons: persons, endpoint: endpoint, keyRing: context.keyRing),
            doubles: SettleDoubles(programme: programme, clock: clock, persons: persons, endpoint: endpoint),
            overview: ReadRoster(programme: programme, clock: clock, persons: persons), journal: journal)
        let submissionRoutes = SubmissionController(
            submit: submit,
            list: ListSubmissions(programme: programme, submissions: submissions),
            read: ReadSubmission(submissions: submissions),
            check: CheckSubmission(
                dueDays: dueDays, clock: clock, submissions: submissions, endpoint: endpoint, keyRing: context.keyRing,
                rules: rules),
            correct: CorrectSubmission(dueDays: dueDays, clock: clock, submissions: submissions, endpoint: endpoint),
            progress: ReportProgress(
                dueDays: dueDays, clock: clock, submissions: submissions, keyRing: context.keyRing), journal: journal)
        let editions = EditionRepository(pool: pool, persons: persons)
        let programmeRoutes = ProgrammeController(
            plan: ReadStationPlan(programme: programme, clock: clock),
            recheck: ReadRecheck(programme: programme, editions: editions))
        let materialRoutes = MaterialController(
            store: store, fetch: FetchMaterial(submissions: submissions, materials: materials),
            journal: journal)
        let checklistRoutes = ChecklistController(
            checklist: ReadChecklist(programme: programme, rules: rules, persons: persons, submissions: submissions),
            guidance: ReadGuidance(programme: programme, submissions: submissions, keyRing: context.keyRing),
            journal: journal)
        let formRoutes = FormController(
            print: PrintForm(programme: programme, clock: clock, submissions: submissions, materials: materials),
            sign: RecordSignatures(submissions: submissions),
            baseForms: BaseForms(
                programme: programme, clock: clock, forms: BaseFormRepository(pool: pool, keyRing: context.keyRing),
                register: register), journal: journal)
        let visits = VisitRepository(pool: pool)
        let visitRoutes = VisitController(
            kits: Kits(programme: programme, rules: rules, clock: clock, persons: persons, visits: visits),
            takeIn: TakeInVisits(
                programme: programme, clock: clock, register: register, submit: submit, store: store, visits: visits,
                keyRing: context.keyRing),
            comparisons: CompareStatement(
                programme: programme, clock: clock, comparisons: ComparisonRepository(pool: pool)), journal: journal)

        let recheckRoutes = RecheckController(
            list: ListLeftOvers(programme: programme, clock: clock, submissions: submissions))

        let room = try WaitingRoom(configuration: configuration, pool: pool, context: context)
        let booking = try AppointmentAssembly(
            configuration: configuration, context: context, pool: pool, persons: persons, endpoint: endpoint,
            journal: journal, room: room)

        BacklogGauges(submissions: submissions, clock: clock).register(in: context.metrics)
        let server = try ServiceAPI.makeServer(
            context: context,
            routes: { routes in
                personRoutes.add(to: routes)
                rosterRoutes.add(to: routes)
                LookRoutes(journal: journal, division: programme.divisionCode).add(to: routes)
                submissionRoutes.add(to: routes)
                materialRoutes.add(to: routes)
                programmeRoutes.add(to: routes)
                recheckRoutes.add(to: routes)
                checklistRoutes.add(to: routes)
                formRoutes.add(to: routes)
                visitRoutes.add(to: routes)
                booking.add(to: routes)
                room.routes.add(to: routes)
            },
            // Not the broker: what is accepted while it is away waits in the outbox, and the counter stays open.
            readiness: [
                ReadinessCheck("database") { try await SubmissionRepository.probe(pool) },
                ReadinessCheck("programme") { try await EditionRepository.probe(pool) },
            ])
        let adoption = AdoptProgramme(
            programme: programme, yaml: configuration.programmeText, calendar: .china, clock: clock, editions: editions,
            logger: context.logger)
        let housekeeping = AnswerHousekeeping(
            submissions: submissions, daysKept: configuration.answersKeptDays, logger: context.logger)
        return [pool] + endpoint.services + booking.services + [adoption, housekeeping, room.keeper, server]
    }
}
