/// A street's or town's own plan: how many phases, from when, for whom, in which ways, with which banks (R149). Its phases
/// stand in the place of the district's batches.
package struct OfficePlan: Codable, Hashable, Sendable {
    /// One of the office's phases.
    package struct Phase: Codable, Hashable, Sendable {
        package let number: Int
        /// Nil while its days are not announced. A later phase does not close an earlier one; one without an end stays
        /// open as long as the programme takes submissions.
        package let window: Programme.Window?
        /// Of these groups, one is enough.
        package let who: [Audience]
        /// Empty where the plan says nothing, and then every way is open.
        package let modes: [ServiceMode]
        /// Whether the file marks something in it as assumed.
        package let isAssumed: Bool

        package init(
            number: Int, window: Programme.Window?, who: [Audience], modes: [ServiceMode], isAssumed: Bool = false
        ) {
            self.number = number
            self.window = window
            self.who = who
            self.modes = modes
            self.isAssumed = isAssumed
        }

        package var chinese: String { self.who.map(\.chinese).joined(separator: "；") }
        package var english: String { self.who.map(\.english).joined(separator: "; or ") }
    }

    /// Code of the station.
    package let station: String
    /// The office's own document (R134), where it has one.
    package let document: String?
    /// Empty where the plan names none.
    package let banks: [String]
    /// By number, beginning with 1.
    package let phases: [Phase]
    /// The line it stands on, for notes.
    package let line: Int

    package init(station: String, document: String?, banks: [String], phases: [Phase], line: Int) {
        self.station = station
        self.document = document
        self.banks = banks
        self.phases = phases
        self.line = line
    }

    /// The line is no part of what a plan says: moving it changes nothing.
    package static func == (left: OfficePlan, right: OfficePlan) -> Bool {
        left.station == right.station && left.document == right.document && left.banks == right.banks
            && left.phases == right.phases
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.station)
        hasher.combine(self.document)
        hasher.combine(self.banks)
        hasher.combine(self.phases)
    }
}

extension Programme {
    /// The station's own plan, if it has one.
    package func plan(at station: String) -> OfficePlan? {
        self.plans.first { $0.station == station }
    }

    /// The banks somebody may choose among at a station (R12, A7, R79); empty for any.
    package func banks(at station: String) -> [String] {
        guard let own = self.plan(at: station)?.banks, !own.isEmpty else { return self.banks }
        return own
    }

    /// The last day on which anything new is accepted: that of the intake stage, or the programme's own. Nil for one
    /// without an end.
    package var lastIntakeDay: CalendarDay? {
        let stage = self.stages.first { $0.code == "intake" }?.window.through
        return [stage, self.window.through].compactMap { $0 }.min()
    }
}
