import Access
import CardProgramme
import Hummingbird
import NIOCore

extension APIProblem {
    package static let unknownRoute = APIProblem(
        .notFound, code: "route.unknown", zh: "没有这个接口，请检查网址。", en: "There is no such route: check the path.")

    /// Something the path or body names does not exist.
    package static func notFound(_ code: String, zh: String, en: String) -> APIProblem {
        APIProblem(.notFound, code: code, zh: zh, en: en)
    }

    /// The state does not allow it (any more): passed twice, before registration, taken by somebody else.
    package static func conflict(_ code: String, zh: String, en: String) -> APIProblem {
        APIProblem(.conflict, code: code, zh: zh, en: en)
    }

    /// Well formed, but against a rule.
    package static func unprocessable(_ code: String, zh: String, en: String) -> APIProblem {
        APIProblem(.unprocessableContent, code: code, zh: zh, en: en)
    }

    package static func badRequest(_ code: String, zh: String, en: String) -> APIProblem {
        APIProblem(.badRequest, code: code, zh: zh, en: en)
    }

    static func methodNotAllowed(allow: String) -> APIProblem {
        APIProblem(
            .methodNotAllowed, code: "method.not_allowed", zh: "此接口不支持该请求方法，可用：\(allow)。",
            en: "This route does not take that method; it takes: \(allow).", allow: allow)
    }

    static func bodyTooLarge(limit: Int) -> APIProblem {
        APIProblem(
            .contentTooLarge, code: "body.too_large", zh: "提交的内容超过 \(Self.size(limit))，请压缩照片或分次提交。",
            en: "The body is larger than \(Self.size(limit)): make the photos smaller or send them one at a time.")
    }

    private static func size(_ bytes: Int) -> String {
        bytes >= 1 << 20 ? "\(bytes >> 20) MB" : bytes >= 1 << 10 ? "\(bytes >> 10) KB" : "\(bytes) B"
    }

    static let bodyNotUTF8 = APIProblem(
        .badRequest, code: "body.not_utf8", zh: "提交的内容不是有效的 UTF-8 文本，请检查编码。",
        en: "The body is not valid UTF-8: check the encoding.")

    static let bodyNotJSON = APIProblem(
        .badRequest, code: "body.not_json", zh: "提交的内容不是有效的 JSON。", en: "The body is not valid JSON.")

    /// The database cannot be reached or is too busy.
    package static let databaseUnavailable = APIProblem(
        .serviceUnavailable, code: "database.unavailable", zh: "系统暂时无法保存或读取数据，请稍后重试；未作任何更改。",
        en: "The system cannot store or read data just now. Nothing was changed: try again shortly.", retryAfter: 2)

    /// The answer to COMMIT was lost: it may or may not have happened.
    package static let outcomeUnknown = APIProblem(
        .serviceUnavailable, code: "outcome.unknown", zh: "系统未能确认操作是否完成，请用同一 Idempotency-Key 重试。",
        en: "The system could not learn whether this was done: send it again with the same Idempotency-Key.",
        retryAfter: 2)

    static let internalError = APIProblem(
        .internalServerError, code: "internal", zh: "系统内部错误，已记录。请稍后重试，并向运维人员提供追踪编号。",
        en:
            "Something went wrong inside the system and was recorded. Try again later and give the operator the trace number."
    )
}

extension AccessError: ProblemConvertible {
    package var problem: APIProblem {
        switch self.code {
        case .tokenMissing, .tokenMalformed, .tokenForeign, .tokenExpired, .tokenNotYetValid:
            APIProblem(.unauthorized, code: self.code.rawValue, zh: self.zh, en: self.en)
        case .denied:
            APIProblem(.forbidden, code: self.code.rawValue, zh: self.zh, en: self.en)
        case .unknownKey, .unsealable, .keyMaterial:
            // A matter between services or of the installation, none of the caller's business.
            .internalError
        }
    }
}
