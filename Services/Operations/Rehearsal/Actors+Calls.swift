import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// Staff of the stations at the telephone.
extension Actors {
    /// One clerk at each station; nobody calls more in half a day.
    private static let mostCalls = 200

    /// Body of an attempt.
    private struct Attempt: Encodable {
        let id: UUID
        let version: Int
        let outcome: CallOutcome
        let number: String?
        let at: Date?
        let note: String?
    }

    /// Every station works off what waits for it now; the centre sees where anything does.
    func callPeople(_ ledger: RehearsalLedger, at moment: Agenda.Moment) async throws -> Outcome {
        let now = moment.hour.instant(on: moment.day)
        var stations: Set<String> = []
        var (offset, total) = (0, 1)
        while offset < total {
            let page = try await self.desk.call(
                .notification, "GET", "/api/calls?limit=200&offset=\(offset)", as: .centre, answer: CallAPI.List.self)
            stations.formUnion(page.calls.filter { $0.dueAt <= now && !$0.reason.isForCentre }.map(\.station))
            (offset, total) = (offset + 200, page.total)
        }
        guard !stations.isEmpty else { return .called([], moment.hour) }
        let done = try await withThrowingTaskGroup(of: [CallDone].self) { group in
            for station in stations {
                group.addTask { try await self.calls(at: station, ledger, now) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return .called(done, moment.hour)
    }

    private func calls(at station: String, _ ledger: RehearsalLedger, _ now: Date) async throws -> [CallDone] {
        var done: [CallDone] = []
        var seen: Set<String> = []
        while done.count < Self.mostCalls {
            let next = try await self.desk.call(
                .notification, "POST", "/api/calls/next", as: .station, station: station, answer: CallAPI.Next.self)
            guard let call = next.call, seen.insert("\(call.id) \(call.version)").inserted else { break }
            guard let index = ledger.byPerson[call.personID] else {
                throw OperationsError("Notification wants \(call.personID) called, whom this rehearsal does not know.")
            }
            let answer = self.script.answer(ledger.people[index], to: call, now: now)
            let attempt = Attempt(
                id: self.script.chance.uuid(person: index, "attempt.\(call.id)", attempt: call.attempts.count),
                version: call.version, outcome: answer.outcome,
                number: call.numbers.first(where: \.isNext)?.id, at: answer.at, note: answer.note)
            do {
                _ = try await self.desk.post(
                    .notification, "/api/calls/\(call.id)/attempts", attempt, as: .station, station: station,
                    answer: CallAPI.Standing.self)
                done.append(CallDone(reason: call.reason, outcome: answer.outcome))
            } catch let refusal as Desk.Refusal where refusal.status == 409 {
                // What it was about has changed while they spoke: there is nothing to write down any more.
            }
        }
        return done
    }
}
