import CardProgramme
import FoundationEssentials

/// What an amendment means for somebody on the roster, whether or not they have handed in anything (R149).
///
/// Nobody is thrown out: a submission stays where it is, whatever the newer plan says about new ones.
struct Recheck: Sendable {
    /// How the first day on which somebody may hand in has moved.
    enum Effect: String, Sendable, CaseIterable, Codable {
        case earlier, later
        /// There was a day and is none now: no longer covered, or no longer announced.
        case uncovered
        /// There was no day and is one now.
        case covered
    }

    struct Finding: Sendable, Equatable {
        let effect: Effect
        let before: CalendarDay?
        let after: CalendarDay?
    }

    let old: Programme
    let new: Programme
    let calendar: WorkingDayCalendar
    /// The day the amendment was taken into force: what was open before it counts as open on it.
    let today: CalendarDay

    /// Nil when nothing moves for them.
    func finding(_ candidate: Candidate, at station: String) -> Finding? {
        let before = self.opening(candidate, at: station, in: self.old)
        let after = self.opening(candidate, at: station, in: self.new)
        let effect: Effect
        switch (before, after) {
        case (nil, nil): return nil
        case (nil, .some): effect = .covered
        case (.some, nil): effect = .uncovered
        case (.some(let before), .some(let after)):
            if before == after { return nil }
            effect = after < before ? .earlier : .later
        }
        return Finding(effect: effect, before: before, after: after)
    }

    private func opening(_ candidate: Candidate, at station: String, in programme: Programme) -> CalendarDay? {
        guard programme.station(station) != nil else { return nil }
        return programme.nextOpening(of: candidate, at: station, notBefore: self.today)
    }

    /// The day a stage under way is due by the amendment, if it differs from what the older plan gave it. A day that came
    /// from elsewhere is left alone.
    func due(of stage: SubmissionStage, since: Date, now due: CalendarDay?) -> CalendarDay? {
        let before = DueDays(programme: self.old, calendar: self.calendar).day(of: stage, since: since)
        let after = DueDays(programme: self.new, calendar: self.calendar).day(of: stage, since: since)
        return before != after && due == before ? after : nil
    }
}
