import CardProgramme
import Testing

/// SplitMix64: the same numbers from the same seed, so that a failing property can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A day written in a test; a text that is no day becomes 0001-01-01 and fails the expectation it stands in.
func day(_ text: String) -> CalendarDay {
    CalendarDay(text) ?? .earliest
}

/// An expectation for loops of hundreds of thousands: it costs nothing as long as it holds.
func hold(
    _ condition: Bool, _ words: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    if !condition { Issue.record(Comment(rawValue: words()), sourceLocation: sourceLocation) }
}
