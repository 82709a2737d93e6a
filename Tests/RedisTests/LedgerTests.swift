import Redis
import Testing

@Suite struct LedgerTests {
    private let start = ContinuousClock.now

    private func ledger(commands: Int = 10, bytes: Int = 1000) -> CommandLedger<Int> {
        CommandLedger(windowCommands: commands, windowBytes: bytes, timeout: .milliseconds(100))
    }

    private func command(bytes: Int) -> RedisCommand {
        RedisCommand("ECHO", .bytes([UInt8](repeating: 0, count: bytes - 4)))
    }

    @Test func `Answers belong to commands in the order in which these were written`() {
        var ledger = self.ledger()
        for number in 0..<5 { ledger.add(RedisCommand("PING"), number, at: self.start) }
        while ledger.next(at: self.start) != nil {}
        #expect((0..<5).map { _ in ledger.answered() } == [0, 1, 2, 3, 4])
        #expect(ledger.answered() == nil)
        #expect(ledger.isEmpty)
    }

    @Test func `No more commands and bytes are in flight than the window holds, and a large one goes alone`() {
        var ledger = self.ledger(commands: 3, bytes: 100)
        for number in 0..<4 { ledger.add(RedisCommand("PING"), number, at: self.start) }
        ledger.add(self.command(bytes: 500), 4, at: self.start)
        ledger.add(RedisCommand("PING"), 5, at: self.start)
        func write() -> Int {
            var count = 0
            while ledger.next(at: self.start) != nil { count += 1 }
            return count
        }
        #expect(write() == 3)
        #expect(ledger.answered() == 0)
        #expect(write() == 1)
        // The large one waits until nothing else is in flight, and lets nobody past.
        for number in 1..<4 {
            #expect(write() == 0)
            #expect(ledger.answered() == number)
        }
        #expect(write() == 1)
        #expect(ledger.answered() == 4)
        #expect(write() == 1)
        #expect(ledger.answered() == 5)
        #expect(ledger.isEmpty && ledger.inFlight == 0)
    }

    @Test func `A loss tells apart what is late, what is open and what was never written`() {
        var ledger = self.ledger(commands: 2)
        ledger.add(RedisCommand("PING"), 0, at: self.start)
        #expect(ledger.next(at: self.start) != nil)
        ledger.add(RedisCommand("PING"), 1, at: self.start)
        #expect(ledger.next(at: self.start + .milliseconds(50)) != nil)
        ledger.add(RedisCommand("PING"), 2, at: self.start)
        #expect(ledger.next(at: self.start) == nil)
        #expect(!ledger.isOverdue(at: self.start + .milliseconds(99)))
        #expect(ledger.isOverdue(at: self.start + .milliseconds(100)))
        #expect(ledger.nextDeadline == self.start + .milliseconds(100))
        let loss = ledger.lost(at: self.start + .milliseconds(100))
        #expect(loss.overdue == [0] && loss.unknown == [1] && loss.unsent == [2])
        #expect(ledger.isEmpty && ledger.nextDeadline == nil && ledger.answered() == nil)
    }

    @Test func `What waits too long for its turn is taken out, and nothing else`() {
        var ledger = self.ledger(commands: 1)
        ledger.add(RedisCommand("PING"), 0, at: self.start)
        #expect(ledger.next(at: self.start) != nil)
        ledger.add(RedisCommand("PING"), 1, at: self.start)
        ledger.add(RedisCommand("PING"), 2, at: self.start + .milliseconds(30))
        #expect(ledger.expired(at: self.start + .milliseconds(99)) == [])
        #expect(ledger.expired(at: self.start + .milliseconds(100)) == [1])
        #expect(ledger.answered() == 0)
        #expect(ledger.next(at: self.start + .milliseconds(100)) != nil)
        #expect(ledger.answered() == 2)
    }

    @Test func `Many commands of changing windows keep their order`() {
        var random = Numbers(seed: 20_220_309)
        var ledger = self.ledger(commands: 700, bytes: 1 << 20)
        var added = 0
        var answered = 0
        for _ in 0..<200_000 {
            switch random.next(3) {
            case 0:
                ledger.add(RedisCommand("PING"), added, at: self.start)
                added += 1
            case 1: _ = ledger.next(at: self.start)
            default:
                guard let ticket = ledger.answered() else { continue }
                #expect(ticket == answered)
                answered += 1
            }
        }
        #expect(answered > 20_000)
        let loss = ledger.lost(at: self.start)
        #expect(loss.unknown + loss.unsent == Array(answered..<added))
    }
}

/// Numbers that are the same in each run.
struct Numbers {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next(_ bound: Int) -> Int {
        self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(self.state >> 33) % bound
    }
}
