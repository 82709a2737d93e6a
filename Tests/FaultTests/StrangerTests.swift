import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL
import TestSupport
import Testing

/// Programs that know nothing of this project's code meet its broker and its databases.
@Suite("Strangers", .serialized, .enabled(if: ServiceStand.isAvailable))
struct StrangerTests {
    @Test(
        "A stock client reads the topology: every queue of every service is there, a quorum queue, and reached by its key",
        .timeLimit(.minutes(2)))
    func topology() async throws {
        let stand = try await ServiceStand.shared()
        let client = try await StockClient(stand)
        let names = MessageTopology(namespace: stand.name)
        // A declaration with the same arguments succeeds only when the queue is exactly so.
        let output = try await client.run(
            """
            for name in os.environ["QUEUES"].split():
                print(channel.queue_declare(name, passive=True).method.queue)
            channel.queue_declare(namespace + ".intake.first", durable=True, arguments={
                "x-queue-type": "quorum", "x-dead-letter-exchange": namespace + ".dead"})
            channel.exchange_declare(namespace + ".messages", "topic", passive=True)
            """, ["QUEUES": names.queueNames.joined(separator: " ")])
        #expect(output.split(separator: "\n").map(String.init) == names.queueNames)
    }

    @Test("A stock client publishes a sealed fixture, twice, and it is applied once", .timeLimit(.minutes(2)))
    func publishes() async throws {
        let stand = try await ServiceStand.shared()
        let client = try await StockClient(stand)
        let database = try stand.database(.notification)
        let sealed = try await self.seal(stand, ContactRegistered.type, from: .intake, to: .notification)
        let person = ContactRegistered.example.personID
        _ = try await client.run(StockClient.publish + StockClient.publish, ["SEALED": sealed])
        let stream = Envelope.stream(from: .intake, to: .notification)
        try await ServiceStand.eventually("the contact is kept") {
            let rows = try await database.query(
                "SELECT 1 FROM contact_point WHERE person_id = \(person)"
            ).rows
            return rows.isEmpty ? nil : true
        }
        let applied = try await database.query(
            "SELECT applied FROM stream_cursor WHERE stream = \(stream) AND subject = \(person)"
        ).rows
        #expect(try applied.first?.decode(Int.self) == 1)
        try await self.forget(person, stream, database)
    }

    @Test(
        "A fixture with a forged number parks whole, and the true one is applied all the same", .timeLimit(.minutes(2)))
    func forged() async throws {
        let stand = try await ServiceStand.shared()
        let client = try await StockClient(stand)
        let database = try stand.database(.notification)
        let sealed = try await self.seal(stand, NoticeRequested.type, from: .review, to: .notification)
        let subject = NoticeRequested.example.submissionID
        let stream = Envelope.stream(from: .review, to: .notification)
        _ = try await client.run(
            """
            forged = json.loads(os.environ["SEALED"])
            forged["headers"]["\(EnvelopeCodec.Header.number)"] = 9
            true = os.environ["SEALED"]
            os.environ["SEALED"] = json.dumps(forged)
            \(StockClient.publish)
            os.environ["SEALED"] = true
            \(StockClient.publish)
            """, ["SEALED": sealed])
        try await ServiceStand.eventually("the true one is applied") {
            let rows = try await database.query(
                "SELECT 1 FROM stream_cursor WHERE stream = \(stream) AND subject = \(subject) AND applied = 1"
            ).rows
            return rows.isEmpty ? nil : true
        }
        let parked = try await ServiceStand.eventually("the forged one is parked") { () -> String? in
            let rows = try await database.query(
                "SELECT cause FROM waiting WHERE state = 'parked' AND stream IS NULL AND type = \(NoticeRequested.type)"
            ).rows
            return try rows.first?.decode(String.self)
        }
        #expect(parked == "the signature does not fit")
        try await database.execute("DELETE FROM waiting WHERE state = 'parked' AND stream IS NULL")
        try await database.execute("DELETE FROM notice WHERE submission_id = \(subject)")
        try await self.forget(subject, stream, database)
    }

    @Test(
        "No service's role can connect to another's database, nor to the server's own", arguments: ServiceName.allCases)
    func foreignRole(service: ServiceName) async throws {
        let installation = try #require(ServiceStandInstallation.current)
        let (user, password) = installation.role(of: service)
        var refused = 0
        for database in ServiceName.allCases.map(installation.database(of:)) + ["postgres"] {
            let result = try await Self.psql(installation, user, password, database)
            if database == installation.database(of: service) {
                #expect(result.status == .exited(0), "\(result.errors)")
            } else {
                #expect(result.status != .exited(0))
                #expect(result.errors.contains("permission denied for database"), "\(result.errors)")
                refused += 1
            }
        }
        #expect(refused == ServiceName.allCases.count)
    }

    @Test("A wrong password is refused, also from this machine")
    func wrongPassword() async throws {
        let installation = try #require(ServiceStandInstallation.current)
        let (user, _) = installation.role(of: .intake)
        let result = try await Self.psql(installation, user, "guessed", installation.database(of: .intake))
        #expect(result.status != .exited(0))
        #expect(result.errors.contains("password authentication failed"))
    }

    // MARK: -

    private func seal(
        _ stand: ServiceStand, _ type: String, from producer: ServiceName, to receiver: ServiceName
    ) async throws -> String {
        let result = try await stand.command(
            "youdai",
            [
                "seal", "--config", stand.installation.file, "--type", type, "--from", producer.rawValue, "--to",
                receiver.rawValue, "--namespace", stand.name,
            ])
        guard result.status == 0 else { throw ServiceStandError("youdai seal: \(result.errors)") }
        return result.output
    }

    /// The stand is shared: what no producer of it has sent must not stay on record.
    private func forget(_ subject: UUID, _ stream: String, _ database: PostgresConnection) async throws {
        try await database.execute("DELETE FROM stream_cursor WHERE stream = \(stream) AND subject = \(subject)")
        try await database.execute("DELETE FROM waiting WHERE stream = \(stream) AND subject = \(subject)")
        if stream.hasPrefix("intake") {
            try await database.execute("DELETE FROM contact_point WHERE person_id = \(subject)")
        }
    }

    private static func psql(
        _ installation: ServiceStandInstallation, _ user: String, _ password: String, _ database: String
    ) async throws -> (status: ServiceStandProcess.Ending, errors: String) {
        let log = "\(installation.runDirectory)/logs/psql-\(UUID().uuidString.prefix(8))"
        let process = try ServiceStandProcess.start(
            "/usr/bin/psql",
            [
                "-X", "-h", installation["DATABASE_HOST"], "-p", installation["DATABASE_PORT"], "-U", user, "-d",
                database,
                "-c", "SELECT 1",
            ],
            environment: ["PATH": "/usr/bin:/bin", "PGPASSWORD": password, "LC_ALL": "C.UTF-8"], outputFile: log)
        let ending = await process.ending()
        let output = process.output
        try? FileManager.default.removeItem(atPath: log)
        return (ending, output)
    }
}
