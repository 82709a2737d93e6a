import CardProgramme
import Crypto
import FoundationEssentials

/// TC3-HMAC-SHA256, as Tencent Cloud's "API 3.0 signature v3" describes it.
package enum TencentSignature {
    package static let contentType = "application/json; charset=utf-8"

    /// - Parameters:
    ///   - service: The first part of the host: `sms`.
    ///   - now: Within five minutes of Tencent's clock.
    /// - Returns: The value of `Authorization`, which covers `Content-Type` and `Host`.
    package static func authorization(
        service: String, host: String, body: [UInt8], key: CloudKey, now: Date
    ) -> String {
        let request = CanonicalRequest(
            method: "POST", headers: [("content-type", Self.contentType), ("host", host)], body: body)
        let second = Int64(now.timeIntervalSince1970.rounded(.down))
        let day = InstantText.format(Date(timeIntervalSince1970: Double(second))).prefix(10)
        let scope = "\(day)/\(service)/tc3_request"
        let text = "TC3-HMAC-SHA256\n\(second)\n\(scope)\n\(request.digest)"
        var derived = SymmetricKey(data: Array("TC3\(key.secret)".utf8))
        for part in [String(day), service, "tc3_request"] {
            derived = SymmetricKey(data: CanonicalRequest.signature(part, key: derived))
        }
        let signature = CanonicalRequest.hexadecimal(CanonicalRequest.signature(text, key: derived))
        return "TC3-HMAC-SHA256 Credential=\(key.id)/\(scope), SignedHeaders=\(request.signedHeaders), "
            + "Signature=\(signature)"
    }
}
