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

/// What confirms a hold: who holds which seat until when, signed, so that it can be neither forged nor changed.
struct HoldToken: Sendable, Equatable {
    let id: UUID
    let person: UUID
    let purpose: AppointmentPurpose
    let slot: SlotID
    let pool: SeatPool
    let channel: BookingChannel
    /// Programme time, to the millisecond.
    let until: Date
    /// Of the count the seat was taken from; nil when the seat is kept in the database.
    let epoch: Int?
    /// Who asked for it, sealed; a seat kept in the database has it there.
    var askedBy: [UInt8]? = nil

    /// `<fields>~<signature>`
    func text(signedWith keyRing: KeyRing) -> String {
        let body = self.body
        return "\(body)~\(Base64URL.encode(Self.signature(body, keyRing)))"
    }

    private var body: String {
        [
            self.id.uuidString, self.person.uuidString, self.purpose.rawValue, self.pool.rawValue,
            self.channel.rawValue, String(Int64((self.until.timeIntervalSince1970 * 1000).rounded())),
            self.epoch.map(String.init) ?? "", self.slot.description, self.askedBy.map { Base64URL.encode($0) } ?? "",
        ].joined(separator: "!")
    }

    /// - Returns: nil for a text that this service has not signed.
    static func read(_ text: String, keyRing: KeyRing) -> HoldToken? {
        let halves = text.split(separator: "~", omittingEmptySubsequences: false)
        guard text.utf8.count <= 600, halves.count == 2, let stated = Base64URL.decode(halves[1]).map(Array.init) else {
            return nil
        }
        let body = String(halves[0])
        guard Self.isEqual(stated, Self.signature(body, keyRing)) else { return nil }
        let fields = body.split(separator: "!", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 9, let id = UUID(uuidString: fields[0]), let person = UUID(uuidString: fields[1]),
            let purpose = AppointmentPurpose(rawValue: fields[2]), let pool = SeatPool(rawValue: fields[3]),
            let channel = BookingChannel(rawValue: fields[4]), let until = Int64(fields[5]),
            let slot = SlotID(fields[7])
        else { return nil }
        return HoldToken(
            id: id, person: person, purpose: purpose, slot: slot, pool: pool, channel: channel,
            until: Date(timeIntervalSince1970: Double(until) / 1000), epoch: Int(fields[6]),
            askedBy: fields[8].isEmpty ? nil : Base64URL.decode(fields[8][...]).map(Array.init))
    }

    private static func signature(_ body: String, _ keyRing: KeyRing) -> [UInt8] {
        Array(keyRing.blindIndex(body, purpose: "hold").prefix(16))
    }

    /// In a time that does not tell where two differ.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

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
