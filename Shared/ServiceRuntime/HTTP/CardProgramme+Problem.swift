import CardProgramme

extension IdentityNumberError: ProblemConvertible {
    package var problem: APIProblem { .unprocessable(self.code, zh: self.zh, en: self.en) }
}

extension ImpossibleStep: ProblemConvertible {
    package var problem: APIProblem { .conflict(self.code, zh: self.zh, en: self.en) }
}
