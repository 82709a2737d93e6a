import FoundationEssentials

/// Names bytes by a 128-bit FNV-1a hash. It tells copies apart from strangers; it protects against nothing.
enum Fingerprint {
    static func uuid(of bytes: [UInt8]) -> UUID {
        var high: UInt64 = 0xcbf2_9ce4_8422_2325
        var low: UInt64 = 0x6c62_272e_07bb_0142
        for byte in bytes {
            high = (high ^ UInt64(byte)) &* 0x100_0000_01b3
            low = (low ^ UInt64(byte)) &* 0x100_0000_01b3 &+ high
        }
        var raw: [UInt8] = []
        for word in [high, low] {
            for shift in stride(from: 56, through: 0, by: -8) {
                raw.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        // Version 8, RFC 9562: made by the application.
        raw[6] = raw[6] & 0x0f | 0x80
        raw[8] = raw[8] & 0x3f | 0x80
        return UUID(
            uuid: (
                raw[0], raw[1], raw[2], raw[3], raw[4], raw[5], raw[6], raw[7], raw[8], raw[9], raw[10], raw[11],
                raw[12],
                raw[13], raw[14], raw[15]
            ))
    }
}
