import RabbitMQ
import Testing

@Suite struct ConfirmLedgerTests {
    @Test func `A confirm up to a number answers everything before it`() {
        var ledger = ConfirmLedger<String>()
        #expect(ledger.sent("a", bytes: 10) == 1)
        #expect(ledger.sent("b", bytes: 20) == 2)
        #expect(ledger.sent("c", bytes: 30) == 3)
        let answered = ledger.acknowledged(2, multiple: true) ?? []
        #expect(answered.map(\.ticket) == ["a", "b"])
        #expect(answered.allSatisfy { $0.outcome == .confirmed })
        #expect(ledger.inFlight == 1)
        #expect(ledger.bytesInFlight == 30)
    }

    @Test func `Confirms out of order answer each message once`() {
        var ledger = ConfirmLedger<Int>()
        for number in 1...5 { _ = ledger.sent(number, bytes: 1) }
        #expect(ledger.acknowledged(4, multiple: false)?.map(\.ticket) == [4])
        #expect(ledger.acknowledged(4, multiple: false)?.isEmpty == true)
        #expect(ledger.refused(2, multiple: false)?.map(\.outcome) == [.refused])
        #expect(ledger.acknowledged(5, multiple: true)?.map(\.ticket) == [1, 3, 5])
        #expect(ledger.inFlight == 0)
        #expect(ledger.bytesInFlight == 0)
    }

    @Test func `Number zero with multiple means everything sent so far`() {
        var ledger = ConfirmLedger<Int>()
        for number in 1...3 { _ = ledger.sent(number, bytes: 1) }
        #expect(ledger.refused(0, multiple: true)?.map(\.ticket) == [1, 2, 3])
    }

    @Test func `A confirm for a message never sent is an error`() {
        var ledger = ConfirmLedger<Int>()
        _ = ledger.sent(1, bytes: 1)
        #expect(ledger.acknowledged(2, multiple: false) == nil)
        #expect(ledger.acknowledged(7, multiple: true) == nil)
        #expect(ledger.acknowledged(0, multiple: false) == nil)
        #expect(ledger.inFlight == 1)
    }

    @Test func `A returned message is answered as returned by the confirm that follows`() {
        var ledger = ConfirmLedger<String>()
        for ticket in ["a", "b", "b", "c"] { _ = ledger.sent(ticket, bytes: 1) }
        let first = ledger.returned(code: 312, reason: "NO_ROUTE") { $0 == "b" }
        let second = ledger.returned(code: 312, reason: "NO_ROUTE") { $0 == "b" }
        let third = ledger.returned(code: 312, reason: "NO_ROUTE") { $0 == "b" }
        #expect((first, second, third) == (true, true, false))
        let outcomes = ledger.acknowledged(4, multiple: true)?.map(\.outcome)
        let returned = PublishOutcome.returned(code: 312, reason: "NO_ROUTE")
        #expect(outcomes == [.confirmed, returned, returned, .confirmed])
    }

    @Test func `Losing the channel gives back exactly what is open`() {
        var ledger = ConfirmLedger<Int>()
        for number in 1...4 { _ = ledger.sent(number, bytes: 1) }
        _ = ledger.acknowledged(2, multiple: false)
        #expect(ledger.lost() == [1, 3, 4])
        #expect(ledger.inFlight == 0)
        #expect(ledger.lost().isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4, 5]) func `Any order of answers resolves every message exactly once`(seed: UInt64) {
        var random = SplitMix(state: seed)
        var ledger = ConfirmLedger<Int>()
        var resolved: [Int: Int] = [:]
        var sent = 0
        while sent < 20_000 {
            for _ in 0..<Int.random(in: 1...50, using: &random) {
                sent += 1
                #expect(ledger.sent(sent, bytes: 1) == UInt64(sent))
            }
            let number = UInt64(Int.random(in: max(1, sent - 200)...sent, using: &random))
            let answers =
                Bool.random(using: &random)
                ? ledger.acknowledged(number, multiple: Bool.random(using: &random))
                : ledger.refused(number, multiple: Bool.random(using: &random))
            for answer in answers ?? [] { resolved[answer.ticket, default: 0] += 1 }
        }
        for answer in ledger.acknowledged(UInt64(sent), multiple: true) ?? [] {
            resolved[answer.ticket, default: 0] += 1
        }
        #expect(resolved.count == sent)
        #expect(resolved.values.allSatisfy { $0 == 1 })
        #expect(ledger.inFlight == 0)
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
