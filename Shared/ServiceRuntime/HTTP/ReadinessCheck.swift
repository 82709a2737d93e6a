/// One condition of being ready, asked by `/health/ready`.
package struct ReadinessCheck: Sendable {
    /// Shown in the answer: `database`, `broker`.
    package let name: String
    let check: @Sendable () async throws -> Void

    /// - Parameter check: Throws when not ready. It is cancelled after ``limit``; its error is logged, not shown.
    package init(_ name: String, _ check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }

    /// How long a check may take.
    package static let limit: Duration = .seconds(2)
}
