import ArgumentParser
import CardProgramme
import FoundationEssentials

extension BenchCommand {
    /// `youdai bench appointments`
    struct Appointments: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "预约：每秒确认、拒绝、查询，半负荷时延与上限 · Bookings, refusals and looks a second, latency at half load, and the ceiling."
        )

        /// Which way of counting is measured.
        enum Mode: String, CaseIterable, ExpressibleByArgument {
            case yes, no, both
        }

        @OptionGroup var installation: InstallationOptions
        @Option(help: "The programme file; otherwise the installation's own.")
        var programme: String?
        @Option(help: "Slots of a booking phase.")
        var slots = 2_000
        @Option(help: "Seats of a slot, of which 85 % are sold online.")
        var seats = 50
        @Option(help: "Connections that ask at once.")
        var connections = 64
        @Option(help: "Seconds of a phase.")
        var seconds = 20.0
        @Option(help: "Instances of intake.")
        var instances = 1
        @Option(
            help:
                "Whether Redis counts the seats (yes), the database answers alone (no), or one after the other (both).")
        var counted = Mode.both
        @Option(help: "The people, the slots' order and the arrivals come from this number.")
        var seed: UInt64 = 1
        @Flag(inversion: .prefixedNo, help: "Measure what the three servers alone allow.")
        var ceiling = true
        @Flag(help: "Keep the run's databases and queues; otherwise they are removed at the end.")
        var keep = false

        func run() async throws {
            guard (10...5_000).contains(self.slots), (4...1_000).contains(self.seats) else {
                throw OperationsError("--slots is from 10 to 5000 and --seats from 4 to 1000.")
            }
            guard (1...512).contains(self.connections), (1...16).contains(self.instances) else {
                throw OperationsError("--connections is from 1 to 512 and --instances from 1 to 16.")
            }
            guard (1...600).contains(self.seconds) else { throw OperationsError("--seconds is from 1 to 600.") }
            let installation = try self.installation.load()
            let file = self.programme ?? installation.programmeFile
            let programme = try ProgrammeFile.load(file)
            for counted in [true, false] where self.counted == .both || (self.counted == .yes) == counted {
                var options = AppointmentBench.Options()
                options.slots = self.slots
                options.seats = self.seats
                options.connections = self.connections
                options.seconds = self.seconds
                options.instances = self.instances
                options.counted = counted
                options.seed = self.seed
                options.ceiling = self.ceiling
                options.keep = self.keep
                let bench = AppointmentBench(
                    installation: installation, programme: programme, programmeFile: file, options: options)
                Terminal.write(AppointmentReport(result: try await bench.measure()).text)
            }
        }
    }
}
