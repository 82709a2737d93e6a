import Access
import CardProgramme
import FoundationEssentials

/// Tickets of the waiting room as their holders carry them: `<opening>.<number>.<key id>.<HMAC-SHA256 in hexadecimal>`.
///
/// The holder's id is not in it, but what is signed names it: a ticket is good only together with the token of the person
/// it was given to, and tells whoever finds it nothing.
struct RoomTickets: Sendable {
    let keyRing: KeyRing

    private static let longest = 300

    func text(opening: String, person: UUID, number: Int) throws(AccessError) -> String {
        let (keyID, signature) = try self.keyRing.signature(
            for: self.keyRing.service, over: Self.signed(opening, person, number))
        return "\(opening).\(number).\(keyID).\(Self.hexadecimal(signature))"
    }

    /// The number of a ticket of this opening that was given to this person. The signature is compared in constant time.
    func number(_ text: String, opening: String, person: UUID) throws(IntakeRefusal) -> Int {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // A key's id may have dots in it.
        guard text.utf8.count <= Self.longest, parts.count >= 4, let number = Int(parts[1]), "\(number)" == parts[1],
            let signature = Self.bytes(parts[parts.count - 1]),
            self.keyRing.isValidSignature(
                keyID: parts[2..<(parts.count - 1)].joined(separator: "."), signature: signature,
                over: Self.signed(String(parts[0]), person, number))
        else { throw .roomTicketInvalid }
        guard parts[0] == opening else { throw .roomTicketPast }
        return number
    }

    /// Begins otherwise than a message's envelope, which is signed with the same key.
    private static func signed(_ opening: String, _ person: UUID, _ number: Int) -> [UInt8] {
        Array("room ticket\n\(opening)\n\(person.uuidString.lowercased())\n\(number)".utf8)
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// 64 lower-case digits: a ticket has one spelling.
    private static func bytes(_ text: Substring) -> [UInt8]? {
        guard text.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8 {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
