import Access
import CardProgramme
import Synchronization

/// The limits of this instance: one for people who ask for themselves, a wider one for staff, who ask for many.
///
/// In memory and by real time: with n instances a client may ask n times as often, which slows abuse all the same.
final class ClientLimits: Sendable {
    private let applicants: Mutex<ClientLimit>
    private let staff: Mutex<ClientLimit>
    private let start = ContinuousClock.now

    init(applicants: ClientLimit, staff: ClientLimit) {
        self.applicants = Mutex(applicants)
        self.staff = Mutex(staff)
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
