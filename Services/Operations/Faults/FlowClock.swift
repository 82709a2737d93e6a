import CardProgramme
import FoundationEssentials
import NIOConcurrencyHelpers

/// Programme time of a fault flow: one day, and a millisecond later with each action, so that of two steps of one
/// submission the later one always has the later time, however fast or slow the machine is.
final class FlowClock: Sendable {
    private let file: String
    private let state: NIOLockedValueBox<Date>

    init(file: String, day: CalendarDay) throws {
        self.file = file
        // Eight in the morning leaves sixteen hours of milliseconds.
        let start = day.startOfDay.addingTimeInterval(8 * 3600)
        self.state = NIOLockedValueBox(start)
        try Conductor.write(start, to: file)
    }

    /// Moves on, and tells the time.
    @discardableResult
    func tick() throws -> Date {
        try self.state.withLockedValue { now in
            now = now.addingTimeInterval(0.001)
            try Conductor.write(now, to: self.file)
            return now
        }
    }
}
