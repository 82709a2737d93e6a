import Contracts
import FoundationEssentials
import NIOConcurrencyHelpers

/// What was done over the interface, by whom and when: the stage rates come from here, and what the HTTP ceiling repeats.
final class WorkLog: Sendable {
    /// One kind of call.
    enum Act: String, Sendable, CaseIterable {
        case register = "POST /api/persons"
        case submit = "POST /api/submissions"
        case photo = "PUT …/materials/photo"
        case stationList = "GET /api/submissions"
        case check = "POST …/check"
        case centreClaim = "POST /api/claims (centre)"
        case verify = "POST …/decision (centre)"
        case bureauClaim = "POST /api/claims (bureau)"
        case review = "POST …/decision (bureau)"
        case superiorList = "GET /api/cases (above)"
        case audit = "POST /api/decisions (city)"
        case file = "POST /api/decisions (province)"
        case bankCheck = "POST /api/decisions (bank)"

        var service: ServiceName {
            switch self {
            case .register, .submit, .photo, .stationList, .check: .intake
            case .centreClaim, .verify: .verification
            case .bureauClaim, .review, .superiorList, .audit, .file, .bankCheck: .review
            }
        }
    }

    /// Calls of one kind, and the submissions they moved on.
    struct Entry: Sendable {
        var calls = 0
        var bytes = 0
        var submissions = 0
        var first: ContinuousClock.Instant?
        var last: ContinuousClock.Instant?
        /// From sending to the answer, over all calls.
        var waiting = Duration.zero
    }

    private let entries = NIOLockedValueBox<[Act: Entry]>([:])

    /// Makes the call and counts it.
    ///
    /// - Parameter submissions: how many it moves on, for calls about several.
    func record<T>(
        _ act: Act, bytes: Int = 0, submissions: Int = 0, _ call: () async throws -> T
    ) async throws -> T {
        let start = ContinuousClock.now
        let answer = try await call()
        let end = ContinuousClock.now
        self.entries.withLockedValue { entries in
            var entry = entries[act] ?? Entry()
            entry.calls += 1
            entry.bytes += bytes
            entry.submissions += submissions
            entry.waiting += end - start
            if entry.first == nil { entry.first = start }
            entry.last = end
            entries[act] = entry
        }
        return answer
    }

    var snapshot: [Act: Entry] { self.entries.withLockedValue { $0 } }

    func submissions(_ act: Act) -> Int { self.entries.withLockedValue { $0[act]?.submissions ?? 0 } }

    func reset() { self.entries.withLockedValue { $0 = [:] } }
}
