import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL
import Storage

/// Messages a defective service might send: they go through its own outbox, so they are numbered and signed like all
/// others, and the audit knows them.
struct Injection: Sendable {
    let session: RunSession
    let installation: Installation
    /// Whose messages are slipped in, and to whom.
    let producer: ServiceName
    let receiver: ServiceName

    /// Writes bodies of one type as the messages 1, 2, 3 … of a subject.
    func send(_ bodies: [[UInt8]], type: String, subject: UUID) async throws {
        guard let pool = self.session.pools[self.producer] else { return }
        var ids: [UUID] = []
        for _ in bodies { ids.append(UUIDv7.generate()) }
        guard let last = ids.last else { return }
        let messages = ids
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                return try await pool.withTransaction { transaction in
                    try await transaction.execute(
                        """
                        INSERT INTO stream_head (destination, subject, number, message_id)
                        VALUES (\(self.receiver.rawValue), \(subject), \(bodies.count), \(last))
                        """)
                    for (index, body) in bodies.enumerated() {
                        try await transaction.execute(
                            """
                            WITH written AS (
                                INSERT INTO emitted (id, destination, lane, type, subject, number, correlation, body)
                                VALUES (\(messages[index]), \(self.receiver.rawValue), 'standard', \(type), \(subject),
                                        \(index + 1), \(subject), \(String(decoding: body, as: UTF8.self)))
                                RETURNING id, destination, subject, number, day
                            )
                            INSERT INTO outbox (id, destination, subject, number, day, not_before)
                            SELECT *, '-infinity' FROM written
                            """)
                    }
                }
            } catch let error as PostgresError where error.isRetryable && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// A notice about a submission nobody knows, which can be recorded.
    static func notice(about subject: UUID, person: UUID) throws -> [UInt8] {
        try ContractCoding.encode(
            NoticeRequested(
                noticeID: UUIDv7.generate(), personID: person, submissionID: subject, purpose: .cardOrdered,
                requestedAt: Date(timeIntervalSince1970: 1_652_140_800)))
    }

    /// An approval that issuance's database refuses whenever it is tried: its batch is none.
    func impossibleApproval(of subject: UUID, programme: Programme) throws -> [UInt8] {
        guard let station = programme.stations.first?.code else {
            throw OperationsError("the programme has no stations")
        }
        let keyRing = try KeyRing(file: "\(self.installation.keysDirectory)/\(self.producer.rawValue).json")
        let applicant = Applicant(
            name: "测试甲",
            identityNumber: try IdentityNumber.synthetic(
                division: programme.divisionCode, birthDate: programme.window.from.adding(days: -12_000), sequence: 1
            ).text, categories: [.otherVeteran])
        return try ContractCoding.encode(
            SubmissionApproved(
                submissionID: subject, personID: UUIDv7.generate(), round: 1, division: programme.divisionCode,
                station: station, cardKind: .veteran, batch: 0, lane: .standard,
                applicant: try keyRing.seal(
                    applicant, for: self.receiver.rawValue, type: SubmissionApproved.type, subject: subject,
                    field: "applicant"), filedAt: programme.window.from.startOfDay))
    }
}
