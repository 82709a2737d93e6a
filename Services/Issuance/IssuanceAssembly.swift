import CardProgramme
import Contracts
import Messaging
import PostgreSQL
import ServiceLifecycle
import ServiceRuntime
import Storage

/// Puts issuance together. The only file that knows all concrete types.
enum IssuanceAssembly {
    private static let migrations = MessageEndpoint.migrations + [.v100CardCustody]

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
        let configuration = try IssuanceConfiguration(context)
        let district = District(configuration.programme)
        let clock = context.clock
        let seal = HolderSeal(keyRing: context.keyRing)
        let pool = PostgresPool(configuration: try context.databaseConfiguration(), logger: context.logger)
        let orders = CardOrderReader(pool: pool)
        let endpoint = try MessageEndpoint(
            service: .issuance, pool: pool, context: context,
            handlers: [
                SubmissionApprovedConsumer.handler(
                    OrderCards(district: district, keyRing: context.keyRing, seal: seal, clock: clock))
            ])
        IssuanceGauges.register(in: context.metrics, orders: orders, clock: clock)

        let orderRoutes = OrderRoutes(
            district: district, orders: orders, seal: seal,
            deliverCard: DeliverCard(endpoint: endpoint, clock: clock, seal: seal))
        let batchRoutes = BatchRoutes(
            district: district, batches: BatchReader(pool: pool), makeBatch: MakeBatch(endpoint: endpoint, clock: clock)
        )
        let parcelRoutes = ParcelRoutes(
            district: district, shipParcel: ShipParcel(endpoint: endpoint, clock: clock),
            receiveParcel: ReceiveParcel(endpoint: endpoint, clock: clock))
        let handoverRoutes = HandoverRoutes(
            district: district, handovers: HandoverReader(pool: pool),
            handOverCards: HandOverCards(endpoint: endpoint, clock: clock, district: district),
            receiveHandover: ReceiveHandover(
                endpoint: endpoint, clock: clock,
                deadlines: DeadlineRules(deadlines: configuration.programme.deadlines),
                seal: seal))
        let deadlineRoutes = DeadlineRoutes(district: district, orders: orders, clock: clock)
        let server = try ServiceAPI.makeServer(
            context: context,
            routes: { api in
                orderRoutes.add(to: api)
                batchRoutes.add(to: api)
                parcelRoutes.add(to: api)
                handoverRoutes.add(to: api)
                deadlineRoutes.add(to: api)
            },
            // The broker is no condition: calls are answered from the database, and messages wait in the outbox meanwhile.
            readiness: [ReadinessCheck("database") { try await CardOrderReader.probe(pool) }])
        return [pool] + endpoint.services + [server]
    }
}
