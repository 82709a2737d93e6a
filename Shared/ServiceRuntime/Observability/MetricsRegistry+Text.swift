import NIOConcurrencyHelpers

extension MetricsRegistry {
    /// How long one computed gauge may take.
    package static let scrapeLimit: Duration = .seconds(2)

    /// The page Prometheus reads.
    package func render() async -> String {
        let families = self.families.withLockedValue { $0 }
        let observed = await self.observedLines(families)
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            var lines: [String] = []
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                switch series {
                case .number(let number): lines.append(Self.line(name, labels, number.value))
                case .histogram(let histogram): lines += Self.lines(name, labels, histogram)
                case .observed: break
                }
            }
            lines += observed[name] ?? []
            guard !lines.isEmpty else { continue }
            text += "# HELP \(name) \(Self.oneLine(family.help))\n# TYPE \(name) \(family.kind.rawValue)\n"
            for line in lines { text += line }
        }
        return text
    }

    /// Computes all gauges at once, so that a slow database costs one ``scrapeLimit`` and not one per gauge.
    private func observedLines(_ families: [String: Family]) async -> [String: [String]] {
        await withTaskGroup(of: (String, [String]?).self) { group in
            for (name, family) in families {
                for (labels, series) in family.series {
                    guard case .observed(let observation) = series else { continue }
                    group.addTask {
                        do {
                            let value = try await Self.limited(observation)
                            return (name, value.map { [Self.line(name, labels, $0)] } ?? [])
                        } catch {
                            return (name, nil)
                        }
                    }
                }
                for observation in family.observations {
                    group.addTask {
                        let values = try? await Self.limited(observation)
                        return (name, values?.map { Self.line(name, Self.rendered($0.labels), $0.value) })
                    }
                }
            }
            var lines: [String: [String]] = [:]
            for await (name, made) in group {
                if let made {
                    lines[name, default: []] += made
                } else {
                    self.counter(
                        "metrics_scrape_failures_total", help: "Computed gauges left out of a scrape.",
                        labels: ["metric": name]
                    ).increment()
                }
            }
            return lines.mapValues { $0.sorted() }
        }
    }

    /// A question with a time limit; the loser of the race is cancelled.
    private static func limited<Value: Sendable>(
        _ question: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await question() }
            group.addTask {
                try await Task.sleep(for: Self.scrapeLimit)
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private static func line(_ name: String, _ labels: String, _ value: Double) -> String {
        labels.isEmpty ? "\(name) \(Self.number(value))\n" : "\(name){\(labels)} \(Self.number(value))\n"
    }

    private static func lines(_ name: String, _ labels: String, _ histogram: MetricHistogram) -> [String] {
        let state = histogram.snapshot
        let prefix = labels.isEmpty ? "" : labels + ","
        var lines: [String] = []
        var cumulative: UInt64 = 0
        for (bound, count) in zip(histogram.buckets, state.counts) {
            cumulative += count
            lines.append("\(name)_bucket{\(prefix)le=\"\(Self.number(bound))\"} \(cumulative)\n")
        }
        cumulative += state.counts.last ?? 0
        lines.append("\(name)_bucket{\(prefix)le=\"+Inf\"} \(cumulative)\n")
        lines.append(Self.line("\(name)_sum", labels, state.sum))
        lines.append(labels.isEmpty ? "\(name)_count \(cumulative)\n" : "\(name)_count{\(labels)} \(cumulative)\n")
        return lines
    }

    /// Whole numbers without a point, everything else as Swift writes it; infinities as the format wants them.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return String(value)
    }

    private static func oneLine(_ help: String) -> String {
        String(help.map { $0.isNewline ? " " : $0 })
    }
}
