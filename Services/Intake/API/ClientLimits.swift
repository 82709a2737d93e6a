import Access
import CardProgramme
import ServiceRuntime
import Synchronization

/// The limits of this instance: one for people who ask for themselves, a wider one for staff, who ask for many.
///
/// In memory and by real time: with n instances a client may ask n times as often, which slows abuse all the same.
final class ClientLimits: Sendable {
    private let applicants: Mutex<ClientLimit>
    private let staff: Mutex<ClientLimit>
    private let start = ContinuousClock.now

    private static let applicantBurst = ConfigurationKey(
        "intake.limit.applicant.burst", standard: "10", "Booking calls one applicant may make at once, per instance.")
    private static let applicantRate = ConfigurationKey(
        "intake.limit.applicant.rate", standard: "1", "Booking calls a second one applicant may make after that.")
    private static let staffBurst = ConfigurationKey(
        "intake.limit.staff.burst", standard: "100", "Booking calls one member of staff may make at once, per instance."
    )
    private static let staffRate = ConfigurationKey(
        "intake.limit.staff.rate", standard: "20", "Booking calls a second one member of staff may make after that.")
    static let keys: [ConfigurationKey] = [applicantBurst, applicantRate, staffBurst, staffRate]

    init(_ context: RuntimeContext) throws(ConfigurationError) {
        func limit(
            _ burst: ConfigurationKey, _ rate: ConfigurationKey
        ) throws(ConfigurationError) -> ClientLimit {
            ClientLimit(
                burst: try context.configuration.integer(burst, in: 1...1_000_000),
                rate: Double(try context.configuration.integer(rate, in: 1...1_000_000)))
        }
        self.applicants = Mutex(try limit(Self.applicantBurst, Self.applicantRate))
        self.staff = Mutex(try limit(Self.staffBurst, Self.staffRate))
    }

    /// Counts a call; to stand at the beginning of a route that costs something.
    ///
    /// - Throws: 429 with the seconds to wait.
    func pass(_ principal: Principal) throws(IntakeRefusal) {
        let (seconds, attoseconds) = (ContinuousClock.now - self.start).components
        let now = Double(seconds) + Double(attoseconds) * 1e-18
        let wait =
            principal.role == .applicant
            ? self.applicants.withLock { $0.pass(principal.subject, at: now) }
            : self.staff.withLock { $0.pass(principal.subject, at: now) }
        if let wait { throw .tooOften(seconds: wait) }
    }
}
