import HTTPTypes
import ServiceRuntime

extension CaseRefusal: ProblemConvertible {
    /// How a refusal is told over HTTP; the one place that knows both.
    var problem: APIProblem {
        let status: HTTPResponse.Status =
            switch self.kind {
            case .invalid: .unprocessableContent
            case .notFound: .notFound
            case .conflict: .conflict
            case .unavailable: .serviceUnavailable
            }
        return APIProblem(status, code: self.code, zh: self.zh, en: self.en)
    }
}
