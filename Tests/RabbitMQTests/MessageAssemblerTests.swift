import FoundationEssentials
import PollExecutor
import RabbitMQ
import Testing

@Suite struct MessageAssemblerTests {
    private let start = MessageAssembler.Start.delivery(number: 7, redelivered: false, exchange: "e", routingKey: "k")

    @Test func `A body in pieces becomes one message`() throws {
        var assembler = MessageAssembler()
        try assembler.begin(self.start)
        #expect(try assembler.header(bodySize: 5, properties: AMQPProperties(messageID: "m")) == nil)
        #expect(try assembler.body([1, 2]) == nil)
        let last = try assembler.body([3, 4, 5])
        let message = try #require(last)
        #expect(message.body == [1, 2, 3, 4, 5])
        #expect(message.properties.messageID == "m")
        #expect(message.start == self.start)
    }

    @Test func `A message without a body is complete with its header`() throws {
        var assembler = MessageAssembler()
        for _ in 0..<2 {
            try assembler.begin(self.start)
            #expect(try assembler.header(bodySize: 0, properties: AMQPProperties())?.body.isEmpty == true)
        }
    }

    @Test func `An announced size nobody sends reserves no memory to speak of`() throws {
        var assembler = MessageAssembler()
        try assembler.begin(self.start)
        #expect(try assembler.header(bodySize: .max, properties: AMQPProperties()) == nil)
        #expect(try assembler.body([1]) == nil)
    }

    @Test func `Frames in an impossible order are an error`() throws {
        var header = MessageAssembler()
        #expect(throws: AMQPError.self) { try header.header(bodySize: 1, properties: AMQPProperties()) }
        var body = MessageAssembler()
        #expect(throws: AMQPError.self) { try body.body([1]) }
        var twice = MessageAssembler()
        try twice.begin(self.start)
        #expect(throws: AMQPError.self) { try twice.begin(self.start) }
        var long = MessageAssembler()
        try long.begin(self.start)
        _ = try long.header(bodySize: 1, properties: AMQPProperties())
        #expect(throws: AMQPError.self) { try long.body([1, 2]) }
    }
}

@Suite struct AMQPMessageTests {
    @Test func `A message that cannot be expressed in AMQP is recognised before it is sent`() {
        let long = String(repeating: "k", count: 256)
        var deep = AMQPFieldValue.int(1)
        for _ in 0..<20 { deep = .array([deep]) }
        let plain = AMQPMessage(exchange: "e", routingKey: "k", body: [])
        #expect(plain.mistake(frameSize: 131_072) == nil)
        for change in [
            { (message: inout AMQPMessage) in message.exchange = long }, { $0.routingKey = long },
            { $0.properties.messageID = long }, { $0.properties.headers[long] = 1 },
            { $0.properties.headers["d"] = deep },
            { $0.properties.headers["b"] = .bytes([UInt8](repeating: 0, count: 131_072)) },
        ] {
            var message = plain
            change(&message)
            #expect(message.mistake(frameSize: 131_072) != nil)
        }
    }

    @Test func `The configuration never shows its password`() {
        let configuration = AMQPConfiguration(
            host: "127.0.0.1", port: 1, user: "u", password: "geheim-4711", connectionName: "c")
        #expect(!"\(configuration)".contains("geheim"))
        #expect(!String(reflecting: configuration).contains("geheim"))
        #expect(!"\([configuration])".contains("geheim"))
    }

    @Test func `Waits before reconnecting double up to five seconds`() {
        var backoff = ReconnectBackoff()
        let longest = (0..<9).map { _ in backoff.next { $0.upperBound } }
        #expect(longest[0] == .milliseconds(50))
        #expect(longest[1] == .milliseconds(100))
        #expect(longest[8] == .seconds(5))
        backoff.reset()
        #expect(backoff.next { $0.lowerBound } == .milliseconds(25))
    }
}
