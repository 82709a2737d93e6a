/// Everything that goes wrong in this module. Its texts never hold a token, a key or personal data.
package struct AccessError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Stable reason; also the metric label.
    package enum Code: String, Sendable {
        case tokenMissing = "token.missing"
        case tokenMalformed = "token.malformed"
        case tokenForeign = "token.foreign"
        case tokenExpired = "token.expired"
        case tokenNotYetValid = "token.not_yet_valid"
        case denied = "access.denied"
        case unknownKey = "key.unknown"
        case unsealable = "sealed.unreadable"
        case keyMaterial = "key.material"
    }

    package let code: Code
    /// What happened and what to do, for the official or applicant.
    package let zh: String
    package let en: String

    package init(_ code: Code, zh: String, en: String) {
        self.code = code
        self.zh = zh
        self.en = en
    }

    package var description: String { "\(self.code.rawValue): \(self.en)" }
    /// A bounded set of values, fit for a metric label.
    package var metricLabel: String { self.code.rawValue }

    package static let tokenMissing = AccessError(
        .tokenMissing, zh: "请求未带访问令牌，请登录后重试。",
        en: "The request carries no access token: sign in and send it as “Authorization: Bearer …”.")
    package static let tokenMalformed = AccessError(
        .tokenMalformed, zh: "访问令牌格式不正确，请重新登录。", en: "The access token cannot be read: sign in again.")
    package static let tokenForeign = AccessError(
        .tokenForeign, zh: "访问令牌不是本系统签发的，请重新登录。", en: "The access token was not issued by this system: sign in again.")
    package static let tokenExpired = AccessError(
        .tokenExpired, zh: "访问令牌已过期，请重新登录。", en: "The access token has expired: sign in again.")
    package static let tokenNotYetValid = AccessError(
        .tokenNotYetValid, zh: "访问令牌尚未生效，请核对电脑时间后重新登录。",
        en: "The access token is not valid yet: check the clock of this computer and sign in again.")
    package static let unsealable = AccessError(
        .unsealable, zh: "加密内容无法解开：内容被改动或不属于此处。",
        en: "The sealed value cannot be opened: it was altered or does not belong here.")

    package static func unknownKey(_ id: String) -> AccessError {
        // The id comes from outside; only its printable head is repeated.
        let shown = String(
            id.unicodeScalars.filter { $0.isASCII && $0.value > 0x20 && $0.value < 0x7F }.prefix(64).map(Character.init)
        )
        return AccessError(
            .unknownKey, zh: "没有编号为“\(shown)”的密钥，请检查密钥文件。",
            en: "There is no key “\(shown)” in the key file: add it, or restore the generation it belongs to.")
    }

    package static func keyMaterial(_ en: String, zh: String) -> AccessError {
        AccessError(.keyMaterial, zh: zh, en: en)
    }
}
