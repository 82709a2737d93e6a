import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// A seat that somebody holds or has taken, or a number given to somebody who simply came (R150).
struct Appointment: Sendable, Equatable {
    let id: UUID
    /// Counts up over the district; the reference is made of it.
    let number: Int
    let division: String
    /// Where it is; not always the station that keeps the person's file.
    let station: String
    let person: UUID?
    let purpose: AppointmentPurpose
    let kind: AppointmentKind
    let channel: BookingChannel
    /// Nil for somebody without a seat.
    let slot: SlotID?
    let seat: Int?
    let startsAt: Date?
    let minutes: Int?
    let day: CalendarDay
    let state: AppointmentState
    let version: Int
    let heldUntil: Date?
    let createdAt: Date
    let queueNumber: Int?
    let arrivedAt: Date?
    let calls: Int
    let told: AppointmentAPI.Told.How?
    let waitingEntry: UUID?

    var resource: Resource { Resource(division: self.division, station: self.station, person: self.person) }

    var reference: String { AppointmentReference.text(self.number) }
}

/// Eight digits to be read over the phone: seven that count, and a check digit (Luhn, ISO/IEC 7812-1), which notices every
/// mistyped digit and most swapped ones.
enum AppointmentReference {
    static func text(_ number: Int) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        return padded + String(Self.checkDigit(padded))
    }

    /// The number of a reference, with or without blanks; nil when it is mistyped.
    static func number(_ text: String) -> Int? {
        let digits = text.filter { !$0.isWhitespace && $0 != "-" }
        guard (8...18).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let check = digits.last?.wholeNumberValue
        else { return nil }
        let body = String(digits.dropLast())
        return Self.checkDigit(body) == check ? Int(body) : nil
    }

    private static func checkDigit(_ digits: String) -> Int {
        var sum = 0
        for (index, byte) in digits.utf8.reversed().enumerated() {
            let digit = Int(byte) - 0x30
            // The digit next to the check digit is doubled, and every second one from there.
            let doubled = index.isMultiple(of: 2) ? digit * 2 : digit
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return (10 - sum % 10) % 10
    }
}
