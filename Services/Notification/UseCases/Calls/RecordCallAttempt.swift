import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import ServiceRuntime

/// Writes what came of a call, and all that follows from it, in one transaction: when to call again, which number nobody calls any
/// more, and that nothing more is said to somebody who has died.
struct RecordCallAttempt: Sendable {
    let pool: PostgresPool
    let seal: CallSeal
    let calendar: WorkingDayCalendar
    let clock: ProgrammeClock

    /// - Parameter task: As the caller was let to it.
    /// - Returns: The call afterwards. The same attempt again changes nothing and returns it as it stands.
    /// - Throws: ``CallRefusal``.
    func callAsFunction(
        _ attempt: CallAPI.NewAttempt, on task: CallTask, by principal: Principal
    ) async throws -> CallTask {
        try AttemptCheck.check(attempt)
        let note = try attempt.note.map { try self.seal.seal(try CallNote($0), of: attempt.id) }
        // Where it met another transaction, it is tried again, as the message layer does.
        var tries = 1
        while true {
            do {
                return try await self.write(attempt, note, on: task, by: principal)
            } catch let error as PostgresError where error.isRetryable && !error.isConnectionLoss && tries < 3 {
                tries += 1
            }
        }
    }

    private func write(
        _ attempt: CallAPI.NewAttempt, _ note: [UInt8]?, on task: CallTask, by principal: Principal
    ) async throws -> CallTask {
        let now = self.clock.now()
        return try await self.pool.withTransaction { sql in
            let store = CallStore(sql: sql)
            try await store.lock(person: task.person)
            guard let task = try await store.locked(task.id) else { throw CallRefusal.unknown }
            if let known = try await store.attempt(attempt.id) {
                guard known.task == task.id, known.outcome == attempt.outcome, known.by == principal.subject else {
                    throw CallRefusal.idTaken
                }
                return task
            }
            try task.requireRecordable(by: principal.subject, version: attempt.version)
            if let at = attempt.at { try AttemptCheck.promise(at, now: now, notAfter: task.notAfter) }
            if let id = attempt.appointment { try await Self.check(appointment: id, of: task.person, store) }
            let numbers = try await store.numbers(of: task)
            let called = try Self.called(attempt, numbers)
            let stored = CallStore.StoredAttempt(
                id: attempt.id, number: task.attempts + 1, digest: called?.digest, at: now, outcome: attempt.outcome,
                promisedAt: attempt.at, booked: attempt.appointment, note: note, by: principal.subject)
            guard try await store.add(stored, to: task.id) else { throw CallRefusal.idTaken }
            return try await self.follow(attempt, called, numbers, task, store, by: principal.subject, at: now)
        }
    }

    private static func check(appointment id: UUID, of person: UUID, _ store: CallStore) async throws {
        // What intake has not told of yet is shown once it has.
        guard let known = try await store.appointment(id) else { return }
        guard known.person == person else { throw CallRefusal.appointmentOfAnother }
        guard known.state.isLive else { throw CallRefusal.appointmentOver }
    }

    private static func called(
        _ attempt: CallAPI.NewAttempt, _ numbers: [StoredNumber]
    ) throws(CallRefusal) -> StoredNumber? {
        guard let id = attempt.number else { return nil }
        guard let number = numbers.first(where: { $0.id == id }) else { throw .numberUnknown }
        return number
    }

    private func follow(
        _ attempt: CallAPI.NewAttempt, _ called: StoredNumber?, _ numbers: [StoredNumber], _ task: CallTask,
        _ store: CallStore, by clerk: String, at now: Date
    ) async throws -> CallTask {
        let outcome = attempt.outcome
        var left = numbers.filter(\.isCallable)
        let set = Self.set(left)
        if let retirement = outcome.retirement, let called {
            try await store.retire(called.digest, retirement, of: task.person, at: now)
            left.removeAll { $0.digest == called.digest }
        }
        let before = task.numberSet == set ? task.inVain : 0
        let inVain = outcome.isInVain ? before + 1 : before
        // The attempt is written already, so it is among these.
        let rang = try await store.rang(task.person, since: now.addingTimeInterval(-86_400))
        let step = CallRules.step(
            after: outcome, promised: attempt.at, CallRules.Tried(rang: rang, inVain: inVain, numbersLeft: left.count),
            now: now, notAfter: task.notAfter, calendar: self.calendar)
        // A number that was none has told nothing of the hour.
        let band = outcome.retirement == nil ? CallBand(now, calendar: self.calendar) : nil
        if outcome.isInVain, let next = CallRules.next(after: rang, calendar: self.calendar) {
            try await store.postpone(others: task, until: next, band: band)
        }
        try await Self.tellCampaigns(attempt, task, CampaignProgress(sql: store.sql), by: clerk, at: now)
        if outcome == .deceased, task.reason != .death {
            try await store.silence(
                CallStore.Death(
                    person: task.person, purpose: task.purpose, subject: task.id, subjectVersion: task.attempts + 1,
                    call: task.id), by: clerk, at: now)
        }
        if task.reason == .death, outcome.knowing == .person { try await store.unsilence(task.person) }
        let after = CallStore.After(
            step: step, promisedAt: attempt.at, outcome: outcome, inVain: inVain, numberSet: set, band: band,
            booked: attempt.appointment)
        guard let done = try await store.advance(task, after, by: clerk, at: now) else { throw CallRefusal.unknown }
        if done.state != .open, done.reason == .outreach {
            try await CampaignProgress(sql: store.sql).wake([(done.subject, done.person)], at: now)
        }
        return done
    }

    /// What is learnt in a call, whatever it was for, accounts for the person in every campaign.
    private static func tellCampaigns(
        _ attempt: CallAPI.NewAttempt, _ task: CallTask, _ campaigns: CampaignProgress, by clerk: String, at now: Date
    ) async throws {
        if let outcome = attempt.outcome.outreach {
            let sign = CampaignProgress.Sign(
                person: task.person, outcome: outcome, evidence: .call, evidenceID: attempt.id, by: clerk)
            if task.reason == .death, attempt.outcome.knowing == .person {
                try await campaigns.refuteDeath(sign, at: now)
            }
            try await campaigns.end([sign], during: task.id, at: now)
        } else if task.reason == .reply, attempt.outcome == .wrongPerson {
            // The reply came from somebody else.
            try await campaigns.reopen(task.person, endedBy: task.subject, at: now)
        }
    }

    /// Names a set of numbers.
    private static func set(_ numbers: [StoredNumber]) -> [UInt8] {
        numbers.map(\.digest).sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
    }
}
