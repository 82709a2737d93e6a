import CardProgramme
import Crypto
import FoundationEssentials

/// ACS3-HMAC-SHA256, as Aliyun's "V3 request signature" describes it.
package enum AliyunSignature {
    /// The headers of a call in RPC style: everything in the query, no body.
    ///
    /// - Parameters:
    ///   - now: Within 15 minutes of Aliyun's clock.
    ///   - nonce: Another one for every request.
    /// - Returns: All headers but `Host`, which must be sent with just this value.
    package static func headers(
        action: String, version: String, host: String, query: [(String, String)], key: CloudKey, now: Date,
        nonce: String
    ) -> [(String, String)] {
        // To the second, whatever the clock says.
        let second = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let headers = [
            ("x-acs-action", action), ("x-acs-version", version),
            ("x-acs-date", InstantText.format(second).prefix(19) + "Z"), ("x-acs-signature-nonce", nonce),
            ("x-acs-content-sha256", CanonicalRequest.digest([])),
        ]
        let request = CanonicalRequest(method: "POST", query: query, headers: headers + [("host", host)], body: [])
        let signature = CanonicalRequest.signature(
            "ACS3-HMAC-SHA256\n\(request.digest)", key: SymmetricKey(data: Array(key.secret.utf8)))
        return headers + [
            (
                "Authorization",
                "ACS3-HMAC-SHA256 Credential=\(key.id),SignedHeaders=\(request.signedHeaders),"
                    + "Signature=\(CanonicalRequest.hexadecimal(signature))"
            )
        ]
    }
}
