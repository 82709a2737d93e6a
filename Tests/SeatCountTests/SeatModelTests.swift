import CardProgramme
import FoundationEssentials
import Logging
import NIOConcurrencyHelpers
import Redis
import SeatCount
import ServiceRuntime
import TestSupport
import Testing

/// The scripts and the comparison against the model, by random histories on a real Redis.
@Suite(.serialized, .enabled(if: PrivateRedis.isAvailable), .timeLimit(.minutes(5)))
struct SeatModelTests {
    private static let start = Date(timeIntervalSince1970: 1_646_791_200)
    private static let day = CalendarDay(Self.start)

    private struct Stage {
        let counter: RedisSeatCounter
        let redis: RedisClient
        let book: SeatBook
        let clock: NIOLockedValueBox<Date>
    }

    private func withStage(_ body: @escaping @Sendable (Stage, PrivateRedis) async throws -> Void) async throws {
        try await PrivateRedis.withServer(durable: false) { server in
            try await server.withClient(scripts: SeatScripts.all) { redis in
                let book = SeatBook()
                let clock = NIOLockedValueBox(Self.start)
                let counter = RedisSeatCounter(
                    redis: redis, record: book, clock: ProgrammeClock { clock.withLockedValue { $0 } },
                    namespace: "model", logger: PrivateRedis.logger, grace: .zero)
                try await body(Stage(counter: counter, redis: redis, book: book, clock: clock), server)
            }
        }
    }

    private static func slot(_ number: Int) -> SlotID {
        SlotID(
            station: "model-\(number)", kind: .counter, day: Self.day,
            start: DayTime.startOfDay.adding(minutes: 9 * 60))
    }

    @Test func everyHistoryGoesAsTheModelDoes() async throws {
        try await self.withStage { stage, _ in
            var steps = 0
            try await withThrowingTaskGroup(of: Int.self) { group in
                for seed in 0..<3_000 { group.addTask { try await Self.history(seed, stage) } }
                for try await count in group { steps += count }
            }
            print("seat model: 3,000 histories, \(steps) steps")
            #expect(steps > 60_000)
            // And at the end nothing is otherwise than the record has it, once whatever was cut off is settled.
            _ = await stage.counter.compareAll()
            let left = try await stage.counter.differences()
            #expect(left?.differing == [] && left?.compared == 3_000)
        }
    }

    /// One slot's history.
    private static func history(_ seed: Int, _ stage: Stage) async throws -> Int {
        var chance = SeededGenerator(seed: UInt64(seed) &* 2_654_435_761)
        let slot = Self.slot(seed)
        var seats: [SeatPool: Int] = [:]
        for pool in SeatPool.allCases { seats[pool] = Int.random(in: 0...3, using: &chance) }
        stage.book.state.withLockedValue { $0.slots[slot] = SeatBook.Slot(seats: seats) }
        var model = SeatModel(free: seats)
        var now = Self.start
        let people = (0..<6).map { _ in chance.uuid() }
        var ids: [(id: UUID, person: UUID)] = []
        let length = 30
        for step in 0..<length {
            let what = "seed \(seed) step \(step)"
            switch Int.random(in: 0..<10, using: &chance) {
            case 0..<4:
                var wish = (id: chance.uuid(), person: people.randomElement(using: &chance) ?? people[0])
                // Now and then the same again.
                if Int.random(in: 0..<4, using: &chance) == 0, let known = ids.randomElement(using: &chance) {
                    wish = known
                }
                ids.append(wish)
                let pools = SeatPool.allCases.shuffled(using: &chance).prefix(Int.random(in: 1...4, using: &chance))
                let until = Bool.random(using: &chance) ? now.addingTimeInterval(600) : nil
                let question = SeatWish(
                    id: wish.id, person: wish.person, purpose: .apply, slot: slot, pools: Array(pools), now: now)
                let answer = await stage.counter.take(question, until: until)
                let epoch = stage.book.state.withLockedValue { $0.epoch }
                let expected = model.take(question, until: until, epoch: epoch)
                #expect(answer == expected, "\(what): take")
                if case .taken(let pool, _) = answer, until == nil {
                    let settles = Bool.random(using: &chance)
                    await Self.write(wish.id, pool, slot, stage, settles: settles)
                    if settles { model.settle(wish.id) }
                }
            case 4, 5:
                guard let known = ids.randomElement(using: &chance) else { continue }
                let epoch = stage.book.state.withLockedValue { $0.epoch }
                let pool = model.holds[known.id]?.pool
                let hold = SeatHold(id: known.id, person: known.person, purpose: .apply, slot: slot, epoch: epoch)
                let answer = await stage.counter.claim(hold, now: now)
                let expected = model.claim(known.id, now: now)
                #expect(answer == expected, "\(what): claim")
                if answer == .claimed, let pool {
                    let settles = Bool.random(using: &chance)
                    await Self.write(known.id, pool, slot, stage, settles: settles)
                    if settles { model.settle(known.id) }
                }
            case 6:
                guard let known = ids.randomElement(using: &chance) else { continue }
                let freeAt = Bool.random(using: &chance) ? now : now.addingTimeInterval(900)
                stage.book.state.withLockedValue { state in
                    guard let pool = state.slots[slot]?.taken.removeValue(forKey: known.id), freeAt > now else {
                        return
                    }
                    state.slots[slot]?.returning.append((step, pool, freeAt))
                }
                await stage.counter.giveBack(slot, known.id, freeAt: freeAt, now: now)
                model.giveBack(known.id, freeAt: freeAt, now: now)
            case 7:
                now = now.addingTimeInterval(Double(Int.random(in: 1...700, using: &chance)))
            case 8:
                // Whatever is compared stays as it is: the record and the count agree at all times here.
                stage.clock.withLockedValue { $0 = max($0, now) }
                model.sweep(now)
            default:
                let counted = await stage.counter.free([slot], now: now)
                model.sweep(now)
                let expected = Dictionary(
                    uniqueKeysWithValues: SeatPool.allCases.map { ($0, model.free[$0, default: 0]) })
                #expect(counted?[slot] == expected, "\(what): free")
            }
        }
        return length
    }

