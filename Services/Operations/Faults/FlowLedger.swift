import CardProgramme
import FoundationEssentials
import NIOConcurrencyHelpers

/// What the flow knows of its people: how often each level has looked at them, and who has come to an end.
///
/// Decisions depend on this and on chance only, so a person's way is the same whatever was killed in between.
final class FlowLedger: Sendable {
    struct File: Sendable {
        var submission: UUID?
        var looks: [Level: Int] = [:]
        var centreReturns = 0
        /// The bank's check has failed and no other bank was chosen yet.
        var bankFailed = false
        var ended = false
    }

    private struct State: Sendable {
        var files: [File]
        var bySubmission: [UUID: Int] = [:]
        var steps = 0
        var attempted = 0
        var accepted = 0
        var filed = 0
        var refused = 0
        var ended = 0
        var lastStep = ContinuousClock.now
    }

    let people: [RehearsalPerson]
    private let state: NIOLockedValueBox<State>
    /// The level after whose pass a card is ordered.
    private let lastLevel: Level
    /// Steps of one submission that is never returned: registration, submission, check, three levels, filing, delivery.
    private static let usualSteps = 8

    init(people: [RehearsalPerson], bankChecks: Bool) {
        self.people = people
        self.lastLevel = bankChecks ? .bank : .province
        self.state = NIOLockedValueBox(State(files: Array(repeating: File(), count: people.count)))
    }

    /// How much of the work is done, 0 … 1; returns make it reach 1 a little early.
    var progress: Double {
        self.state.withLockedValue { min(1, Double($0.steps) / Double(max(1, self.people.count * Self.usualSteps))) }
    }

    var isFinished: Bool { self.state.withLockedValue { $0.ended == $0.files.count } }

    /// Whether nobody can come to be ordered any more.
    var isEverybodyFiled: Bool { self.state.withLockedValue { $0.filed + $0.refused == $0.files.count } }

    var figures: (attempted: Int, accepted: Int, ended: Int) {
        self.state.withLockedValue { ($0.attempted, $0.accepted, $0.ended) }
    }

    /// How long nothing has been done.
    var idle: Duration { self.state.withLockedValue { .now - $0.lastStep } }

    var submissions: [UUID?] { self.state.withLockedValue { $0.files.map(\.submission) } }

    func person(of submission: UUID) -> RehearsalPerson? {
        self.state.withLockedValue { $0.bySubmission[submission] }.map { self.people[$0] }
    }

    func file(_ person: RehearsalPerson) -> File { self.state.withLockedValue { $0.files[person.index] } }

    func registered() { self.change { _ in } }

    func attempts() { self.state.withLockedValue { $0.attempted += 1 } }

    func submitted(_ person: RehearsalPerson, _ submission: UUID) {
        self.change { state in
            state.files[person.index].submission = submission
            state.bySubmission[submission] = person.index
            state.accepted += 1
        }
    }

    /// Which look of this level comes next: 1 for the first.
    func look(_ level: Level, _ person: RehearsalPerson) -> Int {
        self.state.withLockedValue { $0.files[person.index].looks[level, default: 0] + 1 }
    }

    func decided(_ level: Level, _ person: RehearsalPerson, returned: Bool) {
        self.change { state in
            state.files[person.index].looks[level, default: 0] += 1
            if level == .centre, returned { state.files[person.index].centreReturns += 1 }
            if level == self.lastLevel, !returned { state.filed += 1 }
        }
    }

    /// Noted before the bank's list is sent: the bureau may have the case on its desk before the list is answered.
    func bankDecides(_ person: RehearsalPerson, failed: Bool) {
        self.state.withLockedValue { $0.files[person.index].bankFailed = failed }
    }

    func corrected(_ person: RehearsalPerson) {
        self.state.withLockedValue { state in
            state.files[person.index].bankFailed = false
            state.lastStep = .now
        }
    }

    func refused(_ person: RehearsalPerson) {
        self.end(person) { $0.refused += 1 }
    }

    func delivered(_ person: RehearsalPerson) { self.end(person) { _ in } }

    private func end(_ person: RehearsalPerson, _ body: (inout State) -> Void) {
        self.change { state in
            guard !state.files[person.index].ended else { return }
            state.files[person.index].ended = true
            state.ended += 1
            body(&state)
        }
    }

    private func change(_ body: (inout State) -> Void) {
        self.state.withLockedValue { state in
            body(&state)
            state.steps += 1
            state.lastStep = .now
        }
    }
}
