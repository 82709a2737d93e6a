import HTTPTypes
import ServiceRuntime

/// The one place where the front desk's refusals become answers.
extension IntakeRefusal: ProblemConvertible {
    var problem: APIProblem {
        APIProblem(self.status, code: self.code, zh: self.zh, en: self.en, retryAfter: self.retryAfter)
    }

    private var status: HTTPResponse.Status {
        switch self.kind {
        case .malformed: .badRequest
        case .unknown: .notFound
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .unsupportedType: .unsupportedMediaType
        case .unfit: .unprocessableContent
        case .tooMany: .tooManyRequests
        case .notReady: .serviceUnavailable
        }
    }
}
