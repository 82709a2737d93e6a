import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Once a card is ordered, review holds it back, releases it and has it taken back (N21, N32).
    @Suite struct ReviewHoldTests {
        @Test func aCardIsHeldBackReleasedAndTakenBack() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = Journey(stand)
            try await journey.go(to: .ordered)
            let path = "/api/cases/\(journey.id)"
            func call(_ what: String, _ body: JSON, as principal: Principal) async throws -> HTTPReply {
                try await journey.post(.review, "\(path)/\(what)", body, as: principal)
            }
            let suspension: JSON = ["round": .number(1), "ground": .string("criminalPenalty")]
            let ruling: JSON = [
                "round": .number(1), "outcome": .string("cleared"),
                "ruledAt": .string(InstantText.format(ServiceStandClock.standard)),
            ]
            let withdrawal: JSON = ["round": .number(1), "ground": .string("convicted")]

            for (what, body, principal, hold) in [
                ("suspension", suspension, Staff.bureau(), "paused"), ("ruling", ruling, Staff.superior, nil),
                ("withdrawal", withdrawal, Staff.bureau(), "revoked"),
            ] as [(String, JSON, Principal, String?)] {
                stand.clock.tick()
                let standing = try await call(what, body, as: principal).decoded(ReviewAPI.Standing.self)
                #expect(standing.stage == .ordered && standing.hold == hold, "\(what)")
                #expect(try await call(what, body, as: principal).decoded(ReviewAPI.Standing.self) == standing)
            }
            journey.expect(try await call("suspension", suspension, as: Staff.bureau()), 409, "case.revoked")

            // Issuance learns that, and never why.
            let sent = try await stand.database(.review).query(
                """
                SELECT type, body FROM emitted WHERE subject = \(journey.id) AND destination = 'issuance' ORDER BY number
                """
            ).rows.map { try $0.decode(String.self, String.self) }
            #expect(
                sent.map(\.0) == [
                    SubmissionApproved.type, SubmissionPaused.type, SubmissionResumed.type, SubmissionRevoked.type,
                ])
            #expect(sent.allSatisfy { !$0.1.contains("criminalPenalty") && !$0.1.contains("convicted") })
        }
    }
}
