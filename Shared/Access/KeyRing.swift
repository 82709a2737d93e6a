import Crypto
import FoundationEssentials

/// The secrets of one service and everything done with them: sealing fields for another service, opening what was sealed
/// for this one, signing and checking message envelopes, sealing data at rest, hashing identity numbers.
///
/// Each 32-byte secret is never used itself: HKDF-SHA256 derives one sub-key per purpose, so that a box, a signature and
/// a stored file can never be taken for one another. Immutable and safe to share between threads.
package struct KeyRing: Sendable {
    /// One generation of a service's key, with its sub-keys derived once at start.
    struct Generation: Sendable {
        let id: String
        let service: String
        let active: Bool
        let sealing: SymmetricKey
        let signing: SymmetricKey
        let local: SymmetricKey
    }

    /// The service whose file this is.
    package let service: String
    private let generations: [String: Generation]
    private let activeIDs: [String: String]
    let identityKey: SymmetricKey

    /// - Parameter file: Path of a key file.
    package init(file: String) throws(AccessError) {
        try self.init(json: KeyText.read(file))
    }

    /// - Parameter json: Text of a key file.
    /// - Throws: ``AccessError/Code/keyMaterial`` naming the key that is wrong.
    package init(json: String) throws(AccessError) {
        let file = try KeyFile.decode(json)
        var generations: [String: Generation] = [:]
        var activeIDs: [String: String] = [:]
        for key in file.keys {
            let secret = try Self.secret(key.secret, named: key.id)
            guard generations[key.id] == nil else {
                throw .keyMaterial("The key file has two keys “\(key.id)”.", zh: "密钥文件中有两个编号为“\(key.id)”的密钥。")
            }
            generations[key.id] = Generation(
                id: key.id, service: key.service, active: key.active,
                sealing: Self.subKey(secret, "sealing"), signing: Self.subKey(secret, "signing"),
                local: Self.subKey(secret, "local"))
            guard key.active else { continue }
            guard activeIDs.updateValue(key.id, forKey: key.service) == nil else {
                throw .keyMaterial(
                    "The key file has two active keys for \(key.service): one must be \"active\":false.",
                    zh: "\(key.service) 在密钥文件中有两个启用的密钥，只能启用一个。")
            }
        }
        guard activeIDs[file.service] != nil else {
            throw .keyMaterial(
                "The key file has no active key for its own service \(file.service).",
                zh: "密钥文件中缺少 \(file.service) 自己的启用密钥。")
        }
        self.service = file.service
        self.generations = generations
        self.activeIDs = activeIDs
        self.identityKey = Self.subKey(try Self.secret(file.identityHashKey, named: "identityHashKey"), "identity hash")
    }

    private static func secret(_ base64: String, named name: String) throws(AccessError) -> SymmetricKey {
        guard let bytes = Data(base64Encoded: base64), bytes.count == 32 else {
            throw .keyMaterial("The key “\(name)” is not base64 of 32 bytes.", zh: "密钥“\(name)”不是 32 字节的 base64。")
        }
        return SymmetricKey(data: bytes)
    }

    private static func subKey(_ secret: SymmetricKey, _ purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Data("youdai \(purpose) v1".utf8), outputByteCount: 32)
    }

    /// The key new things for a service are sealed with.
    func active(for service: String) throws(AccessError) -> Generation {
        guard let id = self.activeIDs[service], let key = self.generations[id] else {
            throw .unknownKey("\(service)-*")
        }
        return key
    }

    /// The key of an id, active or not.
    func generation(_ id: String) throws(AccessError) -> Generation {
        guard let key = self.generations[id] else { throw .unknownKey(id) }
        return key
    }

    /// Ids of all keys held, sorted; for the start-up log.
    package var keyIDs: [String] { self.generations.keys.sorted() }

    // MARK: - Fields that cross a service boundary

    /// Seals a field so that only `service` can read it, and only at this place.
    ///
    /// - Parameters:
    ///   - type: Message type the field belongs to, for example `submission.accepted.v1`.
    ///   - subject: The subject of that message.
    ///   - field: The field's name in it.
    package func seal<Value: Codable & Sendable>(
        _ value: Value, for service: String, type: String, subject: UUID, field: String
    ) throws(AccessError) -> Sealed<Value> {
        let key = try self.active(for: service)
        guard let plain = try? JSONEncoder().encode(value),
            let box = try? AES.GCM.seal(
                plain, using: key.sealing, authenticating: Self.place(type: type, subject: subject, field: field)),
            let combined = box.combined
        else { throw .unsealable }
        return Sealed(keyID: key.id, box: combined.base64EncodedString())
    }

    /// Opens a field sealed for the service this ring belongs to, by any generation of its key.
    ///
    /// - Throws: ``AccessError/Code/unknownKey`` when the generation is not in the file, ``AccessError/Code/unsealable``
    ///   when the box was altered, moved from another message, subject or field, or holds another type of value.
    package func open<Value: Codable & Sendable>(
        _ sealed: Sealed<Value>, type: String, subject: UUID, field: String
    ) throws(AccessError) -> Value {
        let key = try self.generation(sealed.keyID)
        guard let combined = Data(base64Encoded: sealed.box), let box = try? AES.GCM.SealedBox(combined: combined),
            let plain = try? AES.GCM.open(
                box, using: key.sealing, authenticating: Self.place(type: type, subject: subject, field: field)),
            let value = try? JSONDecoder().decode(Value.self, from: plain)
        else { throw .unsealable }
        return value
    }

    /// Associated data `type|subject|field`. The subject has a fixed form, so no two places share a text.
    private static func place(type: String, subject: UUID, field: String) -> Data {
        Data("\(type)|\(subject.uuidString.lowercased())|\(field)".utf8)
    }
}

extension KeyRing: CustomStringConvertible, CustomReflectable {
    package var description: String { "KeyRing(\(self.service): \(self.keyIDs.joined(separator: ", ")))" }
    /// Nothing to reflect: dumping a ring must not reach a secret.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