    private static func write(
        _ id: UUID, _ pool: SeatPool, _ slot: SlotID, _ stage: Stage, settles: Bool
    ) async {
        stage.book.state.withLockedValue { $0.slots[slot]?.taken[id] = pool }
        if settles { await stage.counter.settle([CountedSeat(slot: slot, id: id)]) }
    }

    private func differing(_ stage: Stage) async throws -> [SlotID]? {
        try await stage.counter.differences()?.differing
    }

    // MARK: - What goes wrong

    /// Seats: two online. The record has one taken that the count knows nothing of, and so on.
    @Test func whateverIsOtherwiseIsFoundAndPutRight() async throws {
        try await self.withStage { stage, _ in
            let slot = Self.slot(1)
            stage.book.state.withLockedValue { $0.slots[slot] = SeatBook.Slot(seats: [.online: 3]) }
            func free() async -> Int? { await stage.counter.free([slot], now: Self.start)?[slot]?[.online] }
            #expect(await free() == 3)
            // Sold past the count.
            stage.book.state.withLockedValue { $0.slots[slot]?.taken[UUID()] = .online }
            let found1 = try await self.differing(stage)
            #expect(found1 == [slot])
            #expect(await free() == 3, "looking changes nothing")
            #expect(await stage.counter.compareAll() == [slot])
            #expect(await free() == 2)
            let found2 = try await self.differing(stage)
            #expect(found2 == [])
            // Taken out of the count, and never written.
            let lost = SeatWish(
                id: UUID(), person: UUID(), purpose: .apply, slot: slot, pools: [.online], now: Self.start)
            #expect(await stage.counter.take(lost, until: nil) == .taken(.online, epoch: 1))
            #expect(await free() == 1)
            #expect(await stage.counter.take(lost, until: nil) == .settled, "the same again")
            let other = SeatWish(
                id: UUID(), person: lost.person, purpose: .apply, slot: slot, pools: [.online], now: Self.start)
            #expect(await stage.counter.take(other, until: nil) == .underWay)
            await stage.counter.mendOverdue()
            #expect(await free() == 2)
            #expect(await stage.counter.take(other, until: nil) == .taken(.online, epoch: 1))
            await stage.counter.giveBack(slot, other.id, freeAt: Self.start, now: Self.start)
            #expect(await free() == 2)
            // Held: that is no difference.
            let held = SeatWish(
                id: UUID(), person: UUID(), purpose: .apply, slot: slot, pools: [.online], now: Self.start)
            _ = await stage.counter.take(held, until: Self.start.addingTimeInterval(600))
            let found3 = try await self.differing(stage)
            #expect(found3 == [])
            #expect(await stage.counter.compareAll() == [])
            #expect(await free() == 1)
        }
    }

    @Test func aWipedServerBeginsANewEpochAndVoidsHolds() async throws {
        try await self.withStage { stage, _ in
            let slot = Self.slot(2)
            stage.book.state.withLockedValue { $0.slots[slot] = SeatBook.Slot(seats: [.online: 2]) }
            let wish = SeatWish(
                id: UUID(), person: UUID(), purpose: .apply, slot: slot, pools: [.online], now: Self.start)
            #expect(
                await stage.counter.take(wish, until: Self.start.addingTimeInterval(600)) == .taken(.online, epoch: 1))
            try await stage.redis.send(RedisCommand("FLUSHALL"))
            #expect(await stage.counter.free([slot], now: Self.start)?[slot]?[.online] ?? -1 == 2)
            let hold = SeatHold(id: wish.id, person: wish.person, purpose: .apply, slot: slot, epoch: 1)
            #expect(await stage.counter.claim(hold, now: Self.start) == .stale)
            #expect(stage.book.state.withLockedValue { $0.epoch } == 2)
            #expect(
                await stage.counter.take(wish, until: Self.start.addingTimeInterval(600)) == .taken(.online, epoch: 2))
        }
    }

    @Test func aDeadServerIsAbsentAndANewLifeIsANewEpoch() async throws {
        try await self.withStage { stage, server in
            let slot = Self.slot(3)
            stage.book.state.withLockedValue { $0.slots[slot] = SeatBook.Slot(seats: [.online: 2]) }
            let wish = SeatWish(
                id: UUID(), person: UUID(), purpose: .apply, slot: slot, pools: [.online], now: Self.start)
            #expect(await stage.counter.take(wish, until: nil) == .taken(.online, epoch: 1))
            let generation = stage.redis.serverIdentity?.generation ?? 0
            await server.kill()
            let other = SeatWish(
                id: UUID(), person: UUID(), purpose: .apply, slot: slot, pools: [.online], now: Self.start)
            #expect(await stage.counter.take(other, until: nil) == .absent)
            #expect(await stage.counter.free([slot], now: Self.start) == nil)
            try server.start()
            _ = await stage.redis.nextConnection(after: generation)
            // Nothing of the first was written, so both seats are free again.
            #expect(await stage.counter.take(other, until: nil) == .taken(.online, epoch: 2))
        }
    }
}
