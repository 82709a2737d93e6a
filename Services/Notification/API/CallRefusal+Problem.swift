import ServiceRuntime

extension CallRefusal: ProblemConvertible {
    var problem: APIProblem {
        switch self.kind {
        case .invalid: .unprocessable(self.code, zh: self.zh, en: self.en)
        case .unknown: .notFound(self.code, zh: self.zh, en: self.en)
        case .conflict: .conflict(self.code, zh: self.zh, en: self.en)
        }
    }
}
