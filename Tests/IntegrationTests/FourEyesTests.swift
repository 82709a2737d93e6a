import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Nobody passes the same submission at two levels, whatever roles one person holds, and in whatever round.
    @Suite struct FourEyesTests {
        private static let code = "decision.ownSubmission"

        @Test func whoPassedItBelowDoesNotPassItAbove() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.go(to: .awaitingStationCheck)
            let who = "many-hats-\(journey.id.uuidString.prefix(8))"
            func pass(_ service: ServiceName, _ role: Role, _ subject: String) async throws -> HTTPReply {
                try await journey.decide(service, journey.decision(nil), as: Journey.somebody(subject, role))
            }
            let checked = try await journey.post(
                .intake, "/api/submissions/\(journey.id)/check", journey.stationDecision(),
                as: Journey.somebody(who, .station))
            #expect(checked.status == 200)
            try await journey.arrived(.verification, .awaitingVerification)
            journey.expect(try await pass(.verification, .centre, who), 409, Self.code)
            #expect(try await pass(.verification, .centre, "\(who)-b").status == 200)

            try await journey.arrived(.review, .awaitingInitialReview)
            for subject in [who, "\(who)-b"] {
                journey.expect(try await pass(.review, .bureau, subject), 409, Self.code)
            }
            #expect(try await pass(.review, .bureau, "\(who)-c").status == 200)

            for level in [Level.city, .province, .bank] {
                for subject in [who, "\(who)-b", "\(who)-c"] {
                    let refused = try await journey.list(
                        [journey.row(level)], as: Journey.somebody(subject, .superior))
                    #expect(refused.map(\.result) == [.refused], "\(subject) \(level)")
                    #expect(refused.first?.chinese == FourEyes.zh && refused.first?.english == FourEyes.en)
                }
                #expect(try await journey.list([journey.row(level)]).map(\.result) == [.recorded])
            }
        }

        @Test func itHoldsAfterReturnsAndInTheNextRound() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = Journey(stand)
            try await journey.go(to: .awaitingVerification)
            let who = "next-round-\(journey.id.uuidString.prefix(8))"
            func pass(_ service: ServiceName, _ role: Role, _ subject: String) async throws -> HTTPReply {
                try await journey.decide(service, journey.decision(nil), as: Journey.somebody(subject, role))
            }
            #expect(try await pass(.verification, .centre, "\(who)-centre").status == 200)
            try await journey.arrived(.review, .awaitingInitialReview)
            #expect(try await pass(.review, .bureau, "\(who)-bureau").status == 200)
            stand.clock.tick()
            #expect(
                try await journey.list(
                    [journey.row(.city, "return", .photoUnsuitable)], as: Journey.somebody("\(who)-list", .superior)
                ).map(\.result) == [.recorded])
            stand.clock.tick()
            try await journey.review(.photoUnsuitable)
            try await journey.arrived(.verification, .returnedToCentre)
            // Who passed it at the bureau does not pass it at the centre now.
            journey.expect(try await pass(.verification, .centre, "\(who)-bureau"), 409, Self.code)
            stand.clock.tick()
            try await journey.verify(.photoUnsuitable)
            _ = try await journey.progress(at: .returnedToStation)
            // Nor at the station.
            for subject in ["\(who)-centre", "\(who)-bureau"] {
                let reply = try await journey.post(
                    .intake, "/api/submissions/\(journey.id)/check", journey.decision(nil),
                    as: Journey.somebody(subject, .station))
                journey.expect(reply, 409, Self.code)
            }
            stand.clock.tick()
            try await journey.check()
            #expect(journey.round == 2)
            try await journey.arrived(.verification, .awaitingVerification)
            // The station's first checker is still the one of the first round.
            journey.expect(try await pass(.verification, .centre, Staff.station().subject), 409, Self.code)
            // The centre's own passer passes again: that is no second level.
            stand.clock.tick()
            #expect(try await pass(.verification, .centre, "\(who)-centre").status == 200)
            try await journey.arrived(.review, .awaitingInitialReview)
            journey.expect(try await pass(.review, .bureau, "\(who)-centre"), 409, Self.code)
            stand.clock.tick()
            #expect(try await pass(.review, .bureau, "\(who)-bureau").status == 200)
        }
    }
}
