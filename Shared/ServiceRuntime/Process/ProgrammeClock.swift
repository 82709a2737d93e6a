import CardProgramme
import FoundationEssentials
import Glibc

/// The time the programme runs by: real time in service, stepped by a conductor in a rehearsal (ARCHITECTURE §5).
///
/// Deadlines, windows and everything an official sees use it. Time-outs, back-off, leases and token lifetimes do not: they
/// are about this process and its network, which live in real time also while months pass in minutes.
package struct ProgrammeClock: Sendable {
    private let read: @Sendable () -> Date

    /// - Parameter read: Called for every ``now()``, from any thread.
    package init(_ read: @escaping @Sendable () -> Date) {
        self.read = read
    }

    /// Real time.
    package static let system = ProgrammeClock { Date.now }

    /// Programme time as the conductor of a rehearsal writes it: the file's first 8 bytes are milliseconds since 1970,
    /// little-endian. They are read afresh on every ``now()``, so all processes of a rehearsal step together.
    ///
    /// - Throws: ``ConfigurationError`` when the file cannot be opened or is shorter than 8 bytes.
    package static func conducted(file: String) throws(ConfigurationError) -> ProgrammeClock {
        let source = try ConductedTime(file: file)
        return ProgrammeClock { source.now() }
    }

    /// The present moment.
    package func now() -> Date { self.read() }

    /// The present day in Asia/Shanghai.
    package var today: CalendarDay { CalendarDay(self.now()) }
}

/// Owner of the open clock file.
private final class ConductedTime: Sendable {
    private let descriptor: CInt

    init(file: String) throws(ConfigurationError) {
        guard let descriptor = SystemCalls.openForReading(file) else {
            throw ConfigurationError(
                key: .clockFile,
                problem:
                    "names \(file), which cannot be opened: start the rehearsal's conductor first, or leave it empty for real time."
            )
        }
        self.descriptor = descriptor
        guard SystemCalls.readNumber(from: descriptor) != nil else {
            // deinit closes the descriptor: all members are set.
            throw ConfigurationError(key: .clockFile, problem: "names \(file), which holds less than 8 bytes of time.")
        }
    }

    deinit { close(self.descriptor) }

    func now() -> Date {
        guard let milliseconds = SystemCalls.readNumber(from: self.descriptor) else {
            // Wrong time would silently become wrong deadlines; the file was readable when the process started, so only
            // somebody truncating it in the middle of a rehearsal leads here.
            preconditionFailure("the clock file of the rehearsal has been cut short")
        }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
