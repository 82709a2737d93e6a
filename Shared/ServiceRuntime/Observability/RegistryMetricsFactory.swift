import CoreMetrics

/// Lets libraries that report through swift-metrics appear in the registry. Dots in labels become underscores.
package struct RegistryMetricsFactory: MetricsFactory {
    private let registry: MetricsRegistry

    package init(_ registry: MetricsRegistry) {
        self.registry = registry
    }

    private static func name(_ label: String) -> String {
        String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func labels(_ dimensions: [(String, String)]) -> MetricsRegistry.Labels {
        Dictionary(dimensions.map { (Self.name($0.0), $0.1) }) { _, last in last }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        NumberHandler(
            self.registry.counter(
                "\(Self.name(label))_total", help: "Count of \(label).", labels: Self.labels(dimensions)))
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    )
        -> any FloatingPointCounterHandler
    {
        NumberHandler(
            self.registry.counter(
                "\(Self.name(label))_total", help: "Sum of \(label).", labels: Self.labels(dimensions)))
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        NumberHandler(
            self.registry.gauge(Self.name(label), help: "Value of \(label).", labels: Self.labels(dimensions)))
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return NumberHandler(
                self.registry.gauge(Self.name(label), help: "Value of \(label).", labels: Self.labels(dimensions)))
        }
        return HistogramHandler(
            self.registry.histogram(
                Self.name(label), help: "Distribution of \(label).", labels: Self.labels(dimensions),
                buckets: MetricHistogram.counts))
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        HistogramHandler(
            self.registry.histogram(
                "\(Self.name(label))_seconds", help: "Duration of \(label).", labels: Self.labels(dimensions)))
    }

    // Series live as long as the process: Prometheus expects a counter not to vanish.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}

private final class NumberHandler: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler {
    private let number: MetricNumber

    init(_ number: MetricNumber) { self.number = number }

    func increment(by amount: Int64) { self.number.increment(by: Double(amount)) }
    func increment(by amount: Double) { self.number.increment(by: amount) }
    func decrement(by amount: Double) { self.number.decrement(by: amount) }
    func set(_ value: Int64) { self.number.set(Double(value)) }
    func set(_ value: Double) { self.number.set(value) }
    func record(_ value: Int64) { self.number.set(Double(value)) }
    func record(_ value: Double) { self.number.set(value) }
    func reset() { self.number.set(0) }
}

private final class HistogramHandler: RecorderHandler, TimerHandler {
    private let histogram: MetricHistogram

    init(_ histogram: MetricHistogram) { self.histogram = histogram }

    func record(_ value: Int64) { self.histogram.record(Double(value)) }
    func record(_ value: Double) { self.histogram.record(value) }
    func recordNanoseconds(_ duration: Int64) { self.histogram.record(Double(duration) / 1e9) }
}
