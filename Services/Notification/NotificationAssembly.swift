import AccessJournal
import CardProgramme
import Contracts
import Letters
import Messaging
import PostgreSQL
import ServiceLifecycle
import ServiceRuntime
import Storage

/// Puts notification together. The only file that knows all concrete types.
enum NotificationAssembly {
    private static let migrations =
        MessageEndpoint.migrations + [
            .v100Voice, .v110Appointments, .v120Messages, .v130Campaigns, .v140Providers, .v145CampaignOrder,
            .v160Arrivals, .v170Deaths, .v180WeChat,
            .v190TemplateChannels, .v200Receipts, .looks,
        ]

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
        let configuration = try NotificationConfiguration(context)
        let division = configuration.programme.divisionCode
        let seal = ContactSeal(keyRing: context.keyRing)
        let pool = PostgresPool(configuration: try context.databaseConfiguration(), logger: context.logger)
        let notices = NoticeReader(pool: pool)
        let plan = PlanMessages(calendar: .china)
        let contacts = ContactReader(pool: pool)
        let endpoint = try MessageEndpoint(
            service: .notification, pool: pool, context: context,
            handlers: [
                ContactRegisteredConsumer.handler(
                    RegisterContacts(division: division, keyRing: context.keyRing, seal: seal, clock: context.clock)),
                NoticeRequestedConsumer.handler(
                    RecordNotices(
                        clock: context.clock, plan: plan,
                        deadlines: DeadlineRules(deadlines: configuration.programme.deadlines))),
                PersonDiedConsumer.handler(SilencePeople(clock: context.clock)),
                AppointmentChangedConsumer.handler(FollowAppointments(clock: context.clock, plan: plan)),
            ])
        let messages = MessageReader(pool: pool)
        let campaigns = CampaignReader(pool: pool)
        NotificationGauges.register(
            in: context.metrics, notices: notices, contacts: contacts, messages: messages, campaigns: campaigns,
            clock: context.clock)

        let journal = AccessJournal(pool: pool, clock: context.clock)
        let voice = try ProviderAssembly(configuration, context)
        let templates = try TemplateStore(pool: pool)
        let wording = Wording(
            programme: configuration.programme, signature: configuration.voice.signature,
            telephone: configuration.voice.telephone)
        let record = RecordNews(endpoint: endpoint, clock: context.clock)
        let dispatch = DispatchMessages(
            endpoint: endpoint, gateway: voice.gateway, record: record, templates: templates, wording: wording,
            seal: seal, copies: configuration.wechat != nil, calendar: .china, clock: context.clock,
            faults: try FaultPlan(
                crashAt: context.configuration.value(.crashAt), crashSubject: nil), pause: configuration.voice.look,
            logger: context.logger)
        let wechat = try WeChatAssembly(
            configuration, context, endpoint: endpoint, wording: wording, seal: seal)
        let providerRoutes = ProviderRoutes(
            providers: voice.providers,
            receipts: TakeReceipts(record: record, gateway: voice.gateway, clock: context.clock),
            replies: TakeReplies(endpoint: endpoint, seal: seal, clock: context.clock))
        let outreach = RunCampaigns(
            endpoint: endpoint, reader: campaigns, templates: templates,
            preview: PreviewCampaign(wording: wording, calendar: .china), division: division, calendar: .china,
            clock: context.clock, logger: context.logger,
            pause: min(.milliseconds(500), configuration.voice.look * 5))
        let campaignRoutes = CampaignRoutes(
            division: division, reader: campaigns,
            manage: ManageCampaigns(
                endpoint: endpoint, reader: campaigns, templates: templates, programme: configuration.programme,
                seal: seal, clock: context.clock))
        let printing = PrintLetters(
            endpoint: endpoint, seal: seal, journal: journal, templates: templates,
            office: LetterOffice(
                name: configuration.voice.office, telephone: configuration.voice.telephone,
                address: configuration.voice.address))
        let paperRoutes = PaperRoutes(
            division: division, stations: Set(configuration.programme.stations.map(\.code)),
            paper: FollowPaper(
                endpoint: endpoint, seal: seal, print: printing, templates: templates, clock: context.clock),
            print: printing)
        let closing = CloseMessages(endpoint: endpoint, clock: context.clock, logger: context.logger)
        let asking = AskProviders(
            endpoint: endpoint, gateway: voice.gateway, seal: seal, clock: context.clock, logger: context.logger)
        let forgetting = ForgetEvents(
            endpoint: endpoint, days: configuration.voice.eventDays, clock: context.clock, logger: context.logger)

        CallGauges.register(in: context.metrics, calls: CallReader(pool: pool), clock: context.clock)
        let noticeRoutes = NoticeRoutes(division: division, notices: notices)
        let messageRoutes = MessageRoutes(
            division: division, messages: messages, templates: templates, print: printing, seal: seal, journal: journal,
            clock: context.clock)
        let contactRoutes = ContactRoutes(
            division: division, contacts: contacts, seal: seal, journal: journal)
        let server = try ServiceAPI.makeServer(
            context: context,
            routes: { api in
                noticeRoutes.add(to: api)
                contactRoutes.add(to: api)
                messageRoutes.add(to: api)
                WeChatRoutes(division: division, subscribe: wechat.subscribe).add(to: api)
                campaignRoutes.add(to: api)
                paperRoutes.add(to: api)
                CallRoutes(
                    programme: configuration.programme, pool: pool, templates: templates,
                    telephone: configuration.voice.telephone, context: context, journal: journal
                ).add(to: api)
                LookRoutes(journal: journal, division: division).add(to: api)
            },
            callbacks: { router in providerRoutes.add(to: router) },
            // The broker is no condition: calls are answered from the database, and messages wait in the outbox meanwhile.
            readiness: [ReadinessCheck("database") { try await NoticeReader.probe(pool) }])
        return [pool] + endpoint.services + voice.services + wechat.services + [
            closing, asking, forgetting, dispatch, outreach,
            ReportUnreachable(endpoint: endpoint, clock: context.clock, logger: context.logger), server,
        ]
    }
}
