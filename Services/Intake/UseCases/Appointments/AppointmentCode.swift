import Access
import FoundationEssentials

/// The four digits beside the reference, to be read aloud at the desk. Derived, so there is nothing to store or to leak.
enum AppointmentCode {
    static func text(_ id: UUID, keyRing: KeyRing) -> String {
        let bytes = keyRing.blindIndex(id.uuidString, purpose: "appointment code")
        let number = bytes.prefix(4).reduce(0) { ($0 << 8 | Int($1)) } % 10_000
        let digits = String(number)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// What the QR code on the slip holds.
    static func qr(_ appointment: Appointment, keyRing: KeyRing) -> String {
        "YD1.\(appointment.reference).\(Self.text(appointment.id, keyRing: keyRing))"
    }

    static func read(qr: String) -> (reference: String, code: String)? {
        let parts = qr.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "YD1" else { return nil }
        return (parts[1], parts[2])
    }
}
