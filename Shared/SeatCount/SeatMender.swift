import CardProgramme
import FoundationEssentials
import Redis
import ServiceRuntime

/// Which epoch counts: the database numbers them, Redis holds the number, and both name the life of the server.
struct SeatEpochs: Sendable {
    let redis: RedisClient
    let record: any SeatRecord
    let key: String

    /// - Returns: nil while there is no server.
    func agree() async throws -> (epoch: Int, server: RedisServerIdentity)? {
        guard let server = self.redis.serverIdentity else { return nil }
        let (known, holder) = try await self.record.epoch()
        if holder == server.runID, try await self.isHeld(known, by: server) { return (known, server) }
        // Somebody else may have begun one meanwhile.
        let epoch = try await self.record.beginEpoch(runID: server.runID) { try await self.isHeld($0, by: server) }
        try await self.redis.send(RedisCommand("SET", .text(self.key), .integer(epoch)), to: server)
        return (epoch, server)
    }

    private func isHeld(_ epoch: Int, by server: RedisServerIdentity) async throws -> Bool {
        let value = try await self.redis.send(RedisCommand("GET", .text(self.key)), to: server)
        return value.isNull ? false : try value.asInteger() == epoch
    }
}

/// Compares counts with the database while nothing can be written there.
struct SeatMender: Sendable {
    let redis: RedisClient
    let record: any SeatRecord
    let clock: ProgrammeClock
    let namespace: String
    let grace: Duration

    /// - Returns: the slots whose count was otherwise.
    func mend(
        _ wanted: Set<SlotID>, epoch: Int, on server: RedisServerIdentity, looksOnly: Bool = false
    ) async throws -> Set<SlotID> {
        let now = self.clock.now()
        return try await self.record.compare(Array(wanted), now: now) { states in
            try await withThrowingTaskGroup(of: SlotID?.self) { group in
                for (slot, state) in states {
                    group.addTask {
                        let answer = try await self.redis.run(
                            SeatScripts.mend, keys: ["\(self.namespace):epoch", "\(self.namespace):\(epoch):\(slot)"],
                            arguments: self.arguments(state, epoch: epoch, now: now, looksOnly: looksOnly), on: server)
                        let text = try answer.asArray().first?.asText()
                        return text == "mended" || text == "differs" ? slot : nil
                    }
                }
                return try await group.reduce(into: Set<SlotID>()) { if let slot = $1 { $0.insert(slot) } }
            }
        }
    }

    private func arguments(
        _ state: SeatState, epoch: Int, now: Date, looksOnly: Bool
    ) -> [RedisArgument] {
        var list: [RedisArgument] = [
            .integer(epoch), .integer(RedisSeatCounter.milliseconds(now)),
            .integer(RedisSeatCounter.milliseconds(Date.now)),
            .integer(Int(self.grace.components.seconds) * 1000), .integer(looksOnly ? 1 : 0),
            .integer(SeatPool.allCases.count),
        ]
        for pool in SeatPool.allCases {
            list += [.text(pool.rawValue), .integer(state.free[pool, default: 0])]
        }
        list.append(.integer(state.taken.count))
        for (id, pool) in state.taken { list += [.text(id.uuidString), .text(pool.rawValue)] }
        list.append(.integer(state.returning.count))
        for seat in state.returning {
            list += [
                .text("\(seat.number)|\(seat.pool.rawValue)"), .integer(RedisSeatCounter.milliseconds(seat.freeAt)),
            ]
        }
        return list
    }
}
