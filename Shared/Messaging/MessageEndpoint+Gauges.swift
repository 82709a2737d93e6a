import PostgreSQL
import RabbitMQ
import ServiceRuntime

extension MessageEndpoint {
    /// What waits, and for how long: computed from the database at each scrape, so that it also shows what a dead instance
    /// left behind.
    static func registerGauges(_ metrics: MetricsRegistry, pool: PostgresPool) {
        metrics.observeFamily("messaging_outbox_messages", help: "Messages not yet confirmed by the broker.") {
            let row = try await pool.query("SELECT count(*) FROM outbox").rows[0]
            return [(labels: [:], value: Double(try row.decode(Int.self)))]
        }
        metrics.observeFamily("messaging_outbox_oldest_seconds", help: "Age of the oldest message in the outbox.") {
            let row = try await pool.query(
                "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(written_at)), 0)::float8 FROM outbox"
            ).rows[0]
            return [(labels: [:], value: try row.decode(Double.self))]
        }
        metrics.observeFamily("messaging_waiting_messages", help: "Messages received and not applied, by state.") {
            try await Self.byState(pool, "count(w.id)::float8")
        }
        metrics.observeFamily("messaging_waiting_oldest_seconds", help: "Age of the oldest of them, by state.") {
            try await Self.byState(
                pool, "coalesce(extract(epoch FROM clock_timestamp() - min(w.received_at)), 0)::float8")
        }
    }

    /// Whether messages can flow. Not a condition of readiness: what is accepted while they cannot waits in the outbox.
    static func registerGauges(_ metrics: MetricsRegistry, publisher: AMQPPublisher, consumer: AMQPConsumer) {
        metrics.observeFamily("messaging_broker_connected", help: "1 while connected to the broker, by what for.") {
            [
                (labels: ["for": "publishing"], value: publisher.state.connected ? 1 : 0),
                (labels: ["for": "consuming"], value: consumer.state.connected ? 1 : 0),
            ]
        }
        metrics.observeFamily(
            "messaging_broker_blocked", help: "1 while the broker takes no messages (its memory or disk alarm)."
        ) {
            [(labels: [:], value: publisher.state.blocked ? 1 : 0)]
        }
    }

    private static func byState(
        _ pool: PostgresPool, _ value: SQL
    ) async throws -> [(labels: MetricsRegistry.Labels, value: Double)] {
        let rows = try await pool.query(
            """
            SELECT s.state, \(value) FROM unnest(ARRAY['held', 'deferred', 'parked']) AS s(state)
            LEFT JOIN waiting w ON w.state = s.state GROUP BY s.state
            """
        ).rows
        var series: [(labels: MetricsRegistry.Labels, value: Double)] = []
        for row in rows {
            let (state, value) = try row.decode(String.self, Double.self)
            series.append((labels: ["state": state], value: value))
        }
        return series
    }
}
