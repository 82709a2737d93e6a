import CardProgramme
import Crypto
import FoundationEssentials

extension KeyRing {
    // MARK: - Message envelopes

    /// HMAC-SHA256 by which the receiving service knows that a message was written by somebody who holds its key.
    ///
    /// - Parameter service: The receiver.
    /// - Returns: The key's id, to be sent along, and 32 bytes.
    package func signature(
        for service: String, over bytes: [UInt8]
    ) throws(AccessError) -> (keyID: String, signature: [UInt8]) {
        let key = try self.active(for: service)
        return (key.id, Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key.signing)))
    }

    /// Whether a signature was made over exactly these bytes for this service, by any generation of its key that is held.
    /// Takes the same time whether it is right or wrong.
    package func isValidSignature(keyID: String, signature: [UInt8], over bytes: [UInt8]) -> Bool {
        guard let key = try? self.generation(keyID), key.service == self.service else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: bytes, using: key.signing)
    }

    // MARK: - Identity numbers

    /// The form in which identity numbers are compared and indexed: HMAC-SHA256 of the 18-character number, 32 bytes.
    ///
    /// A plain hash of a number with so little chance in it could be searched through in minutes; without the key it
    /// cannot. ``IdentityNumber`` has normalised 15 digits to 18, so both spellings hash alike.
    package func identityHash(_ number: IdentityNumber) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(number.text.utf8), using: self.identityKey))
    }

    /// A keyed hash by which equal texts are found again without being stored: households, likenesses.
    ///
    /// - Parameter purpose: keeps the hashes of different things apart.
    package func blindIndex(_ text: String, purpose: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data("\(purpose)|\(text)".utf8), using: self.identityKey))
    }
}

extension KeyRing {
    // MARK: - Data at rest

    /// First byte of what ``sealLocal(_:context:)`` returns, so that the form can change later.
    private static let localVersion: UInt8 = 1

    /// Seals bytes this service keeps for itself, for example a photo or a name in its own table.
    ///
    /// - Parameter context: What the bytes are and whose, for example `material|<id>`; the same text is needed to open.
    /// - Returns: version ‖ length of key id ‖ key id ‖ nonce ‖ ciphertext ‖ tag.
    package func sealLocal(_ bytes: [UInt8], context: String) throws(AccessError) -> [UInt8] {
        let key = try self.active(for: self.service)
        let id = Array(key.id.utf8)
        guard id.count <= 255,
            let box = try? AES.GCM.seal(bytes, using: key.local, authenticating: Data(context.utf8)),
            let combined = box.combined
        else { throw .unsealable }
        var out: [UInt8] = []
        out.reserveCapacity(2 + id.count + combined.count)
        out.append(Self.localVersion)
        out.append(UInt8(id.count))
        out.append(contentsOf: id)
        out.append(contentsOf: combined)
        return out
    }

    /// Opens what ``sealLocal(_:context:)`` made with any generation of this service's key.
    package func openLocal(_ sealed: [UInt8], context: String) throws(AccessError) -> [UInt8] {
        guard sealed.count > 2, sealed[0] == Self.localVersion, sealed.count > 2 + Int(sealed[1]) else {
            throw .unsealable
        }
        let boxStart = 2 + Int(sealed[1])
        let key = try self.generation(String(decoding: sealed[2..<boxStart], as: UTF8.self))
        guard let box = try? AES.GCM.SealedBox(combined: sealed[boxStart...]),
            let plain = try? AES.GCM.open(box, using: key.local, authenticating: Data(context.utf8))
        else { throw .unsealable }
        return Array(plain)
    }
}
