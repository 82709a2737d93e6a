import FoundationEssentials

/// All chance of a rehearsal: a hash of seed, person, step and attempt. It has no state, so the same question has the same
/// answer whatever happened in between, and a process that is killed changes nothing (ARCHITECTURE §5).
struct Chance: Sendable {
    let seed: UInt64

    /// 0 ..< 1
    func unit(person: Int, _ step: String, attempt: Int = 0) -> Double {
        Double(self.bits(person, step, attempt) >> 11) / Double(1 << 53)
    }

    /// 0 ..< bound
    func index(_ bound: Int, person: Int, _ step: String, attempt: Int = 0) -> Int {
        Int(self.unit(person: person, step, attempt: attempt) * Double(bound))
    }

    func happens(_ rate: Double, person: Int, _ step: String, attempt: Int = 0) -> Bool {
        self.unit(person: person, step, attempt: attempt) < rate
    }

    /// An id that is the same whenever it is asked for, so that a call that is made again is known by it.
    func uuid(person: Int, _ step: String, attempt: Int = 0) -> UUID {
        var bytes: [UInt8] = []
        for half in ["", "'"] {
            let bits = self.bits(person, step + half, attempt)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
        }
        // RFC 9562: version 8, made by a rule of one's own.
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
                bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            ))
    }

    private func bits(_ person: Int, _ step: String, _ attempt: Int) -> UInt64 {
        // FNV-1a over the step's name, then the finaliser of SplitMix64.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in step.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var value = self.seed &* 0x9e37_79b9_7f4a_7c15 ^ hash
        value = Self.mix(value &+ UInt64(truncatingIfNeeded: person) &* 0xbf58_476d_1ce4_e5b9)
        return Self.mix(value ^ UInt64(truncatingIfNeeded: attempt) &* 0x94d0_49bb_1331_11eb)
    }

    private static func mix(_ input: UInt64) -> UInt64 {
        var value = input &+ 0x9e37_79b9_7f4a_7c15
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
