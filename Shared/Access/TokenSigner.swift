import Crypto
import FoundationEssentials

/// What stands in the payload of a token (RFC 7519 names).
struct TokenClaims: Codable {
    let iss: String
    let aud: String
    let sub: String
    let role: Role
    let division: String
    let station: String?
    let person: UUID?
    /// Seconds since 1970, as RFC 7519 asks.
    let iat: Int64
    let exp: Int64

    static let audience = "youdai"
    static let issuer = "youdai"
}

/// Signs tokens: JWS compact serialisation (RFC 7515), algorithm EdDSA over Ed25519 (RFC 8037) and no other.
///
/// Holds the installation's private key, so only the sign-in service and `youdai token` have one.
package struct TokenSigner: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    /// base64url of `{"alg":"EdDSA","typ":"JWT"}`, the only header ever issued.
    static let header = Base64URL.encode(Data(#"{"alg":"EdDSA","typ":"JWT"}"#.utf8))

    /// - Parameter privateKey: Base64 of the 32 raw bytes.
    /// - Throws: ``AccessError/Code/keyMaterial`` when they are not an Ed25519 key.
    package init(privateKey: String) throws(AccessError) {
        guard let bytes = Data(base64Encoded: privateKey.trimmedText),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        else {
            throw .keyMaterial(
                "The token key is not base64 of 32 bytes: make a new pair with “youdai keys”.",
                zh: "令牌私钥格式不正确，请用 “youdai keys” 重新生成。")
        }
        self.key = key
    }

    /// - Parameter file: Path of a file with the text ``init(privateKey:)`` takes.
    package init(file: String) throws(AccessError) {
        try self.init(privateKey: KeyText.read(file))
    }

    /// A fresh pair in the form of the files `token.key` and `token.pub`.
    package static func generatePair() -> (privateKey: String, publicKey: String) {
        let key = Curve25519.Signing.PrivateKey()
        return (key.rawRepresentation.base64EncodedString(), key.publicKey.rawRepresentation.base64EncodedString())
    }

    /// The token for a caller.
    ///
    /// - Parameters:
    ///   - issuedAt: Real time, not programme time: a token is about the caller's session, which lives in real time also
    ///     when a rehearsal's clock leaps over months.
    ///   - lifetime: Rounded down to whole seconds.
    package func sign(_ principal: Principal, issuedAt: Date, lifetime: Duration) throws(AccessError) -> String {
        guard principal.isCoherent else {
            throw .keyMaterial(
                "Role \(principal.role.rawValue) does not fit the reach given: a station needs --station, an applicant --person, and every other role neither.",
                zh: "角色与管辖范围不符：服务站须有站点编号，本人须有人员编号，其他角色不得带。")
        }
        let issued = Int64(issuedAt.timeIntervalSince1970.rounded(.down))
        let claims = TokenClaims(
            iss: TokenClaims.issuer, aud: TokenClaims.audience, sub: principal.subject, role: principal.role,
            division: principal.division, station: principal.station, person: principal.person, iat: issued,
            exp: issued + lifetime.components.seconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let payload = try? encoder.encode(claims) else { throw .tokenMalformed }
        let input = "\(Self.header).\(Base64URL.encode(payload))"
        guard let signature = try? self.key.signature(for: Data(input.utf8)) else {
            throw .keyMaterial("The token could not be signed with this key.", zh: "令牌签名失败，请检查私钥。")
        }
        return "\(input).\(Base64URL.encode(signature))"
    }
}

/// Reading of small key files, with errors that name the file and never its content.
enum KeyText {
    static func read(_ file: String) throws(AccessError) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: file)) else {
            throw .keyMaterial(
                "The key file \(file) cannot be read: check the path and its permissions.",
                zh: "无法读取密钥文件 \(file)，请检查路径和权限。")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

extension StringProtocol {
    /// Without white space and line ends around it, as files edited by hand have them.
    var trimmedText: String {
        var part = self[...]
        while let first = part.first, first.isWhitespace { part = part.dropFirst() }
        while let last = part.last, last.isWhitespace { part = part.dropLast() }
        return String(part)
    }
}
