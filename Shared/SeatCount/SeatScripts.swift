import Redis

/// What Redis does with seats. Each script runs alone, so no two callers can have the last seat.
///
/// A slot's keys begin with `<namespace>:<epoch>:<slot>`:
/// - `:f` hash, free seats by pool; in `.` how many seats there are, so that it exists when all are gone; in `#` how many
///   were given back for later;
/// - `:h` sorted set, holds by the millisecond of programme time until which they last;
/// - `:p` hash, of each hold `<pool>|<person's key>`;
/// - `:t` hash, of each seat that is taken `<pool>|s`, or `<pool>|c|<real millisecond>|<person's key>` while it is being
///   written;
/// - `:b` sorted set, `<which>|<pool>` of seats given back, by when they are free.
///
/// A person's key says what they have for a purpose: `<id>|<millisecond until which it is held>`, or `<id>|c` while it is
/// being written.
///
/// `<namespace>:epoch` says which epoch counts; a script that was meant for another one does nothing. What is being
/// written, of all slots, is in the sorted set `<namespace>:epoch:<epoch>:w`: `<id>|<slot's key>` by the real millisecond
/// since when.
package enum SeatScripts {
    package static let all = [
        Self.take, Self.claim, Self.settle, Self.giveBack, Self.free, Self.mend, Self.overdue,
    ]

    /// Begins and ends that a seat is being written; lets a person wish for something again, unless they have by another
    /// id.
    private static let release = """
        local function written(base, id) redis.call('ZREM', KEYS[1] .. ':' .. ARGV[1] .. ':w', id .. '|' .. base) end
        local function writing(base, id, pool, person, real)
            redis.call('SET', person, id .. '|c', 'EX', 86400)
            redis.call('HSET', base .. ':t', id, pool .. '|c|' .. real .. '|' .. person)
            redis.call('ZADD', KEYS[1] .. ':' .. ARGV[1] .. ':w', real, id .. '|' .. base)
        end
        local function release(person, id)
            local holder = redis.call('GET', person)
            if holder and string.sub(holder, 1, #id) == id then redis.call('DEL', person) end
        end

        """

    /// Gives back what is due; in every script before it looks.
    private static let sweep =
        Self.release + """
            local function sweep(base, now)
                for _, id in ipairs(redis.call('ZRANGEBYSCORE', base .. ':h', '-inf', '(' .. now)) do
                    local kept = redis.call('HGET', base .. ':p', id)
                    if kept then
                        local pool, person = string.match(kept, '^([^|]*)|(.*)$')
                        redis.call('HINCRBY', base .. ':f', pool, 1)
                        release(person, id)
                    end
                    redis.call('HDEL', base .. ':p', id)
                    redis.call('ZREM', base .. ':h', id)
                end
                for _, member in ipairs(redis.call('ZRANGEBYSCORE', base .. ':b', '-inf', now)) do
                    redis.call('HINCRBY', base .. ':f', string.match(member, '|(.*)$'), 1)
                    redis.call('ZREM', base .. ':b', member)
                end
            end

            """

    /// What a sweep would give back to a pool.
    private static let due = """
        local function due(base, now, pool)
            local count = 0
            for _, id in ipairs(redis.call('ZRANGEBYSCORE', base .. ':h', '-inf', '(' .. now)) do
                local kept = redis.call('HGET', base .. ':p', id)
                if kept and string.match(kept, '^([^|]*)|') == pool then count = count + 1 end
            end
            for _, member in ipairs(redis.call('ZRANGEBYSCORE', base .. ':b', '-inf', now)) do
                if string.match(member, '|(.*)$') == pool then count = count + 1 end
            end
            return count
        end

        """

    /// KEYS: epoch, slot, person. ARGV: epoch, now, id, until (0 to take it at once), real time, pools….
    ///
    /// - Returns: `stale`, `unknown`, `settled`, `held` pool until, `another` until, `under way`, `taken` pool, `full`, or
    ///   `none` for a slot without any seat.
    package static let take = RedisScript(
        name: "take",
        source: Self.sweep + """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'stale'} end
            local base, person, now, id, till = KEYS[2], KEYS[3], ARGV[2], ARGV[3], ARGV[4]
            if redis.call('EXISTS', base .. ':f') == 0 then return {'unknown'} end
            sweep(base, now)
            if redis.call('HEXISTS', base .. ':t', id) == 1 then return {'settled'} end
            local mine = redis.call('ZSCORE', base .. ':h', id)
            if mine then
                local pool = string.match(redis.call('HGET', base .. ':p', id), '^([^|]*)|')
                if till == '0' then
                    redis.call('ZREM', base .. ':h', id)
                    redis.call('HDEL', base .. ':p', id)
                    writing(base, id, pool, person, ARGV[5])
                    return {'taken', pool}
                end
                return {'held', pool, mine}
            end
            local other = redis.call('GET', person)
            if other then
                local last = string.match(other, '^[^|]*|(.*)$')
                if last == 'c' then return {'under way'} end
                -- Also a hold of this id, since it is one in another slot.
                if tonumber(last) >= tonumber(now) then return {'another', last} end
            end
            for i = 6, #ARGV do
                local pool = ARGV[i]
                if tonumber(redis.call('HGET', base .. ':f', pool) or '0') > 0 then
                    redis.call('HINCRBY', base .. ':f', pool, -1)
                    if till == '0' then
                        writing(base, id, pool, person, ARGV[5])
                    else
                        redis.call('ZADD', base .. ':h', till, id)
                        redis.call('HSET', base .. ':p', id, pool .. '|' .. person)
                        redis.call('EXPIRE', base .. ':h', 86400)
                        redis.call('EXPIRE', base .. ':p', 86400)
                        redis.call('SET', person, id .. '|' .. till, 'EX', 86400)
                    end
                    return {'taken', pool}
                end
            end
            return {redis.call('HGET', base .. ':f', '.') == '0' and 'none' or 'full'}
            """)

    /// KEYS: epoch, slot, person. ARGV: epoch, now, id, real time.
    ///
    /// - Returns: `stale`, `unknown`, `claimed`, `known` for what was claimed before, or `over`.
    static let claim = RedisScript(
        name: "claim",
        source: Self.release + """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'stale'} end
            local base, now, id = KEYS[2], ARGV[2], ARGV[3]
            if redis.call('EXISTS', base .. ':f') == 0 then return {'unknown'} end
            if redis.call('HEXISTS', base .. ':t', id) == 1 then return {'known'} end
            local till = redis.call('ZSCORE', base .. ':h', id)
            if not till or tonumber(till) < tonumber(now) then return {'over'} end
            local pool = string.match(redis.call('HGET', base .. ':p', id), '^([^|]*)|')
            redis.call('ZREM', base .. ':h', id)
            redis.call('HDEL', base .. ':p', id)
            writing(base, id, pool, KEYS[3], ARGV[4])
            return {'claimed'}
            """)

    /// KEYS: epoch, slots…. ARGV: epoch, id in each slot….
    ///
    /// - Returns: `stale`, or `settled` and the places, from 1, of those that are not counted.
    static let settle = RedisScript(
        name: "settle",
        source: Self.release + """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'stale'} end
            local answer = {'settled'}
            for i = 2, #KEYS do
                local known = redis.call('HGET', KEYS[i] .. ':t', ARGV[i])
                if known then
                    local pool, person = string.match(known, '^([^|]*)|c|%d+|(.*)$')
                    if pool then
                        redis.call('HSET', KEYS[i] .. ':t', ARGV[i], pool .. '|s')
                        release(person, ARGV[i])
                        written(KEYS[i], ARGV[i])
                    end
                else
                    answer[#answer + 1] = i - 1
                end
            end
            return answer
            """)

    /// KEYS: epoch, slot. ARGV: epoch, now, id, free at.
    static let giveBack = RedisScript(
        name: "give back",
        source: Self.sweep + """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'stale'} end
            local base, now, id, at = KEYS[2], ARGV[2], ARGV[3], ARGV[4]
            sweep(base, now)
            local pool
            local taken = redis.call('HGET', base .. ':t', id)
            local kept = redis.call('HGET', base .. ':p', id)
            if taken then
                pool = string.match(taken, '^([^|]*)|')
                local person = string.match(taken, '|c|%d+|(.*)$')
                if person then
                    release(person, id)
                    written(base, id)
                end
                redis.call('HDEL', base .. ':t', id)
            elseif kept then
                local person
                pool, person = string.match(kept, '^([^|]*)|(.*)$')
                redis.call('HDEL', base .. ':p', id)
                redis.call('ZREM', base .. ':h', id)
                release(person, id)
            else
                return {'nothing'}
            end
            if tonumber(at) <= tonumber(now) then
                redis.call('HINCRBY', base .. ':f', pool, 1)
            else
                -- Numbered: the same wish may give a seat back twice before the first is free again.
                redis.call('ZADD', base .. ':b', at, 's' .. redis.call('HINCRBY', base .. ':f', '#', 1) .. '|' .. pool)
            end
            return {'given'}
            """)

    /// KEYS: epoch, slots…. ARGV: epoch, now, pools….
    ///
    /// - Returns: `stale`, or for each slot its pools' free seats, or false where it is not loaded.
    static let free = RedisScript(
        name: "free",
        source: Self.sweep + """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'stale'} end
            local answer = {}
            for i = 2, #KEYS do
                if redis.call('EXISTS', KEYS[i] .. ':f') == 0 then
                    answer[i - 1] = false
                else
                    sweep(KEYS[i], ARGV[2])
                    local counts = {}
                    for j = 3, #ARGV do
                        counts[j - 2] = tonumber(redis.call('HGET', KEYS[i] .. ':f', ARGV[j]) or '0')
                    end
                    answer[i - 1] = counts
                end
            end
            return answer
            """)

    /// Makes a slot's count what the database says, keeping what is on its way there.
    ///
    /// KEYS: epoch, slot. ARGV: epoch, now, real time, grace in real milliseconds, 1 to look only, number of pools, pool and free…,
    /// number taken, id and pool…, number given back, id|pool and free at….
    ///
    /// - Returns: `stale`, `loaded` for a slot that was not counted yet, or `same` or `mended`.
    static let mend = RedisScript(
        name: "mend",
        source: Self.sweep + Self.due + """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'stale'} end
            local base, now, real, grace = KEYS[2], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
            local isNew = redis.call('EXISTS', base .. ':f') == 0
            local dry = ARGV[5] == '1'
            if isNew and dry then return {'same'} end
            if not dry then sweep(base, now) end
            local at = 6
            local function nextArgument()
                at = at + 1
                return ARGV[at - 1]
            end
            local free, seats = {}, 0
            for i = 1, tonumber(nextArgument()) do
                local pool = nextArgument()
                free[pool] = tonumber(nextArgument())
                seats = seats + free[pool]
            end
            local taken, differs = {}, false
            for i = 1, tonumber(nextArgument()) do
                local id = nextArgument()
                taken[id] = nextArgument()
                seats = seats + 1
            end
            local before = redis.call('HGETALL', base .. ':t')
            local seen = {}
            for i = 1, #before, 2 do
                local id, value = before[i], before[i + 1]
                local pool, ms, person = string.match(value, '^([^|]*)|c|(%d+)|(.*)$')
                if taken[id] then
                    seen[id] = true
                    if taken[id] .. '|s' ~= value and not dry then
                        redis.call('HSET', base .. ':t', id, taken[id] .. '|s')
                        if person then
                            release(person, id)
                            written(base, id)
                        end
                    end
                elseif ms and real - tonumber(ms) < grace then
                    free[pool] = (free[pool] or 0) - 1
                else
                    differs = true
                    if not dry then
                        redis.call('HDEL', base .. ':t', id)
                        if person then
                            release(person, id)
                            written(base, id)
                        end
                    end
                end
            end
            for id, pool in pairs(taken) do
                if not seen[id] then
                    differs = true
                    if not dry then redis.call('HSET', base .. ':t', id, pool .. '|s') end
                end
            end
            local holds = redis.call('HGETALL', base .. ':p')
            for i = 1, #holds, 2 do
                local id = holds[i]
                local pool, person = string.match(holds[i + 1], '^([^|]*)|(.*)$')
                if taken[id] then
                    differs = true
                    if not dry then
                        redis.call('HDEL', base .. ':p', id)
                        redis.call('ZREM', base .. ':h', id)
                        release(person, id)
                    end
                elseif not dry or tonumber(redis.call('ZSCORE', base .. ':h', id) or '0') >= tonumber(now) then
                    free[pool] = (free[pool] or 0) - 1
                end
            end
            if not dry then redis.call('DEL', base .. ':b') end
            for i = 1, tonumber(nextArgument()) do
                local member, free = nextArgument(), nextArgument()
                seats = seats + 1
                if not dry then redis.call('ZADD', base .. ':b', free, member) end
            end
            for pool, count in pairs(free) do
                local counted = tonumber(redis.call('HGET', base .. ':f', pool) or '-1')
                if dry then counted = counted + due(base, now, pool) end
                if counted ~= math.max(0, count) then differs = true end
                if not dry then redis.call('HSET', base .. ':f', pool, math.max(0, count)) end
            end
            if dry then return {differs and 'differs' or 'same'} end
            redis.call('HSET', base .. ':f', '.', seats)
            redis.call('EXPIRE', base .. ':f', seats == 0 and 60 or 691200)
            redis.call('EXPIRE', base .. ':b', 691200)
            redis.call('EXPIRE', base .. ':t', 695000)
            return {isNew and 'loaded' or differs and 'mended' or 'same'}
            """)

    /// Hands out, once, what has been on its way to the record for long. KEYS: epoch. ARGV: epoch, real time before which
    /// it left, how many.
    ///
    /// - Returns: `stale`, or `<id>|<slot's key>`….
    static let overdue = RedisScript(
        name: "overdue",
        source: """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'stale'} end
            local late = KEYS[1] .. ':' .. ARGV[1] .. ':w'
            redis.call('EXPIRE', late, 691200)
            local found = redis.call('ZRANGEBYSCORE', late, '-inf', ARGV[2], 'LIMIT', 0, ARGV[3])
            if #found > 0 then redis.call('ZREM', late, unpack(found)) end
            return found
            """)
}
