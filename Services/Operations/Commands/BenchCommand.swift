import ArgumentParser
import CardProgramme
import FoundationEssentials

/// `youdai bench`
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "测速：全流程吞吐、成本与上限 · Measure the whole way of a submission, on databases and queues of its own.",
        subcommands: [Pipeline.self, Scale.self, Roster.self, Appointments.self, Notices.self],
        defaultSubcommand: Pipeline.self)

    /// What both measurements take.
    struct Options: ParsableArguments {
        @OptionGroup var installation: InstallationOptions
        @Option(help: "The programme file; otherwise the installation's own.")
        var programme: String?
        @Option(help: "Applicants' connections of the closed loop.")
        var connections = 64
        @Option(help: "Size of every photo.")
        var photoBytes = 30_000
        @Option(help: "The people and the open loop's schedule come from this number.")
        var seed: UInt64 = 1
        @Option(help: "Verifiers at the centre who work at once.")
        var verifiers = 24
        @Option(help: "Reviewers at the bureau who work at once.")
        var reviewers = 24
        @Option(help: "Decisions a station's clerk has under way at once.")
        var stationHands = 2
        @Flag(help: "Keep the run's databases and queues; otherwise they are removed at the end.")
        var keep = false

        func bench(count: Int) throws -> PipelineBench {
            guard (10...1_000_000).contains(count) else { throw OperationsError("--count is from 10 to 1000000.") }
            guard (1...1024).contains(self.connections) else {
                throw OperationsError("--connections is from 1 to 1024.")
            }
            guard PhotoRule.byteCounts.contains(self.photoBytes) else {
                throw OperationsError("--photo-bytes is from 20000 to 51200: other photos are refused (N16).")
            }
            guard [self.verifiers, self.reviewers, self.stationHands].allSatisfy({ (1...256).contains($0) }) else {
                throw OperationsError("--verifiers, --reviewers and --station-hands are from 1 to 256.")
            }
            let installation = try self.installation.load()
            let file = self.programme ?? installation.programmeFile
            var options = PipelineBench.Options()
            options.count = count
            options.connections = self.connections
            options.photoBytes = self.photoBytes
            options.seed = self.seed
            options.keep = self.keep
            options.staff.verifiers = self.verifiers
            options.staff.reviewers = self.reviewers
            options.staff.stationHands = self.stationHands
            return PipelineBench(
                installation: installation, programme: try ProgrammeFile.load(file), programmeFile: file,
                options: options)
        }
    }

    /// `youdai bench pipeline --count N`
    struct Pipeline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "闭环吞吐、半负荷时延、组合上限 · Throughput, latency at half load, and the ceiling of broker, database and HTTP server."
        )

        @OptionGroup var options: Options
        @Option(help: "Submissions of the closed loop.")
        var count = 20_000
        @Option(help: "Arrivals a second of the open loop; otherwise half of what the closed loop reached, 0 for none.")
        var rate: Double?
        @Option(help: "Seconds the open loop lasts.")
        var openSeconds = 30.0
        @Flag(inversion: .prefixedNo, help: "Measure what the three servers alone allow.")
        var ceiling = true

        func run() async throws {
            guard self.rate ?? 1 >= 0, (1...600).contains(self.openSeconds) else {
                throw OperationsError("--rate is 0 or more and --open-seconds from 1 to 600.")
            }
            let template = try self.options.bench(count: self.count)
            var settings = template.options
            settings.rate = self.rate
            settings.openSeconds = self.openSeconds
            settings.ceiling = self.ceiling
            let bench = PipelineBench(
                installation: template.installation, programme: template.programme,
                programmeFile: template.programmeFile,
                options: settings)
            let result = try await bench.measure()
            Terminal.write(PipelineReport(result: result).text)
            if !result.isClean { throw ExitCode(1) }
        }
    }

    /// `youdai bench roster --count N`
    struct Roster: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "名册导入：每秒行数，与 COPY 相比 · Rows a second of an import, beside PostgreSQL's COPY.")

        @OptionGroup var installation: InstallationOptions
        @Option(help: "The programme file; otherwise the installation's own.")
        var programme: String?
        @Option(help: "People of the roster.")
        var count = 1_000_000
        @Flag(help: "Keep the run's databases and queues; otherwise they are removed at the end.")
        var keep = false

        func run() async throws {
            guard (1...5_000_000).contains(self.count) else { throw OperationsError("--count is from 1 to 5000000.") }
            let installation = try self.installation.load()
            let bench = RosterBench(
                installation: installation, programmeFile: self.programme ?? installation.programmeFile,
                count: self.count, keep: self.keep)
            guard try await bench.measure() else { throw ExitCode(1) }
        }
    }

    /// `youdai bench scale --counts 10000,100000`
    struct Scale: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "规模：每件成本是否随总量上升 · Cost per submission at different totals.")

        @OptionGroup var options: Options
        @Option(help: "Totals, separated by commas.")
        var counts = "10000,100000"

        func run() async throws {
            let counts = self.counts.split(separator: ",").map { Int($0) }
            guard !counts.isEmpty, !counts.contains(nil) else {
                throw OperationsError("--counts is a list of numbers: 10000,100000.")
            }
            var results: [PipelineResult] = []
            for count in counts.compactMap({ $0 }) {
                let template = try self.options.bench(count: count)
                var settings = template.options
                settings.rate = 0
                settings.ceiling = false
                let bench = PipelineBench(
                    installation: template.installation, programme: template.programme,
                    programmeFile: template.programmeFile, options: settings)
                results.append(try await bench.measure())
            }
            Terminal.write("\n" + ScaleReport(results: results).text)
            if !results.allSatisfy(\.isClean) { throw ExitCode(1) }
        }
    }
}
