/// SplitMix64: the same numbers from the same seed, so that a failing property can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func octet() -> UInt8 { UInt8(truncatingIfNeeded: self.next()) }

    mutating func octets(_ counts: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: counts, using: &self)).map { _ in self.octet() }
    }

    /// Printable ASCII, at most so many characters.
    mutating func text(_ limit: Int) -> String {
        String(
            decoding: (0..<Int.random(in: 0...limit, using: &self)).map { _ in UInt8(32 + self.next() % 95) },
            as: UTF8.self)
    }
}
