import Crypto
import FoundationEssentials

extension KeyRing {
    /// Key files for a new installation, one text per service.
    ///
    /// - Parameters:
    ///   - services: Everyone who gets a key and a file.
    ///   - recipients: For each service the services it sends to; one that is not listed may send to all.
    package static func generate(
        services: [String], recipients: [String: Set<String>] = [:]
    ) throws(AccessError) -> [String: String] {
        let identityKey = Self.randomSecret()
        let keys = services.map { KeyFile.Key(id: "\($0)-1", service: $0, secret: Self.randomSecret(), active: true) }
        var files: [String: String] = [:]
        for service in services {
            let held = keys.filter { key in
                key.service == service || recipients[service].map { $0.contains(key.service) } ?? true
            }
            files[service] = try KeyFile(service: service, keys: held, identityHashKey: identityKey).encoded()
        }
        return files
    }

    /// The same files with a new active key for one service.
    ///
    /// Its own file keeps the old generations, inactive, because things sealed with them may still arrive or lie in its
    /// database; senders only get the new key.
    ///
    /// - Important: Put the service's own file in place and restart it before the senders', otherwise they seal with a
    ///   key it does not hold yet.
    package static func rotate(
        _ files: [String: String], service: String
    ) throws(AccessError) -> [String: String] {
        guard let ownText = files[service] else { throw .unknownKey("\(service)-*") }
        let own = try KeyFile.decode(ownText)
        let last =
            own.keys.filter { $0.service == service }.compactMap { key in
                key.id.split(separator: "-").last.flatMap { Int($0) }
            }.max() ?? 0
        let new = KeyFile.Key(id: "\(service)-\(last + 1)", service: service, secret: Self.randomSecret(), active: true)
        var rotated: [String: String] = [:]
        for (holder, text) in files {
            var file = try KeyFile.decode(text)
            guard file.keys.contains(where: { $0.service == service }) else {
                rotated[holder] = text
                continue
            }
            if holder == service {
                file.keys = file.keys.map { key in
                    key.service == service
                        ? KeyFile.Key(id: key.id, service: key.service, secret: key.secret, active: false) : key
                }
            } else {
                file.keys.removeAll { $0.service == service }
            }
            file.keys.append(new)
            rotated[holder] = try file.encoded()
        }
        return rotated
    }

    private static func randomSecret() -> String {
        // Cryptographically secure on every platform of Swift; on Linux it is getrandom(2).
        var generator = SystemRandomNumberGenerator()
        return Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }).base64EncodedString()
    }
}
