import ArgumentParser
import CardProgramme
import FoundationEssentials

extension BenchCommand {
    /// `youdai bench notices`
    struct Notices: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "通知：百万人活动的编排、到点延迟、经 Kannel 的发送与回执 · Planning a campaign, lateness, dispatch through Kannel beside Kannel alone, receipts."
        )

        @OptionGroup var installation: InstallationOptions
        @Option(help: "The programme file; otherwise the installation's own.")
        var programme: String?
        @Option(help: "People of the campaign; their messages wait while the rest is measured.")
        var people = 1_000_000
        @Option(help: "Seconds of a phase; dispatch is given as many messages as it said in so long while warming up.")
        var seconds = 20.0
        @Option(help: "Reminders a second whose lateness is measured.")
        var reminders = 100
        @Option(help: "Connections that bring receipts at once.")
        var connections = 64
        @Flag(inversion: .prefixedNo, help: "Measure what Kannel, PostgreSQL and the HTTP server alone allow.")
        var ceiling = true
        @Flag(help: "Keep the run's databases and queues; otherwise they are removed at the end.")
        var keep = false

        func run() async throws {
            guard (2_000...5_000_000).contains(self.people) else {
                throw OperationsError("--people is from 2000 to 5000000.")
            }
            guard (1...300).contains(self.seconds), (1...1_000).contains(self.reminders) else {
                throw OperationsError("--seconds is from 1 to 300 and --reminders from 1 to 1000.")
            }
            guard (1...512).contains(self.connections) else {
                throw OperationsError("--connections is from 1 to 512.")
            }
            let installation = try self.installation.load()
            let file = self.programme ?? installation.programmeFile
            var options = NoticesBench.Options()
            options.people = self.people
            options.seconds = self.seconds
            options.reminders = self.reminders
            options.connections = self.connections
            options.ceiling = self.ceiling
            options.keep = self.keep
            let bench = NoticesBench(
                installation: installation, programme: try ProgrammeFile.load(file), programmeFile: file,
                options: options)
            Terminal.write(NoticesReport(result: try await bench.measure()).text)
        }
    }
}
