import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import Portrait
import PostgreSQL
import RabbitMQ
import Testing

/// What the small things cost that every submission does many times. They print and assert no times: a test that fails on a
/// slow day teaches people to ignore it.
///
///     YOUDAI_BENCHMARKS=1 swift test -c release --filter MicroBenchmarks
@Suite(
    .serialized, .enabled(if: ProcessInfo.processInfo.environment["YOUDAI_BENCHMARKS"] != nil), .timeLimit(.minutes(3)))
struct MicroBenchmarks {
    private let stopwatch = Stopwatch()

    @Test func `Contracts to JSON and back`() throws {
        for (name, message) in Self.messages {
            let bytes = try ContractCoding.encode(message)
            try self.stopwatch.report("encode \(name), \(bytes.count) bytes") {
                use(try ContractCoding.encode(message))
            }
            try self.stopwatch.report("decode \(name)") { use(try Self.decode(message, from: bytes)) }
        }
    }

    @Test func `Envelopes signed and proved`() throws {
        let keys = try KeyRing.generate(services: ServiceName.allCases.map(\.rawValue))
        let topology = MessageTopology(namespace: "bench")
        let sender = EnvelopeCodec(keyRing: try KeyRing(json: try #require(keys["intake"])), topology: topology)
        let receiver = EnvelopeCodec(keyRing: try KeyRing(json: try #require(keys["verification"])), topology: topology)
        let body = try ContractCoding.encode(SubmissionAccepted.example)
        let envelope = Self.envelope
        let message = try sender.encode(envelope, body: body, to: .verification)
        let delivery = AMQPDelivery(
            queue: topology.queue(of: .verification, .first), exchange: message.exchange,
            routingKey: message.routingKey,
            properties: message.properties, body: message.body, redelivered: false,
            tag: DeliveryTag(generation: 1, channel: 1, number: 1))
        #expect(try receiver.decode(delivery, at: .verification).id == envelope.id)
        try self.stopwatch.report("envelope encode and sign") {
            use(try sender.encode(envelope, body: body, to: .verification))
        }
        try self.stopwatch.report("envelope decode and prove") { use(try receiver.decode(delivery, at: .verification)) }
        let applicant = Applicant(name: "测试甲", identityNumber: "34160219700101001X", categories: [.otherVeteran])
        let ring = try KeyRing(json: try #require(keys["intake"]))
        try self.stopwatch.report("seal an applicant") {
            use(
                try ring.seal(
                    applicant, for: "verification", type: SubmissionAccepted.type, subject: envelope.subject,
                    field: "applicant"))
        }
    }

    @Test func `Photos measured`() {
        let picture = SyntheticPortrait.picture(of: 1, bytes: 30_720)
        #expect(PortraitCheck.faults(of: picture) == [])
        self.stopwatch.report("photo of \(picture.count) bytes measured") { use(PortraitCheck.faults(of: picture)) }
        let cut = Array(picture.prefix(15_000))
        self.stopwatch.report("photo cut off") { use(PortraitCheck.faults(of: cut)) }
        self.stopwatch.report("synthetic photo made") { use(SyntheticPortrait.picture(of: 1, bytes: 30_720)) }
    }

    @Test func `Identity numbers`() throws {
        let birth = try #require(CalendarDay("1970-01-01"))
        let number = try IdentityNumber.synthetic(division: "341602", birthDate: birth, sequence: 1)
        let text = number.text
        try self.stopwatch.report("identity number, 18 characters") { use(try IdentityNumber(text)) }
        self.stopwatch.report("identity number as text") { use(number.text) }
    }

    @Test func `Days and working days`() throws {
        let day = try #require(CalendarDay("2022-09-28"))
        let calendar = WorkingDayCalendar.china
        self.stopwatch.report("10 working days after a day") { use(calendar.day(10, workingDaysAfter: day)) }
        self.stopwatch.report("100 days after a day") { use(day.adding(days: 100)) }
        self.stopwatch.report("day from text") { use(CalendarDay("2022-09-28")) }
        self.stopwatch.report("day as text") { use(day.description) }
    }

    @Test func `A batch of a hundred rows bound to a statement`() {
        let ids = (0..<100).map { _ in UUID() }
        let numbers = Array(0..<100)
        let texts = (0..<100).map { "submission.accepted.v\($0)" }
        let moments = (0..<100).map { Date(timeIntervalSince1970: 1_646_791_200 + Double($0)) }
        let boxes = (0..<100).map { [UInt8](repeating: UInt8($0), count: 300) }
        self.stopwatch.report("bind 100 uuid", items: 100) { use(SQL("SELECT \(ids)").text) }
        self.stopwatch.report("bind 100 bigint", items: 100) { use(SQL("SELECT \(numbers)").text) }
        self.stopwatch.report("bind 100 text", items: 100) { use(SQL("SELECT \(texts)").text) }
        self.stopwatch.report("bind 100 timestamptz", items: 100) { use(SQL("SELECT \(moments)").text) }
        self.stopwatch.report("bind 100 bytea of 300 bytes", items: 100) { use(SQL("SELECT \(boxes)").text) }
        self.stopwatch.report("bind 100 rows of all five", items: 100) {
            use(
                SQL(
                    "INSERT INTO t SELECT * FROM unnest(\(ids)::uuid[], \(numbers)::bigint[], \(texts)::text[], \(moments)::timestamptz[], \(boxes)::bytea[])"
                ).text)
        }
    }

    // MARK: -

    private static let messages: [(String, any MessageContract)] = [
        ("submission.accepted", SubmissionAccepted.example), ("submission.progressed", SubmissionProgressed.example),
        ("notice.requested", NoticeRequested.example),
    ]

    private static func decode<M: MessageContract>(_ example: M, from bytes: [UInt8]) throws -> M {
        try ContractCoding.decode(M.self, from: bytes)
    }

    private static let envelope = Envelope(
        id: UUID(), type: SubmissionAccepted.type, subject: SubmissionAccepted.example.submissionID,
        stream: Envelope.stream(from: .intake, to: .verification), number: 1, producer: .intake, lane: .first,
        sentAt: Date(timeIntervalSince1970: 1_646_791_200), correlation: UUID(), causation: nil,
        traceparent: "00-00000000000000000000000000000001-0000000000000001-01")
}
