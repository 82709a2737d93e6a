/// Which server process answers at present.
package struct RedisServerIdentity: Sendable, Hashable, CustomStringConvertible {
    /// Chosen by the server at each start: another one means that it was restarted, or is another server.
    package let runID: String
    /// Counts the connections of this client, from 1.
    package let generation: Int

    package var description: String { "\(self.runID) (connection \(self.generation))" }
}

/// What becomes of the connection.
package enum RedisEvent: Sendable, Hashable {
    /// Logged in, the scripts loaded; commands are taken from now on.
    case connected(RedisServerIdentity)
    /// Commands fail at once from now on.
    case lost(RedisServerIdentity)
}

/// Counts since the start; they only grow, but for the last two.
package struct RedisStatistics: Sendable, Hashable {
    /// Commands taken from callers.
    package var commands = 0
    /// Answers that came, errors of the server included.
    package var answered = 0
    /// Times commands were written: `commands / batches` went together on average.
    package var batches = 0
    package var connections = 0
    /// Connections that were lost.
    package var losses = 0
    /// Commands whose answer did not come in time.
    package var timeouts = 0
    /// Commands in flight when a connection was lost for another reason.
    package var unknown = 0
    /// Commands that were never written.
    package var refused = 0
    /// Connected at present.
    package var isConnected = false
    /// Taken, and neither answered nor given up yet.
    package var open = 0
}
