import CardProgramme
import FoundationEssentials
import Logging
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// Keeps this instance's ``RoomBoard`` up to date, gives tickets, draws and lets in.
///
/// One thing after the other on one connection: a rush of people who come is written in batches, so that it costs the
/// staff at the counters no connection. Every instance lets in; who is second finds that the order has moved on and reads
/// again, so there is no holder who could die or stand still.
final class RoomKeeper: Service, CustomStringConvertible {
    private let board: RoomBoard
    private let rooms: RoomRepository
    private let clock: ProgrammeClock
    private let logger: Logger

    private struct Caller: Sendable {
        let person: UUID
        let answer: CheckedContinuation<Void, any Error>
    }

    /// Who waits for a ticket to be written; nil once nothing is written any more.
    private let callers = Mutex<[Caller]?>([])
    private let (knocks, knock) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Programme time for which an opening is kept.
    private static let kept: TimeInterval = 30 * 86_400
    /// The most tickets written at once.
    private static let batch = 500
    /// Seconds between looks when there is nothing to do.
    private static let idle = 5
    private static let housekeeping = 3600

    init(board: RoomBoard, rooms: RoomRepository, clock: ProgrammeClock, logger: Logger) {
        self.board = board
        self.rooms = rooms
        self.clock = clock
        self.logger = logger
    }

    var description: String { "waiting room" }

    /// Gives a ticket to somebody who has none, and lets in whom there is room for. Afterwards the board knows them.
    ///
    /// - Throws: what the database throws; `CancellationError` when this instance ends.
    func join(_ person: UUID) async throws {
        try await withCheckedThrowingContinuation { answer in
            let isOpen = self.callers.withLock { callers in
                callers?.append(Caller(person: person, answer: answer))
                return callers != nil
            }
            if isOpen { self.knock.yield() } else { answer.resume(throwing: CancellationError()) }
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.tick() }
                for await _ in self.knocks {
                    await self.attend()
                    if Task.isCancelled { break }
                }
                group.cancelAll()
            }
        }
        let left = self.callers.withLock { callers in
            defer { callers = nil }
            return callers ?? []
        }
        for caller in left { caller.answer.resume(throwing: CancellationError()) }
    }

    /// Wakes the keeper every second while there is something to do.
    private func tick() async {
        var second = 0
        while !Task.isCancelled {
            if second % Self.idle == 0 || self.board.isBusy(at: self.clock.now()) { self.knock.yield() }
            if second % Self.housekeeping == 0 { await self.forget() }
            second += 1
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func forget() async {
        do {
            try await self.rooms.forget(before: self.clock.now().addingTimeInterval(-Self.kept))
        } catch {
            self.logger.debug("could not forget old openings", metadata: ["error.type": "\(type(of: error))"])
        }
    }

    private func attend() async {
        let callers = self.callers.withLock { callers in
            let taken = Array((callers ?? []).prefix(Self.batch))
            callers?.removeFirst(taken.count)
            return taken
        }
        do {
            try await self.work(for: callers.map(\.person))
            for caller in callers { caller.answer.resume() }
        } catch {
            for caller in callers { caller.answer.resume(throwing: error) }
            if !(error is CancellationError) {
                self.logger.debug("the waiting room could not be read", metadata: ["error.type": "\(type(of: error))"])
            }
        }
        if self.callers.withLock({ $0?.isEmpty == false }) { self.knock.yield() }
    }

    private func work(for people: [UUID]) async throws {
        let now = self.clock.now()
        guard let opening = self.board.opening(at: now) else { return }
        if !people.isEmpty {
            // Who has had a turn must be known before another is given.
            if !self.board.isLoaded { try await self.refresh(opening, at: now) }
            let (calls, hasOpening) = self.board.calls(of: people, at: now)
            if !calls.isEmpty {
                try await self.rooms.join(opening, calls, seed: hasOpening ? nil : Self.seed(), at: now)
            }
        }
        try await self.writeEnds(of: opening, at: now)
        if self.board.isDrawDue(at: now) { try await self.rooms.draw(opening.id, at: now) }
        try await self.refresh(opening, at: now)
        if let (from, step) = self.board.nextStep(at: now) {
            if try await self.rooms.step(opening.id, from: from, to: step) {
                self.board.take(step, of: opening)
            } else {
                try await self.refresh(opening, at: now)
            }
        }
    }

    private func refresh(_ opening: RoomOpening, at now: Date) async throws {
        self.board.take(try await self.rooms.news(of: opening.id, since: self.board.cursor), of: opening, at: now)
    }

    private func writeEnds(of opening: RoomOpening, at now: Date) async throws {
        let ends = self.board.takeEnds()
        guard !ends.isEmpty else { return }
        do {
            try await self.rooms.leave(opening.id, ends, at: now)
        } catch {
            // Written again; what was written stays as it is.
            self.board.putBack(ends, of: opening)
            throw error
        }
    }

    private static func seed() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
