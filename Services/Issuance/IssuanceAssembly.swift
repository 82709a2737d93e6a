import AccessJournal
import CardProgramme
import Contracts
import Messaging
import PostgreSQL
import ServiceLifecycle
import ServiceRuntime
import Storage

/// Puts issuance together. The only file that knows all concrete types.
enum IssuanceAssembly {
    private static let migrations =
        MessageEndpoint.migrations + [.v100CardCustody, .v110Exceptions, .v120Unreachable, .looks]

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
        let reports = DamageReader(pool: pool)
        let holdCards = HoldCards(
            clock: clock, deadlines: DeadlineRules(deadlines: configuration.programme.deadlines))
        let endpoint = try MessageEndpoint(
            service: .issuance, pool: pool, context: context,
            handlers: [
                SubmissionApprovedConsumer.handler(
                    OrderCards(district: district, keyRing: context.keyRing, seal: seal, clock: clock)),
                SubmissionPausedConsumer.handler(holdCards),
                SubmissionResumedConsumer.handler(holdCards),
                SubmissionRevokedConsumer.handler(holdCards),
                HolderUnreachedConsumer.handler(NoteUnreachable()),
            ])
        IssuanceGauges.register(in: context.metrics, orders: orders, reports: reports, clock: clock)

        let journal = AccessJournal(pool: pool, clock: clock)
        let desk = CardDesk(district: district, orders: orders, seal: seal, journal: journal)
        let storePhoto = StorePhoto(endpoint: endpoint, clock: clock, seal: seal)
        let orderRoutes = OrderRoutes(
            desk: desk, deliverCard: DeliverCard(endpoint: endpoint, clock: clock, seal: seal),
            deliveryModes: configuration.programme.deliveryModes)
        let cardRoutes = CardRoutes(
            desk: desk, file: CardFileReader(pool: pool), clock: clock, storePhoto: storePhoto,
            reportMissing: ReportMissing(endpoint: endpoint, clock: clock, seal: seal),
            reportLoss: ReportLoss(endpoint: endpoint, clock: clock, seal: seal),
            replaceCard: ReplaceCard(endpoint: endpoint, clock: clock, seal: seal),
            takeBackCard: TakeBackCard(endpoint: endpoint, clock: clock, seal: seal))
        let batchRoutes = BatchRoutes(
            district: district, batches: BatchReader(pool: pool),
            makeBatch: MakeBatch(endpoint: endpoint, clock: clock), seal: seal, journal: journal)
        let parcelRoutes = ParcelRoutes(
            district: district, parcels: reports, shipParcel: ShipParcel(endpoint: endpoint, clock: clock),
            receiveParcel: ReceiveParcel(endpoint: endpoint, clock: clock, seal: seal))
        let damageRoutes = DamageRoutes(
            district: district, reports: reports, orders: orders, journal: journal, seal: seal, storePhoto: storePhoto,
            passDamageUp: PassDamageUp(endpoint: endpoint, clock: clock, seal: seal),
            settleTraces: SettleTraces(endpoint: endpoint, clock: clock, seal: seal))
        let returnRoutes = ReturnRoutes(
            desk: desk, returns: TransferReader(pool: pool), clock: clock,
            sendCardsUp: SendCardsUp(endpoint: endpoint, clock: clock),
            receiveReturn: ReceiveReturn(endpoint: endpoint, clock: clock, seal: seal))
        let overviewRoutes = OverviewRoutes(
            district: district, orders: orders, balance: BalanceReader(pool: pool))
        let handoverRoutes = HandoverRoutes(
            district: district, handovers: HandoverReader(pool: pool),
            handOverCards: HandOverCards(endpoint: endpoint, clock: clock, district: district),
            receiveHandover: ReceiveHandover(
                endpoint: endpoint, clock: clock,
                deadlines: DeadlineRules(deadlines: configuration.programme.deadlines),
                seal: seal),
            takeBackHandover: TakeBackHandover(endpoint: endpoint, clock: clock, seal: seal), seal: seal)
        let deadlineRoutes = DeadlineRoutes(district: district, orders: orders, clock: clock)
        let server = try ServiceAPI.makeServer(
            context: context,
            routes: { api in
                orderRoutes.add(to: api)
                LookRoutes(journal: journal, division: configuration.programme.divisionCode).add(to: api)
                cardRoutes.add(to: api)
                batchRoutes.add(to: api)
                parcelRoutes.add(to: api)
                damageRoutes.add(to: api)
                returnRoutes.add(to: api)
                overviewRoutes.add(to: api)
                handoverRoutes.add(to: api)
                deadlineRoutes.add(to: api)
            },
            // The broker is no condition: calls are answered from the database, and messages wait in the outbox meanwhile.
            readiness: [ReadinessCheck("database") { try await CardOrderReader.probe(pool) }])
        return [pool] + endpoint.services + [server]
    }
}
