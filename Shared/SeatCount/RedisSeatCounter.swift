import CardProgramme
import FoundationEssentials
import Logging
import NIOConcurrencyHelpers
import Redis
import ServiceLifecycle
import ServiceRuntime
import Storage

/// Seats counted in Redis, in front of the database (ARCHITECTURE §4).
///
/// A count belongs to one life of the Redis server and to one epoch, which the database numbers. Whoever finds another
/// server, or another epoch in it, begins the count anew; what the old one held is void, and a hold's token says of which
/// epoch it is. Slots are counted when somebody first asks for them. While there is no count every answer is `absent`.
package final class RedisSeatCounter: SeatCounter, Service {
    private struct Present: Sendable, Equatable {
        let epoch: Int
        let server: RedisServerIdentity
    }

    private let redis: RedisClient
    private let record: any SeatRecord
    private let clock: ProgrammeClock
    private let namespace: String
    private let logger: Logger
    private let present = NIOLockedValueBox<Present?>(nil)
    private let renewals: GroupedCalls<Void, Bool>
    private let mends: GroupedCalls<SlotID, Bool>
    private let mender: SeatMender
    private let grace: Duration

    /// What is being written may take so long, in real time, before it is asked whether it ever was.
    package static let grace = Duration.seconds(30)
    /// Real time between two looks for what should have reached the database long ago.
    static let lookedEvery = Duration.seconds(5)
    /// Real time in which everything is compared with the database once, a few slots at a time: what no other way notices.
    static let comparedWithin = Duration.seconds(300)
    /// Slots compared while nothing can be written: as many as take a few milliseconds, for that is how long everybody who
    /// books waits.
    static let together = 25
    /// Real time between two such moments at least.
    static let breath = Duration.milliseconds(50)
    /// Slots asked for in one script.
    static let asked = 200

    /// - Parameter namespace: first part of every key, so that several installations share a server.
    package init(
        redis: RedisClient, record: any SeatRecord, clock: ProgrammeClock, namespace: String, logger: Logger,
        grace: Duration = RedisSeatCounter.grace
    ) {
        self.redis = redis
        self.record = record
        self.clock = clock
        self.namespace = namespace
        self.logger = logger
        self.grace = grace
        let present = self.present
        let epochs = SeatEpochs(redis: redis, record: record, key: "\(namespace):epoch")
        self.renewals = GroupedCalls(largest: 10_000, lanes: 1) { calls in
            do {
                let found = try await epochs.agree()
                let new = found.map { Present(epoch: $0.epoch, server: $0.server) }
                let before = present.withLockedValue { value in
                    defer { value = new }
                    return value
                }
                if let new, new.epoch != before?.epoch {
                    logger.notice("seats are counted in Redis", metadata: ["epoch": "\(new.epoch)"])
                }
                return calls.map { _ in .success(new != nil) }
            } catch {
                present.withLockedValue { $0 = nil }
                logger.warning("seats are not counted; the database answers alone", metadata: ["error": "\(error)"])
                return calls.map { _ in .success(false) }
            }
        }
        let mender = SeatMender(
            redis: redis, record: record, clock: clock, namespace: namespace, grace: grace)
        self.mender = mender
        self.mends = GroupedCalls(largest: Self.together, lanes: 1) { slots in
            guard let now = present.withLockedValue({ $0 }) else { return slots.map { _ in .success(false) } }
            do {
                let mended = try await mender.mend(Set(slots), epoch: now.epoch, on: now.server)
                return slots.map { .success(mended.contains($0)) }
            } catch {
                logger.warning("the count of seats could not be compared", metadata: ["error": "\(error)"])
                return slots.map { _ in .success(false) }
            }
        }
    }

    /// Whether seats are counted at present, for the gauge.
    package var isCounting: Bool { self.present.withLockedValue { $0 != nil } }

    // MARK: - Questions

    package func take(_ wish: SeatWish, until: Date?) async -> SeatTaking {
        let answer = await self.ask(wish.slot) { present, slot in
            try await self.redis.run(
                SeatScripts.take, keys: [self.epochKey, slot, self.personKey(wish.person, wish.purpose, present)],
                arguments: [
                    .integer(present.epoch), .integer(Self.milliseconds(wish.now)), .text(wish.id.uuidString),
                    .integer(until.map(Self.milliseconds) ?? 0), .integer(Self.milliseconds(Date.now)),
                ] + wish.pools.map { .text($0.rawValue) }, on: present.server)
        }
        guard let (answer, epoch) = answer else { return .absent }
        switch answer.first {
        case "taken": return SeatPool(rawValue: answer[1]).map { .taken($0, epoch: epoch) } ?? .absent
        case "held":
            guard let pool = SeatPool(rawValue: answer[1]), let until = Self.date(answer[2]) else { return .absent }
            return .held(pool, epoch: epoch, until: until)
        case "another": return Self.date(answer[1]).map { .holdsAnother(until: $0) } ?? .absent
        case "under way": return .underWay
        case "settled": return .settled
        case "full": return .soldOut
        case "none": return .noSlot
        default: return .absent
        }
    }

    package func claim(_ hold: SeatHold, now: Date) async -> SeatClaiming {
        let answer = await self.ask(hold.slot) { present, slot in
            guard present.epoch == hold.epoch else { return .array([.status("void")]) }
            return try await self.redis.run(
                SeatScripts.claim,
                keys: [self.epochKey, slot, self.personKey(hold.person, hold.purpose, present)],
                arguments: [
                    .integer(hold.epoch), .integer(Self.milliseconds(now)), .text(hold.id.uuidString),
                    .integer(Self.milliseconds(Date.now)),
                ], on: present.server)
        }
        switch answer?.0.first {
        case "claimed": return .claimed
        case "known": return .known
        case "over": return .over
        case "void": return .stale
        default: return .absent
        }
    }

    package func settle(_ seats: [CountedSeat]) async {
        guard !seats.isEmpty, let present = await self.counted() else { return }
        // Whatever is not settled is looked up later, see ``SeatScripts/mend``.
        let answer = try? await self.redis.run(
            SeatScripts.settle, keys: [self.epochKey] + seats.map { self.slotKey($0.slot, present) },
            arguments: [.integer(present.epoch)] + seats.map { .text($0.id.uuidString) }, on: present.server)
        guard let words = try? answer?.asArray(), let first = words.first, (try? first.asText()) == "settled" else {
            return
        }
        await self.mend(words.dropFirst().compactMap { try? $0.asInteger() }.map { seats[$0 - 1].slot })
    }

    package func giveBack(_ slot: SlotID, _ id: UUID, freeAt: Date, now: Date) async {
        _ = await self.ask(slot) { present, key in
            try await self.redis.run(
                SeatScripts.giveBack, keys: [self.epochKey, key],
                arguments: [
                    .integer(present.epoch), .integer(Self.milliseconds(now)), .text(id.uuidString),
                    .integer(Self.milliseconds(freeAt)),
                ], on: present.server)
        }
    }

    package func mend(_ slots: [SlotID]) async {
        guard self.isCounting else { return }
        await withTaskGroup(of: Void.self) { group in
            for slot in Set(slots) { group.addTask { _ = try? await self.mends.run(slot) } }
        }
    }

    package func renew() async {
        self.present.withLockedValue { $0 = nil }
        _ = try? await self.renewals.run(())
    }

    package func free(_ slots: [SlotID], now: Date) async -> [SlotID: [SeatPool: Int]]? {
        var found: [SlotID: [SeatPool: Int]] = [:]
        for part in stride(from: 0, to: slots.count, by: Self.asked).map({
            Array(slots[$0..<min($0 + Self.asked, slots.count)])
        }) {
            guard let counts = await self.freeTogether(part, now, mending: true) else { return nil }
            found.merge(counts) { first, _ in first }
        }
        return found
    }

    private func freeTogether(
        _ slots: [SlotID], _ now: Date, mending: Bool
    ) async -> [SlotID: [SeatPool: Int]]? {
        guard let (rows, _) = await self.counts(slots, now) else { return nil }
        var found: [SlotID: [SeatPool: Int]] = [:]
        var unknown: [SlotID] = []
        for (slot, row) in zip(slots, rows) {
            guard let counts = try? row.asArray().map({ try $0.asInteger() }), counts.count == SeatPool.allCases.count
            else {
                unknown.append(slot)
                continue
            }
            found[slot] = Dictionary(uniqueKeysWithValues: zip(SeatPool.allCases, counts))
        }
        guard !unknown.isEmpty, mending else { return found }
        await self.mend(unknown)
        let rest = await self.freeTogether(unknown, now, mending: false) ?? [:]
        return found.merging(rest) { first, _ in first }
    }

    /// One row for each slot; null where it is not counted yet.
    private func counts(_ slots: [SlotID], _ now: Date) async -> (rows: [RedisValue], epoch: Int)? {
        for _ in 0..<3 {
            guard let present = await self.counted() else { return nil }
            do {
                let rows = try await self.redis.run(
                    SeatScripts.free, keys: [self.epochKey] + slots.map { self.slotKey($0, present) },
                    arguments: [.integer(present.epoch), .integer(Self.milliseconds(now))]
                        + SeatPool.allCases.map { .text($0.rawValue) }, on: present.server
                ).asArray()
                if rows.count == slots.count, (try? rows.first?.asText()) != "stale" { return (rows, present.epoch) }
                self.forget(present)
            } catch let error as RedisError where error.code == .otherServer {
                self.forget(present)
            } catch {
                return nil
            }
        }
        return nil
    }

    // MARK: - Keeping the count

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await event in self.redis.events() {
                        switch event {
                        case .connected:
                            _ = try? await self.renewals.run(())
                            // While this process had no connection it sold seats that the count knows nothing of.
                            await self.compareAll()
                        case .lost: self.present.withLockedValue { $0 = nil }
                        }
                    }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: Self.lookedEvery)
                        await self.mendOverdue()
                    }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: Self.lookedEvery)
                        await self.compareAll(within: Self.comparedWithin)
                    }
                }
            }
        }
    }

    /// Compares every slot from today on that is counted.
    ///
    /// - Parameter time: spread over this real time; nil for as soon as it can be without holding everybody up.
    /// - Returns: those that were otherwise.
    @discardableResult
    package func compareAll(within time: Duration? = nil) async -> [SlotID] {
        guard self.isCounting, !Task.isCancelled,
            let slots = try? await self.record.ids(from: CalendarDay(self.clock.now()))
        else { return [] }
        let parts = (slots.count + Self.together - 1) / Self.together
        let pause = max(Self.breath, time.map { $0 / max(1, parts) } ?? .zero)
        var mended: [SlotID] = []
        for first in stride(from: 0, to: slots.count, by: Self.together) {
            if Task.isCancelled { break }
            if time != nil || first > 0 { try? await Task.sleep(for: pause) }
            let part = slots[first..<min(first + Self.together, slots.count)]
            mended += await withTaskGroup(of: SlotID?.self) { group in
                for slot in part { group.addTask { (try? await self.mends.run(slot)) == true ? slot : nil } }
                return await group.reduce(into: []) { if let slot = $1 { $0.append(slot) } }
            }
        }
        if !mended.isEmpty {
            self.logger.notice("counts of seats were put right", metadata: ["slots": "\(mended.count)"])
        }
        return mended
    }

    /// Compares the slots where something has been on its way to the database for longer than that takes: whoever had it in
    /// hand is gone.
    package func mendOverdue() async {
        guard let present = self.present.withLockedValue({ $0 }) else { return }
        let before = Self.milliseconds(Date.now) - Int(self.grace / .milliseconds(1))
        guard
            let found = try? await self.redis.run(
                SeatScripts.overdue, keys: [self.epochKey],
                arguments: [.integer(present.epoch), .integer(before), .integer(Self.asked)], on: present.server
            ).asArray().map({ try $0.asText() })
        else { return }
        let prefix = "\(self.namespace):\(present.epoch):"
        await self.mend(
            found.compactMap { member in
                let key = member.drop { $0 != "|" }.dropFirst()
                return key.hasPrefix(prefix) ? SlotID(String(key.dropFirst(prefix.count))) : nil
            })
    }

    /// The slots whose count is not what the database says, with nothing changed.
    ///
    /// - Returns: nil while nothing is counted.
    package func differences() async throws -> (epoch: Int, compared: Int, differing: [SlotID])? {
        guard let present = await self.counted() else { return nil }
        let slots = try await self.record.ids(from: CalendarDay(self.clock.now()))
        var differing: [SlotID] = []
        for first in stride(from: 0, to: slots.count, by: Self.together) {
            let part = slots[first..<min(first + Self.together, slots.count)]
            differing += try await self.mender.mend(
                Set(part), epoch: present.epoch, on: present.server, looksOnly: true)
        }
        return (present.epoch, slots.count, differing.sorted())
    }

    // MARK: - Inside

    private func counted() async -> Present? {
        if let present = self.present.withLockedValue({ $0 }) { return present }
        guard self.redis.serverIdentity != nil, (try? await self.renewals.run(())) == true else { return nil }
        return self.present.withLockedValue { $0 }
    }

    /// Asks about a slot; counts it first where it is not counted yet, and agrees on the epoch anew where it has changed.
    private func ask(
        _ slot: SlotID, _ question: (Present, RedisArgument) async throws -> RedisValue
    ) async -> (answer: [String], epoch: Int)? {
        for _ in 0..<3 {
            guard let present = await self.counted() else { return nil }
            let answer: [String]
            do {
                answer = try await question(present, self.slotKey(slot, present)).asArray().map { try $0.asText() }
            } catch let error as RedisError where error.code == .otherServer {
                self.forget(present)
                continue
            } catch {
                return nil
            }
            switch answer.first {
            case "stale":
                self.forget(present)
            case "unknown":
                _ = try? await self.mends.run(slot)
            default:
                return (answer, present.epoch)
            }
        }
        return nil
    }

    private func forget(_ old: Present) {
        self.present.withLockedValue { if $0 == old { $0 = nil } }
    }

    private var epochKey: RedisArgument { .text("\(self.namespace):epoch") }

    private func slotKey(_ slot: SlotID, _ present: Present) -> RedisArgument {
        .text("\(self.namespace):\(present.epoch):\(slot)")
    }

    private func personKey(_ person: UUID, _ purpose: AppointmentPurpose, _ present: Present) -> RedisArgument {
        .text("\(self.namespace):\(present.epoch):\(purpose.rawValue):\(person.uuidString)")
    }

    static func milliseconds(_ date: Date) -> Int { Int((date.timeIntervalSince1970 * 1000).rounded()) }

    private static func date(_ text: String) -> Date? {
        Double(text).map { Date(timeIntervalSince1970: $0 / 1000) }
    }
}
