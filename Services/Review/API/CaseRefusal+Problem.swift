import HTTPTypes
import ServiceRuntime

extension CaseRefusal: ProblemConvertible {
    /// How a refusal is told over HTTP; the one place that knows both.
    var problem: APIProblem { APIProblem(self.kind.status, code: self.code, zh: self.zh, en: self.en) }
}

extension DocketRefusal: ProblemConvertible {
    var problem: APIProblem { APIProblem(self.kind.status, code: self.code, zh: self.zh, en: self.en) }
}

extension CaseRefusal.Kind {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .invalid: .unprocessableContent
        case .notFound: .notFound
        case .conflict: .conflict
        case .unavailable: .serviceUnavailable
        }
    }
}
