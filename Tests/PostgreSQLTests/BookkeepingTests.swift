import FoundationEssentials
import PostgreSQL
import Storage
import Testing

struct PoolStateMachineTests {
    private typealias Machine = PoolStateMachine<Int, String>
    private let now = ContinuousClock.now

    private func running(size: Int, connections: Range<Int>) -> Machine {
        var machine = Machine(size: size)
        _ = machine.start()
        for connection in connections {
            _ = machine.opened(connection)
        }
        return machine
    }

    @Test func nothingIsLentBeforeTheStart() {
        var machine = Machine(size: 2)
        guard case .notRunning = machine.lease() else {
            Issue.record("lent")
            return
        }
        #expect(machine.start() == 1)
        #expect(machine.start() == nil)
    }

    @Test func waitersAreServedInOrder() {
        var machine = self.running(size: 1, connections: 0..<1)
        guard case .connection(0) = machine.lease() else {
            Issue.record("not lent")
            return
        }
        for (number, name) in ["first", "second", "third"].enumerated() {
            _ = machine.enqueue(name, identifier: UInt64(number), deadline: self.now + .seconds(number))
        }
        #expect(machine.cancel(1) == "second")
        #expect(machine.cancel(1) == nil)
        guard case .handOver("first") = machine.release(0, reusable: true) else {
            Issue.record("order")
            return
        }
        guard case .handOver("third") = machine.release(0, reusable: true) else {
            Issue.record("order")
            return
        }
        guard case .kept = machine.release(0, reusable: true) else {
            Issue.record("not kept")
            return
        }
        #expect(machine.idleCount == 1)
        #expect(machine.leased == 0)
    }

    @Test func noMoreAreOpenedThanThereIsRoomAndDemand() {
        var machine = Machine(size: 2)
        _ = machine.start()
        var opened: [Int] = []
        for number in 0..<4 {
            guard case .waiting(let open, _) = machine.enqueue("w", identifier: UInt64(number), deadline: self.now)
            else {
                Issue.record("not waiting")
                return
            }
            opened.append(open)
        }
        // The start has opened the first already.
        #expect(opened == [0, 1, 0, 0])
        #expect(machine.opening == 2)
    }

    @Test func whileTheServerIsAwayOneAttemptIsMadeAtATime() {
        var machine = Machine(size: 4)
        _ = machine.start()
        for number in 0..<3 { _ = machine.enqueue("w", identifier: UInt64(number), deadline: self.now) }
        #expect(machine.opening == 3)
        #expect(machine.openFailed() == 0)
        #expect(machine.openFailed() == 0)
        #expect(machine.openFailed() == 1)
        #expect(machine.failures == 3)
        let (returned, open) = machine.opened(7)
        guard case .handOver = returned else {
            Issue.record("not handed over")
            return
        }
        #expect(open == 2)
        #expect(machine.failures == 0)
    }

    @Test func whoHasWaitedTooLongIsRefusedAndTheWatchEnds() {
        var machine = self.running(size: 1, connections: 0..<1)
        _ = machine.lease()
        guard case .waiting(_, watch: true) = machine.enqueue("a", identifier: 1, deadline: self.now + .seconds(1)),
            case .waiting(_, watch: false) = machine.enqueue("b", identifier: 2, deadline: self.now + .seconds(2))
        else {
            Issue.record("watch")
            return
        }
        #expect(machine.nextDeadline() == self.now + .seconds(1))
        #expect(machine.expire(at: self.now + .seconds(1)) == ["a"])
        #expect(machine.nextDeadline() == self.now + .seconds(2))
        #expect(machine.expire(at: self.now + .seconds(2)) == ["b"])
        #expect(machine.nextDeadline() == nil)
        guard case .waiting(_, watch: true) = machine.enqueue("c", identifier: 3, deadline: self.now) else {
            Issue.record("the watch did not begin again")
            return
        }
    }

    @Test func aBrokenConnectionIsReplacedForTheOneWhoWaits() {
        var machine = self.running(size: 1, connections: 0..<1)
        _ = machine.lease()
        _ = machine.enqueue("a", identifier: 1, deadline: self.now)
        guard case .discard(open: 1) = machine.release(0, reusable: false) else {
            Issue.record("not replaced")
            return
        }
    }

