import Access
import CardProgramme
import FoundationEssentials

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
