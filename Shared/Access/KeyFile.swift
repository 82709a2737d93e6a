import FoundationEssentials

/// The JSON text of a key file: `{"service":"intake","keys":[{"id","service","secret","active"}],"identityHashKey":"…"}`.
///
/// A service's file holds every generation of its own key, because something sealed with an old one may still arrive or
/// lie in its database, and only the active key of each service it sends to.
struct KeyFile: Codable {
    struct Key: Codable {
        /// `<service>-<generation>`.
        let id: String
        /// Whose key it is: the service that opens what is sealed with it.
        let service: String
        /// Base64 of 32 random bytes.
        let secret: String
        /// Whether new things are sealed with it. One per service.
        let active: Bool
    }

    let service: String
    var keys: [Key]
    /// Base64 of the HMAC key under which identity numbers are compared; the same in every file.
    let identityHashKey: String

    static func decode(_ text: String) throws(AccessError) -> KeyFile {
        do {
            return try JSONDecoder().decode(KeyFile.self, from: Data(text.utf8))
        } catch {
            throw .keyMaterial(
                "The key file is not the JSON expected: {\"service\",\"keys\":[{\"id\",\"service\",\"secret\",\"active\"}],\"identityHashKey\"}.",
                zh: "密钥文件不是所要求的 JSON 格式。")
        }
    }

    func encoded() throws(AccessError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            throw .keyMaterial("The key file could not be written.", zh: "无法写出密钥文件。")
        }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
