/// Nobody passes the same submission at two levels (R80–R87): each level is a second pair of eyes, whatever roles one
/// person holds, and in every round.
///
/// People are opaque ids. Passing again at one's own level, after a return, is no second level.
package enum FourEyes {
    /// Whether somebody may pass a submission at a level.
    ///
    /// - Parameters:
    ///   - subject: Opaque id of who wants to pass it, the same in whatever role.
    ///   - elsewhere: Everyone who has passed it at any other level, in this round or an earlier one.
    package static func mayPass(_ subject: String, passedElsewhere elsewhere: some Sequence<String>) -> Bool {
        !elsewhere.contains(subject)
    }

    /// The stable code that interfaces answer with.
    package static let code = "decision.ownSubmission"
    /// What is wrong and what to do.
    package static let zh = "您已在其他环节通过过这件申请，同一人不能在两个环节通过同一件申请，请由其他工作人员办理。"
    /// The same in English.
    package static let en =
        "You have passed this submission at another level; nobody passes one at two levels: leave it to a colleague."
}

extension [String] {
    /// The ids of both, each once, in order.
    package func adding(_ others: some Sequence<String>) -> [String] {
        others.reduce(into: self) { known, other in if !known.contains(other) { known.append(other) } }
    }
}