    @Test func shuttingDownWaitsForTheLeased() {
        var machine = self.running(size: 2, connections: 0..<1)
        _ = machine.lease()
        _ = machine.enqueue("a", identifier: 1, deadline: self.now)
        let ending = machine.shutDown()
        #expect(ending.waiters == ["a"])
        #expect(!ending.drained)
        guard case .closed = machine.lease() else {
            Issue.record("lent while ending")
            return
        }
        guard case .close(drained: true) = machine.release(0, reusable: true) else {
            Issue.record("not drained")
            return
        }
    }
}

struct StatementCacheTests {
    @Test func theLeastRecentlyUsedGoesFirst() {
        var cache = StatementCache(capacity: 2)
        let keys = (0..<3).map { StatementCache.Key(text: "SELECT \($0)", types: []) }
        cache.prepared(keys[0], as: cache.newName())
        cache.prepared(keys[1], as: cache.newName())
        #expect(cache.name(for: keys[0]) == "s1")
        cache.prepared(keys[2], as: cache.newName())
        #expect(cache.name(for: keys[1]) == nil)
        #expect(cache.name(for: keys[0]) == "s1")
        #expect(cache.takeOrphans() == ["s2"])
        #expect(cache.orphans.isEmpty)
    }

    @Test func theTypesOfTheBindsAreOfTheKey() {
        var cache = StatementCache()
        cache.prepared(StatementCache.Key(text: "SELECT $1", types: [20]), as: cache.newName())
        #expect(cache.name(for: StatementCache.Key(text: "SELECT $1", types: [25])) == nil)
    }
}

struct MigrationPlanTests {
    private let one = Migration(version: 1, name: "one", sql: "SELECT 1")
    private let two = Migration(version: 100, name: "two", sql: "SELECT 2")

    @Test func whatIsMissingComesInOrder() throws {
        let plan = try MigrationPlan([self.two, self.one])
        #expect(try plan.pending(after: []) == [self.one, self.two])
        #expect(try plan.pending(after: [.init(version: 100, checksum: self.two.checksum)]) == [self.one])
    }

    @Test func aChangedStepIsRefused() throws {
        let plan = try MigrationPlan([self.one])
        #expect(throws: MigrationError(.changedAfterApplied, version: 1, name: "one")) {
            try plan.pending(after: [.init(version: 1, checksum: "0")])
        }
    }

    @Test func aNumberIsUsedOnce() {
        #expect(throws: MigrationError.self) { try MigrationPlan([self.one, self.one]) }
    }

    @Test func aStepOfANewerProgramIsLeftAlone() throws {
        let plan = try MigrationPlan([self.one])
        #expect(try plan.pending(after: [.init(version: 101, checksum: "x")]) == [self.one])
    }

    @Test func theChecksumIsSHA256() {
        let empty = Migration(version: 1, name: "", sql: "")
        #expect(empty.checksum == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
}

@Suite(.serialized)
struct UUIDv7Tests {
    @Test func identifiersIncreaseAlsoWithinAMillisecond() {
        let made = (0..<20_000).map { _ in UUIDv7.generate().uuidString }
        let isSorted = made == made.sorted()
        #expect(isSorted)
        #expect(Set(made).count == made.count)
    }

    @Test func versionVariantAndMomentAreWhereTheStandardPutsThem() {
        let moment = Date(timeIntervalSince1970: 1_646_092_800.123)
        let identifier = UUIDv7.make(at: moment)
        let bytes = identifier.uuid
        #expect(bytes.6 >> 4 == 7)
        #expect(bytes.8 >> 6 == 2)
        let read = UUIDv7.instant(of: identifier)
        #expect(abs((read?.timeIntervalSince1970 ?? 0) - 1_646_092_800.123) < 0.0011)
    }

    @Test func identifiersOfOneMomentIncrease() {
        let moment = Date(timeIntervalSince1970: 1_700_000_000)
        let made = (0..<10_000).map { _ in UUIDv7.make(at: moment).uuidString }
        let isSorted = made == made.sorted()
        #expect(isSorted)
    }
}
