/// A value only the holder of one key can read, bound to the message type, subject and field it was sealed for.
///
/// On the wire `{"kid":"verification-1","box":"…"}`: the key's id and base64 of AES-256-GCM nonce ‖ ciphertext ‖ tag
/// over the value's JSON. Personal data crosses service boundaries, queues and log-like stores only in this form
/// (ARCHITECTURE §3.9). Made and opened by ``KeyRing``.
package struct Sealed<Value: Codable & Sendable>: Codable, Sendable, Hashable {
    package let keyID: String
    /// Base64 of the sealed box, kept as text because most holders only pass it on.
    package let box: String

    package init(keyID: String, box: String) {
        self.keyID = keyID
        self.box = box
    }

    private enum CodingKeys: String, CodingKey {
        case keyID = "kid"
        case box
    }
}

extension Sealed: CustomStringConvertible {
    package var description: String { "Sealed(\(self.keyID))" }
}
