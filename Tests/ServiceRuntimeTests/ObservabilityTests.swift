import Access
import CoreMetrics
import FoundationEssentials
import HTTPCalls
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import ServiceRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct ObservabilityTests {
    private struct Down: Error {}

    @Test func aCountersGaugesAndHistogramsPageIsPrometheusText() async {
        let metrics = MetricsRegistry()
        metrics.counter("things_total", help: "Things\ncounted.", labels: ["kind": "a\"b\\c\nd"]).increment(by: 3)
        metrics.counter("things_total", help: "Things.", labels: ["kind": "a\"b\\c\nd"]).increment()
        metrics.gauge("level", help: "Level.").set(1.5)
        let histogram = metrics.histogram("wait_seconds", help: "Wait.", buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { histogram.record(value) }
        metrics.observe("oldest_seconds", help: "Age.", labels: ["stage": "s"]) { 42 }
        metrics.observe("absent", help: "Nothing waits.") { nil }
        metrics.observeFamily("waiting", help: "Waiting.") { [(["stage": "b"], 2), (["stage": "a"], 1)] }
        let page = await metrics.render()
        #expect(
            page == #"""
                # HELP level Level.
                # TYPE level gauge
                level 1.5
                # HELP oldest_seconds Age.
                # TYPE oldest_seconds gauge
                oldest_seconds{stage="s"} 42
                # HELP things_total Things counted.
                # TYPE things_total counter
                things_total{kind="a\"b\\c\nd"} 4
                # HELP wait_seconds Wait.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.1"} 2
                wait_seconds_bucket{le="1"} 3
                wait_seconds_bucket{le="+Inf"} 4
                wait_seconds_sum 7.65
                wait_seconds_count 4
                # HELP waiting Waiting.
                # TYPE waiting gauge
                waiting{stage="a"} 1
                waiting{stage="b"} 2

                """#)
    }

    @Test func aGaugeThatCannotBeComputedCostsOnlyItself() async {
        let metrics = MetricsRegistry()
        metrics.gauge("level", help: "Level.").set(1)
        metrics.observe("broken", help: "Broken.") { throw Down() }
        let first = await metrics.render()
        #expect(first.contains("level 1") && !first.contains("broken"))
        #expect(await metrics.render().contains(#"metrics_scrape_failures_total{metric="broken"}"#))
    }

    @Test func theMetricsRouteShowsRequestsByTemplateAndTheProcess() async throws {
        try await LiveAPI.with { api in
            api.get("things/:id") { _, _ in APIReply.done() }
        } body: { api in
            api.context.metrics.observeProcess(service: "intake", instance: "test-1", startedAt: .now)
            _ = try await api.call("GET", "/api/things/1")
            _ = try await api.call("GET", "/api/things/2")
            _ = try await api.call("GET", "/nowhere/341602195304120018")
            let page = try await api.caller.call("GET", "/metrics")
            #expect(page.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(
                page.text.contains(
                    #"http_request_duration_seconds_count{method="GET",route="/api/things/{id}",status="204"} 2"#))
            #expect(page.text.contains(#"status="404"} 1"#) && !page.text.contains("341602195304120018"))
            for name in [
                "process_resident_memory_bytes", "process_cpu_seconds_total", "process_start_time_seconds",
                "process_open_fds",
            ] {
                #expect(page.text.contains("\n\(name) "), "\(name)")
            }
        }
    }

    @Test func readinessFollowsItsChecksAndLivenessDoesNot() async throws {
        let up = NIOLockedValueBox(false)
        let check = ReadinessCheck("database") { if !up.withLockedValue({ $0 }) { throw Down() } }
        try await LiveAPI.with(readiness: [check, ReadinessCheck("broker") {}]) { api in
            let down = try await api.caller.call("GET", "/health/ready")
            #expect(
                down.status == 503 && down.text.contains(#""database":"failing""#)
                    && down.text.contains(#""broker":"ok""#))
            #expect(try await api.caller.call("GET", "/health/live").status == 200)
            up.withLockedValue { $0 = true }
            #expect(try await api.caller.call("GET", "/health/ready").status == 200)
        }
    }

    @Test func aTraceGoesThroughTheRequestIntoLogAndProblem() async throws {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        try await LiveAPI.with { api in
            api.get("trace") { _, context in
                context.logger.info("inside")
                return try APIReply.json(["trace": TraceContext.current?.traceID, "span": context.trace.spanID])
            }
        } body: { api in
            let headers = [("traceparent", "00-\(trace)-00f067aa0ba902b7-01")]
            let reply = try await api.call("GET", "/api/trace", headers: headers)
            #expect(reply.text.contains(trace) && !reply.text.contains("00f067aa0ba902b7"))
            #expect(try await api.caller.call("GET", "/api/none", headers: headers).problem().trace == trace)
            #expect(api.log.all.contains { $0.contains("inside") && $0.contains(#""trace_id":"\#(trace)""#) })
            // What is not valid starts a new trace.
            let other = try await api.caller.call("GET", "/api/none", headers: [("traceparent", "rubbish")]).problem()
                .trace
            #expect(other != trace && other.utf8.count == 32)
        }
    }

    @Test func ordinaryRequestsAreNotLoggedAtInfoAndRefusedOnesAre() async throws {
        try await LiveAPI.with { api in
            api.get("ok") { _, _ in APIReply.done() }
        } body: { api in
            _ = try await api.call("GET", "/api/ok")
            #expect(!api.log.all.contains { $0.contains("/api/ok") })
            _ = try await api.caller.call("GET", "/api/ok")
            let line = try #require(api.log.all.last { $0.contains(#""http.route":"/api/ok""#) })
            #expect(line.contains(#""http.status":"401""#) && line.contains(#""level":"info""#))
        }
    }

    @Test(arguments: [
        "", "00-0-0-00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func anInvalidTraceparentIsNotTaken(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func aTraceparentIsWrittenAsItWasReadAndAChildKeepsTheTrace() throws {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let trace = try #require(TraceContext(traceparent: text))
        #expect(trace.traceparent == text)
        #expect(trace.child().traceID == trace.traceID && trace.child().spanID != trace.spanID)
        #expect(TraceContext(traceparent: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later") != nil)
        for _ in 0..<100 {
            let made = TraceContext.generate()
            #expect(TraceContext(traceparent: made.traceparent) == made)
        }
    }

    @Test func aLogLineIsOneJSONObjectWhateverIsInIt() throws {
        let lines = LiveAPI.LogLines()
        var logger = Logger(label: "x") { _ in
            ServiceLogHandler(service: "in\"take", instance: "a\\1", format: .json, level: .info, sink: lines.append)
        }
        logger[metadataKey: "stage"] = "已受理\n\u{1}"
        logger.info("line \"one\"\r\nline two", metadata: ["count": "3"])
        logger.debug("not this")
        #expect(lines.all.count == 1)
        let line = try #require(lines.all.first)
        #expect(line.hasSuffix("}\n") && line.split(whereSeparator: \.isNewline).count == 1)
        let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        #expect(object["message"] == "line \"one\"\r\nline two" && object["stage"] == "已受理\n\u{1}")
        #expect(object["service"] == "in\"take" && object["instance"] == "a\\1" && object["count"] == "3")
        #expect(object["level"] == "info" && object["time"]?.hasSuffix("Z") == true)
    }
}

@Suite struct LibraryMetricsTests {
    @Test func whatLibrariesReportAppearsOnThePage() async {
        let metrics = MetricsRegistry()
        let factory = RegistryMetricsFactory(metrics)
        factory.makeCounter(label: "pool.leases", dimensions: [("pool.name", "main")]).increment(by: 2)
        factory.makeMeter(label: "pool.open", dimensions: []).set(Int64(3))
        factory.makeTimer(label: "pool.wait", dimensions: []).recordNanoseconds(2_000_000)
        let page = await metrics.render()
        #expect(page.contains(#"pool_leases_total{pool_name="main"} 2"#))
        #expect(page.contains("\npool_open 3\n"))
        #expect(page.contains(#"pool_wait_seconds_bucket{le="0.0025"} 1"#))
    }

    /// Two kinds under one name would make the whole page unreadable.
    @Test func aNameUsedForAnotherKindDoesNotReachThePage() async {
        let metrics = MetricsRegistry()
        metrics.gauge("level", help: "Level.").set(1)
        metrics.counter("level", help: "Level.").increment(by: 9)
        metrics.histogram("level", help: "Level.").record(9.0)
        #expect(await metrics.render() == "# HELP level Level.\n# TYPE level gauge\nlevel 1\n")
    }
}
