extension Programme {
    /// Whether somebody may hand in a submission on a day. Registration is never gated (R68, A1).
    ///
    /// The number is that of the district's batch, or of the phase where the station has a plan of its own.
    package enum Admission: Hashable, Sendable {
        /// Yes, as part of this batch.
        case open(batch: Int)
        /// Not before this day.
        case notYet(batch: Int, opens: CalendarDay)
        /// The plan has given no day for this phase yet.
        case notAnnounced(batch: Int)
        /// Intake has ended.
        case ended(batch: Int, on: CalendarDay)
        /// No batch and no phase is meant for them.
        case noBatch
    }

    /// A batch or a phase, as far as admission goes.
    private struct Turn {
        let number: Int
        let window: Window?
        let modes: [ServiceMode]
        let includes: (Candidate, CalendarDay) -> Bool
    }

    private func turns(at station: String) -> [Turn] {
        let division = self.divisionCode
        if let plan = self.plan(at: station) {
            return plan.phases.map { phase in
                Turn(number: phase.number, window: phase.window, modes: phase.modes) { candidate, day in
                    phase.who.contains { $0.includes(candidate, division: division, on: day) }
                }
            }
        }
        return self.batches.map { batch in
            Turn(number: batch.number, window: batch.window, modes: batch.modes) { candidate, day in
                !batch.categories.isDisjoint(
                    with: Category.effective(candidate.categories, birthDate: candidate.birthDate, on: day))
            }
        }
    }

    /// The batch, or the station's own phase, somebody belongs to: the earliest of all that are meant for them.
    ///
    /// - Parameter day: ages count from it.
    package func batch(of candidate: Candidate, at station: String, on day: CalendarDay) -> Int? {
        self.turns(at: station).first { $0.includes(candidate, day) }?.number
    }

    /// Decides whether somebody may hand in a submission at a station on a day.
    ///
    /// A station's own phases win over the district's batches (R149). Who comes after the own window is taken in the
    /// windows of what follows, and counts as of the own: a batch says when the turn begins, and nobody may be missed
    /// (R25). Only the end of the last window, or of the intake stage, ends intake.
    package func admission(of candidate: Candidate, at station: String, on day: CalendarDay) -> Admission {
        let turns = self.turns(at: station)
        let own = turns.filter { $0.includes(candidate, day) }
        guard let number = own.first?.number else { return .noBatch }
        guard let first = own.first(where: { $0.window != nil }), let opens = first.window?.from else {
            return .notAnnounced(batch: number)
        }
        if day < opens { return .notYet(batch: number, opens: opens) }
        let windows = turns.filter { $0.number >= first.number }.compactMap(\.window)
        let last = self.lastIntakeDay ?? .latest
        if day <= last, windows.contains(where: { $0.contains(day) }) { return .open(batch: number) }
        if let next = windows.lazy.map(\.from).filter({ $0 > day && $0 <= last }).min() {
            return .notYet(batch: number, opens: next)
        }
        return .ended(batch: number, on: min(last, windows.map { $0.through ?? .latest }.max() ?? last))
    }

    /// The same where only the district's batches count.
    package func admission(for categories: Set<Category>, birthDate: CalendarDay, on day: CalendarDay) -> Admission {
        self.admission(of: Candidate(categories: categories, birthDate: birthDate), at: "", on: day)
    }

    /// The ways in which a station serves somebody on a day (R119); empty when they are not admitted.
    ///
    /// It is what the phases meant for them offer together: a later phase does not close an earlier one. Whoever comes
    /// late is served as those whose turn it is. Staff serve whoever comes all the same (R150).
    package func modes(of candidate: Candidate, at station: String, on day: CalendarDay) -> [ServiceMode] {
        guard case .open = self.admission(of: candidate, at: station, on: day) else { return [] }
        let open = self.turns(at: station).filter { $0.window?.contains(day) ?? false }
        let own = open.filter { $0.includes(candidate, day) }
        let offers = (own.isEmpty ? open : own).map { $0.modes.isEmpty ? ServiceMode.allCases : $0.modes }
        let offered = Set(offers.joined())
        return ServiceMode.allCases.filter(offered.contains)
    }

    /// The first day from `day` on when somebody may hand in a submission at a station; nil when there is none, or none
    /// yet.
    package func nextOpening(
        of candidate: Candidate, at station: String, notBefore day: CalendarDay
    ) -> CalendarDay? {
        // Between these days nothing changes for the better.
        let birthdays =
            (self.plan(at: station)?.phases.flatMap(\.who) ?? []).flatMap { $0.birthdays(of: candidate) }
            + candidate.categories.compactMap(\.minimumAge).map(candidate.birthDate.birthday)
        let days = [day] + self.turns(at: station).compactMap(\.window?.from) + birthdays
        return Set(days).filter { $0 >= day }.sorted().first { day in
            guard case .open = self.admission(of: candidate, at: station, on: day) else { return false }
            return true
        }
    }
}
