import Crypto
import FoundationEssentials

/// A verified token: who it is, and until when that answer may be remembered.
package struct VerifiedToken: Sendable {
    package let principal: Principal
    /// Seconds since 1970; the token is refused from this second on.
    package let expiresAt: Int64
}

/// Verifies tokens made by ``TokenSigner``.
///
/// Only EdDSA is accepted, whatever the token's header asks for, so neither `none` nor an HMAC over the public key can
/// pass (RFC 8725 §3.1). Verification costs an Ed25519 check; an HTTP server remembers the result until it expires.
package struct TokenVerifier: Sendable {
    private let keys: [Curve25519.Signing.PublicKey]

    /// A longer text is no token of ours and is refused before any work is done for it.
    package static let longestToken = 2048
    /// Seconds by which the issuer's clock may run ahead of ours.
    private static let clockSkew: Int64 = 60

    /// - Parameter publicKey: Base64 of the 32 raw bytes. Several lines are several keys, all accepted, so that the
    ///   signing key can be changed without a moment in which valid tokens are refused.
    package init(publicKey: String) throws(AccessError) {
        var keys: [Curve25519.Signing.PublicKey] = []
        for line in publicKey.split(whereSeparator: \.isNewline) where !line.trimmedText.isEmpty {
            guard let bytes = Data(base64Encoded: line.trimmedText),
                let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
            else {
                throw .keyMaterial(
                    "The token public key is not base64 of 32 bytes, one key a line.", zh: "令牌公钥格式不正确，应为每行一个 base64 公钥。"
                )
            }
            keys.append(key)
        }
        guard !keys.isEmpty else {
            throw .keyMaterial("The token public key is empty.", zh: "令牌公钥为空。")
        }
        self.keys = keys
    }

    /// - Parameter file: Path of a file with the text ``init(publicKey:)`` takes.
    package init(file: String) throws(AccessError) {
        try self.init(publicKey: KeyText.read(file))
    }

    /// The caller a token stands for.
    ///
    /// - Parameter instant: Real time, see ``TokenSigner/sign(_:issuedAt:lifetime:)``.
    package func verify(_ token: String, at instant: Date) throws(AccessError) -> Principal {
        try self.verified(token, at: instant).principal
    }

    /// As ``verify(_:at:)``, with the moment up to which the answer holds.
    package func verified(_ token: String, at instant: Date) throws(AccessError) -> VerifiedToken {
        guard token.utf8.count <= Self.longestToken else { throw .tokenMalformed }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .tokenMalformed }
        // Ours always begin with the same header, and reading it costs a third of checking the signature.
        if parts[0] != TokenSigner.header {
            guard let head = try? JSONDecoder().decode(Header.self, from: header) else { throw .tokenMalformed }
            guard head.alg == "EdDSA", head.crit == nil else { throw .tokenForeign }
        }
        let input = Data(token.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        guard self.keys.contains(where: { $0.isValidSignature(signature, for: input) }) else { throw .tokenForeign }
        guard let claims = try? JSONDecoder().decode(TokenClaims.self, from: payload) else { throw .tokenMalformed }
        guard claims.aud == TokenClaims.audience, claims.iss == TokenClaims.issuer else { throw .tokenForeign }
        let now = Int64(instant.timeIntervalSince1970.rounded(.down))
        guard now < claims.exp else { throw .tokenExpired }
        guard claims.iat <= now + Self.clockSkew else { throw .tokenNotYetValid }
        let principal = Principal(
            subject: claims.sub, role: claims.role, division: claims.division, station: claims.station,
            person: claims.person)
        guard principal.isCoherent else { throw .tokenMalformed }
        return VerifiedToken(principal: principal, expiresAt: claims.exp)
    }

    private struct Header: Decodable {
        let alg: String
        /// Extensions the issuer demands to be understood; there are none (RFC 7515 §4.1.11).
        let crit: [String]?
    }
}
