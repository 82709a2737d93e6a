import AccessJournal
import CardProgramme
import Contracts
import Logging
import Messaging
import PostgreSQL
import ServiceLifecycle
import ServiceRuntime
import Storage

/// The composition root: the only file that knows which concrete parts review is made of.
enum ReviewAssembly {
    private static let migrations: [Migration] = MessageEndpoint.migrations + [.v100Cases, .v110Exceptions, .looks]

    /// Brings the database up to date.
    static func migrate(_ context: RuntimeContext) async throws {
        let connection = try await PostgresConnection.connect(try context.databaseConfiguration())
        let migrator = Migrator(
            connection: connection, service: context.name, migrations: Self.migrations, logger: context.logger)
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
        let configuration = try ReviewConfiguration(context.configuration)
        let deadlines = configuration.programme.deadlines
        let pool = PostgresPool(configuration: try context.databaseConfiguration(), logger: context.logger)
        let seal = ApplicantSeal(keyRing: context.keyRing)
        let dueDays = DueDays(
            calendar: .china, initialReviewWorkingDays: deadlines.initialReview.workingDays,
            auditAndFilingWorkingDays: deadlines.auditAndFiling.workingDays,
            correctionWorkingDays: deadlines.correction.workingDays)
        let rules = ReviewRules(
            dueDays: dueDays, bankChecks: configuration.programme.bankChecks,
            refusedOutright: configuration.programme.refusedOutright)
        let remarks = RemarkSeal(keyRing: context.keyRing)
        let presenter = CasePresenter(seal: seal, rules: rules, logger: context.logger)
        let announcement = StageAnnouncement(seal: seal)

        let endpoint = try MessageEndpoint(
            service: .review, pool: pool, context: context,
            handlers: [SubmissionVerifiedConsumer.handler(ReceiveVerified(seal: seal, dueDays: dueDays))])

        let journal = AccessJournal(pool: pool, clock: context.clock)
        let cases = CaseController(
            list: ListCases(pool: pool, presenter: presenter), show: ShowCase(pool: pool, presenter: presenter),
            decide: DecideCase(
                endpoint: endpoint, clock: context.clock, rules: rules, remarks: remarks, announcement: announcement),
            history: ShowHistory(pool: pool, remarks: remarks), journal: journal)
        let claims = ClaimController(
            claim: ClaimCases(endpoint: endpoint, presenter: presenter, lease: configuration.claimLease),
            release: ReleaseClaims(endpoint: endpoint), journal: journal)
        let superiors = SuperiorController(
            record: RecordSuperiorDecisions(
                endpoint: endpoint, clock: context.clock, announcement: announcement, remarks: remarks, rules: rules))
        let mover = CaseMover(endpoint: endpoint, announcement: announcement, remarks: remarks)
        let exceptions = ExceptionController(
            suspend: SuspendCase(mover: mover, clock: context.clock, rules: rules),
            rule: RecordRuling(mover: mover, clock: context.clock, rules: rules),
            withdraw: WithdrawCase(mover: mover, clock: context.clock), list: ListContradictions(pool: pool),
            settle: SettleContradiction(
                endpoint: endpoint, clock: context.clock, announcement: announcement, remarks: remarks, rules: rules))
        let recheck = RecheckController(
            list: ListLeftOvers(pool: pool, clock: context.clock),
            docket: KeepDocket(endpoint: endpoint, pool: pool, clock: context.clock, remarks: remarks),
            journal: journal)
        let figures = DeadlineController(read: ReadDeadlines(pool: pool, clock: context.clock))
        BacklogGauges(pool: pool, clock: context.clock).register(in: context.metrics)

        let server = try ServiceAPI.makeServer(
            context: context,
            routes: { api in
                cases.add(to: api)
                LookRoutes(journal: journal, division: configuration.programme.divisionCode).add(to: api)
                claims.add(to: api)
                superiors.add(to: api)
                figures.add(to: api)
                exceptions.add(to: api)
                recheck.add(to: api)
            },
            readiness: [ReadinessCheck("database") { try await CaseStore.probe(pool) }])
        let recomputation = RecomputeDueDays(pool: pool, calendar: .china, logger: context.logger)
        return [pool] + endpoint.services + [recomputation, server]
    }
}
