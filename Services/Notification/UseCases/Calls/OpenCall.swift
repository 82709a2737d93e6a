import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import ServiceRuntime

/// Opens a call by hand: the person asked for one, at the counter or on the telephone.
struct OpenCall: Sendable {
    let pool: PostgresPool
    let reader: CallReader
    let seal: CallSeal
    let clock: ProgrammeClock

    /// - Parameter contact: Of the person, whom the caller may call.
    /// - Throws: ``CallRefusal`` for a person who is not contacted any more, a time at which nobody is called, or an id that is
    ///   another call's.
    func callAsFunction(_ new: CallAPI.NewCall, contact: StoredContact, isSilenced: Bool) async throws -> CallTask {
        let now = self.clock.now()
        let note = try new.note.map { try self.seal.seal(try CallNote($0), of: new.id) }
        if let known = try await self.reader.task(new.id) { return try Self.same(known, as: new) }
        if let at = new.at { try AttemptCheck.promise(at, now: now, notAfter: nil) }
        guard !isSilenced else { throw CallRefusal.silenced }
        let call = CallStore.ByHand(
            id: new.id, person: new.person, station: contact.station, purpose: new.purpose, promisedAt: new.at,
            note: note)
        try await self.pool.withTransaction { sql in try await CallStore(sql: sql).open(call, at: now) }
        guard let task = try await self.reader.task(new.id) else { throw CallRefusal.unknown }
        return try Self.same(task, as: new)
    }

    private static func same(_ task: CallTask, as new: CallAPI.NewCall) throws(CallRefusal) -> CallTask {
        guard task.person == new.person, task.purpose == new.purpose, task.reason == .callBack, task.subject == new.id
        else { throw .idTaken }
        return task
    }
}
