import NIOConcurrencyHelpers

/// Everything this process counts and measures, in the form Prometheus scrapes (text format 0.0.4).
///
/// Handles are made once and kept; asking again for the same name and labels gives the same handle. Labels take values
/// from small fixed sets only: a person, an id or a path with ids in it is never a label.
package final class MetricsRegistry: Sendable {
    /// Label names and values of one series.
    package typealias Labels = [String: String]
    /// Computes a value when it is scraped; `nil` leaves the series out.
    package typealias Observation = @Sendable () async throws -> Double?
    /// Computes all series of a family when it is scraped.
    package typealias FamilyObservation = @Sendable () async throws -> [(labels: Labels, value: Double)]

    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    enum Series: Sendable {
        case number(MetricNumber)
        case histogram(MetricHistogram)
        case observed(Observation)
    }

    struct Family: Sendable {
        let kind: Kind
        let help: String
        var series: [String: Series] = [:]
        var observations: [FamilyObservation] = []
    }

    let families = NIOLockedValueBox<[String: Family]>([:])

    package init() {}

    /// A number that only grows. The name ends in `_total`.
    package func counter(_ name: String, help: String, labels: Labels = [:]) -> MetricNumber {
        self.series(name, .counter, help, labels) { .number(MetricNumber()) }.number
    }

    /// A number that goes up and down.
    package func gauge(_ name: String, help: String, labels: Labels = [:]) -> MetricNumber {
        self.series(name, .gauge, help, labels) { .number(MetricNumber()) }.number
    }

    /// A distribution, by default of durations in seconds from 1 ms to 30 s.
    package func histogram(
        _ name: String, help: String, labels: Labels = [:], buckets: [Double] = MetricHistogram.seconds
    ) -> MetricHistogram {
        self.series(name, .histogram, help, labels) { .histogram(MetricHistogram(buckets: buckets)) }.histogram
    }

    /// A gauge computed when it is scraped, such as the age in seconds of the oldest thing waiting. One that throws or
    /// takes longer than ``scrapeLimit`` is left out of that scrape and counted in `metrics_scrape_failures_total`.
    ///
    /// - Parameter isCounter: Whether the value only grows, as one the system counts for us.
    package func observe(
        _ name: String, help: String, labels: Labels = [:], isCounter: Bool = false, _ value: @escaping Observation
    ) {
        _ = self.series(name, isCounter ? .counter : .gauge, help, labels) { .observed(value) }
    }

    /// Several series of one gauge computed by one question, such as one per stage.
    package func observeFamily(_ name: String, help: String, _ values: @escaping FamilyObservation) {
        self.families.withLockedValue { families in
            families[name, default: Family(kind: .gauge, help: help)].observations.append(values)
        }
    }

    private func series(
        _ name: String, _ kind: Kind, _ help: String, _ labels: Labels, _ make: () -> Series
    ) -> Series {
        let key = Self.rendered(labels)
        return self.families.withLockedValue { families in
            var family = families[name] ?? Family(kind: kind, help: help)
            // A name used for two kinds would make the whole page unreadable; the second user gets a handle nobody scrapes.
            guard family.kind == kind else { return make() }
            if let known = family.series[key] { return known }
            let made = make()
            family.series[key] = made
            families[name] = family
            return made
        }
    }

    /// `name="value",…` sorted by name, values escaped as the format asks.
    static func rendered(_ labels: Labels) -> String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        var out = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}

extension MetricsRegistry.Series {
    /// The handle, or a detached one when the name is already used for something computed.
    fileprivate var number: MetricNumber {
        if case .number(let number) = self { return number }
        return MetricNumber()
    }

    fileprivate var histogram: MetricHistogram {
        if case .histogram(let histogram) = self { return histogram }
        return MetricHistogram(buckets: MetricHistogram.seconds)
    }
}
