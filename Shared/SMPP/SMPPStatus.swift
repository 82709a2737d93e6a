/// `command_status` of a PDU (SMPP 3.4 §5.1.3). Any number may arrive; the known ones have names.
package struct SMPPStatus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let ok = SMPPStatus(rawValue: 0x00)
    package static let invalidMessageLength = SMPPStatus(rawValue: 0x01)
    package static let invalidCommandLength = SMPPStatus(rawValue: 0x02)
    package static let invalidCommandID = SMPPStatus(rawValue: 0x03)
    package static let incorrectBind = SMPPStatus(rawValue: 0x04)
    package static let alreadyBound = SMPPStatus(rawValue: 0x05)
    package static let systemError = SMPPStatus(rawValue: 0x08)
    package static let invalidDestination = SMPPStatus(rawValue: 0x0B)
    package static let bindFailed = SMPPStatus(rawValue: 0x0D)
    package static let invalidPassword = SMPPStatus(rawValue: 0x0E)
    package static let queueFull = SMPPStatus(rawValue: 0x14)
    package static let submitFailed = SMPPStatus(rawValue: 0x45)
    package static let throttled = SMPPStatus(rawValue: 0x58)
    package static let invalidParameter = SMPPStatus(rawValue: 0xC4)

    /// Whether sending the same again later may succeed (0x14 queue full, 0x58 throttled).
    package var isRetryable: Bool { self == .queueFull || self == .throttled }

    package var description: String {
        let digits = String(self.rawValue, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }
}
