import CardProgramme
import FoundationEssentials
import Logging
import PostgreSQL
import ServiceLifecycle
import ServiceRuntime

/// Takes the programme this instance was started with into force, once for all instances, and after an amendment looks
/// at everybody on the roster again (R149). It goes on where an instance that died left off.
struct AdoptProgramme: Service, CustomStringConvertible {
    let programme: Programme
    /// The text the programme was read from.
    let yaml: String
    let calendar: WorkingDayCalendar
    let clock: ProgrammeClock
    let editions: EditionRepository
    let logger: Logger

    var description: String { "adoption of the programme" }

    /// Small enough to hold no file for longer than a clerk would notice.
    private static let page = 500

    /// How often it is looked whether a newer programme is in force.
    private static let lookout = Duration.seconds(5)

    /// What is in force cannot be read by this release; taking the own file for a first one would look at nobody again.
    struct UnreadableProgramme: Error, CustomStringConvertible {
        let version: Int
        var description: String {
            "version \(self.version) of the programme is in force and cannot be read by this release: go back to the release that took it, or correct what it refuses with an amendment there."
        }
    }

    /// The programme in force is newer than the file this instance has: two instances would decide by different plans.
    struct OutdatedProgramme: Error, CustomStringConvertible {
        let file: Int
        let inForce: Int
        var description: String {
            "PROGRAMME_FILE is version \(self.file) of the programme, but version \(self.inForce) is in force: give this instance the newer file, or raise the version to amend it back."
        }
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var isAdopted = false
            while !Task.isCancelled {
                do {
                    if isAdopted { isAdopted = try await self.isInForce() }
                    if !isAdopted { try await self.adopt() }
                    isAdopted = true
                    try await self.recheck()
                    // Another instance may take an amendment into force while this one runs.
                    try await Task.sleep(for: Self.lookout)
                } catch is CancellationError {
                    return
                } catch let error as UnreadableProgramme {
                    self.logger.critical("the programme in force", metadata: ["error": "\(error)"])
                    throw error
                } catch let error as OutdatedProgramme {
                    self.logger.critical("an outdated programme", metadata: ["error": "\(error)"])
                    throw error
                } catch {
                    self.logger.warning("the programme is not in force yet", metadata: ["error": "\(error)"])
                    // Only the database can be what is missing.
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
        // A service that returns would stop the others.
        try await gracefulShutdown()
    }

    private func isInForce() async throws -> Bool {
        guard let newest = try await self.editions.newest()?.edition else { return false }
        return newest.code == self.programme.code && newest.version == self.programme.version
    }

    private func adopt() async throws {
        let today = self.clock.today
        try await self.editions.pool.withTransaction { sql in
            guard let newest = try await self.editions.lockNewest(in: sql) else {
                try await self.editions.insert(
                    self.programme, yaml: self.yaml, takenOn: today, needsRecheck: false, in: sql)
                return
            }
            guard let inForce = try? Programme.parse(yaml: newest.yaml, file: "programme in force") else {
                throw UnreadableProgramme(version: newest.version)
            }
            let changes = inForce.changes(to: self.programme)
            let isSame = inForce.code == self.programme.code && inForce.version == self.programme.version
            if changes.isEmpty, isSame { return }
            if inForce.code == self.programme.code {
                guard self.programme.version >= inForce.version else {
                    throw OutdatedProgramme(file: self.programme.version, inForce: inForce.version)
                }
                self.warnUnlessAmendment(of: inForce)
            }
            try await self.editions.insert(
                self.programme, yaml: self.yaml, takenOn: today, needsRecheck: !changes.isEmpty, in: sql)
            self.logger.notice(
                "the programme is amended",
                metadata: [
                    "programme": "\(self.programme.code)", "version": "\(self.programme.version)",
                    "before": "\(inForce.code) \(inForce.version)", "changes": "\(changes.count)",
                ])
        }
    }

    /// A plan changed without saying so is taken all the same: the office's word is what stands in its file.
    private func warnUnlessAmendment(of inForce: Programme) {
        do throws(AmendmentMistake) {
            try self.programme.checkAmends(inForce)
        } catch {
            self.logger.warning("the programme changed without a proper amendment", metadata: ["error": "\(error.en)"])
        }
    }

    // MARK: - Looking again

    private enum Progress: Sendable {
        /// Another instance is at it; should it die, this one goes on.
        case waiting
        case page
        case finished(EditionRepository.Edition)
    }

    private func recheck() async throws {
        while try await self.editions.hasUnfinished() {
            switch try await self.recheckPage() {
            case .waiting: try await Task.sleep(for: .milliseconds(500))
            case .page: try Task.checkCancellation()
            case .finished(let edition): try await self.report(edition)
            }
        }
    }

    private func recheckPage() async throws -> Progress {
        try await self.editions.pool.withTransaction { sql in
            guard let (edition, before) = try await self.editions.lockUnfinished(in: sql) else { return .waiting }
            let recheck = Recheck(
                old: try Programme.parse(yaml: before.yaml, file: "version \(before.version)"),
                new: try Programme.parse(yaml: edition.yaml, file: "version \(edition.version)"),
                calendar: self.calendar, today: edition.takenOn)
            let subjects = try await self.editions.page(after: edition.cursor, limit: Self.page, in: sql)
            let outcome = try self.look(at: subjects, recheck)
            // The order of UUIDs in PostgreSQL is that of their texts.
            let last = subjects.map(\.file.id).max { $0.uuidString < $1.uuidString }
            try await self.editions.record(outcome, of: edition, last: last, looked: subjects.count, in: sql)
            return last == nil ? .finished(edition) : .page
        }
    }

    private func look(at subjects: [EditionRepository.Subject], _ recheck: Recheck) throws -> EditionRepository.Outcome
    {
        var outcome = EditionRepository.Outcome()
        for subject in subjects where subject.file.duplicateOf == nil {
            let file = subject.file
            guard let candidate = try? SubmissionGate.candidate(file.facts) else { continue }
            let batch = recheck.new.batch(of: candidate, at: file.station, on: recheck.today)
            let lane = Lane.lane(for: candidate.categories, birthDate: candidate.birthDate, on: recheck.today)
            if batch != subject.batch || lane != subject.lane { outcome.persons.append((file.id, batch, lane)) }
            if subject.open?.stage == .delivered { continue }
            if let finding = recheck.finding(candidate, at: file.station) {
                outcome.findings.append((file.id, subject.open?.id, finding))
            }
            // Beyond the station it goes on under the number and the limit it got there: other services have them on
            // record and count by them.
            guard let open = subject.open, SubmissionRecord.stagesTakingMaterials.contains(open.stage) else {
                continue
            }
            if let number = recheck.new.batch(of: candidate, at: file.station, on: open.submittedOn),
                number != open.batch
            {
                outcome.batches.append((open.id, number))
            }
            if let due = recheck.due(of: open.stage, since: open.since, now: open.dueOn) {
                outcome.dues.append((open.id, due))
            }
        }
        return outcome
    }

    private func report(_ edition: EditionRepository.Edition) async throws {
        let counts = try await self.editions.counts(of: edition.id)
        var metadata: Logger.Metadata = [
            "version": "\(edition.version)", "looked_at": "\(edition.figures.looked)",
            "renumbered": "\(edition.figures.renumbered)", "due_days_moved": "\(edition.figures.dueMoved)",
        ]
        for effect in Recheck.Effect.allCases { metadata[effect.rawValue] = "\(counts[effect]?.people ?? 0)" }
        self.logger.notice("everybody was looked at again after the amendment", metadata: metadata)
    }
}
