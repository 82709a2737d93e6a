import PostgreSQL

extension PostgresError: ProblemConvertible {
    /// What a caller is told when the database could not be asked. A violated constraint is the service's own matter: it
    /// maps those it expects before they come here.
    package var problem: APIProblem {
        switch self.code {
        case .commitOutcomeUnknown: .outcomeUnknown
        case .connection, .timeout, .poolClosed, .cancelled: .databaseUnavailable
        case .server: self.isRetryable || self.isConnectionLoss ? .databaseUnavailable : .internalError
        case .decoding: .internalError
        }
    }
}
