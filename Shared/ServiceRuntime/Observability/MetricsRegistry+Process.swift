import FoundationEssentials
import Glibc

extension MetricsRegistry {
    /// Registers what Prometheus' own clients report about a process, under the same names.
    package func observeProcess(service: String, instance: String, startedAt: Date) {
        self.gauge("process_start_time_seconds", help: "Start of the process, seconds since 1970.")
            .set(startedAt.timeIntervalSince1970)
        self.gauge(
            "youdai_instance_info", help: "Which service and instance this is.",
            labels: ["service": service, "instance": instance]
        ).set(1)
        self.observe("process_resident_memory_bytes", help: "Resident memory in bytes.") { Self.residentBytes() }
        self.observe(
            "process_cpu_seconds_total", help: "Processor time used, user and system, in seconds.", isCounter: true
        ) { SystemCalls.processorSeconds() }
        self.observe("process_open_fds", help: "Open file descriptors.") { Self.openDescriptors() }
    }

    /// Second figure of `/proc/self/statm` (proc(5)): resident pages.
    package static func residentBytes() -> Double? {
        guard let data = try? Data(contentsOf: URL(filePath: "/proc/self/statm")) else { return nil }
        let figures = String(decoding: data, as: UTF8.self).split(separator: " ")
        guard figures.count > 1, let pages = Double(figures[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openDescriptors() -> Double? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") else { return nil }
        return Double(names.count)
    }
}
