import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import Messaging
import PostgreSQL
import ServiceLifecycle
import ServiceRuntime
import Storage

/// The composition root: the only file that knows which concrete parts verification is made of.
enum VerificationAssembly {
    private static let migrations: [Migration] = MessageEndpoint.migrations + [.v100Cases, .v110FourEyes, .looks]

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
        let configuration = try VerificationConfiguration(context.configuration)
        let pool = PostgresPool(configuration: try context.databaseConfiguration(), logger: context.logger)
        let seal = ApplicantSeal(keyRing: context.keyRing)
        let dueDays = DueDays(calendar: .china, deadlines: configuration.programme.deadlines)
        let presenter = CasePresenter(seal: seal, dueDays: dueDays, logger: context.logger)

        let endpoint = try MessageEndpoint(
            service: .verification, pool: pool, context: context,
            handlers: [
                SubmissionAcceptedConsumer.handler(AcceptSubmissions(seal: seal)),
                SubmissionReturnedConsumer.handler(TakeBackReturned()),
            ])

        let journal = AccessJournal(pool: pool, clock: context.clock)
        let cases = CaseController(
            list: ListCases(pool: pool, presenter: presenter), show: ShowCase(pool: pool, presenter: presenter),
            decide: DecideCase(endpoint: endpoint, clock: context.clock, seal: seal, dueDays: dueDays), journal: journal
        )
        let claims = ClaimController(
            claim: ClaimCases(endpoint: endpoint, presenter: presenter, lease: configuration.claimLease),
            release: ReleaseClaims(endpoint: endpoint), journal: journal)
        let recheck = RecheckController(list: ListLeftOvers(pool: pool, clock: context.clock, dueDays: dueDays))
        BacklogGauges(pool: pool, clock: context.clock).register(in: context.metrics)

        let server = try ServiceAPI.makeServer(
            context: context,
            routes: { api in
                cases.add(to: api)
                LookRoutes(journal: journal, division: configuration.programme.divisionCode).add(to: api)
                claims.add(to: api)
                recheck.add(to: api)
            },
            readiness: [ReadinessCheck("database") { try await CaseStore.probe(pool) }])
        return [pool] + endpoint.services + [server]
    }
}
