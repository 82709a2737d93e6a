import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Whoever looks at personal data is on record before it is shown, and the person can see who it was (R137).
    @Suite struct LookTests {
        private func looks(_ service: ServiceName, at person: UUID, as caller: Principal) async throws -> [Look] {
            let stand = try await ServiceStand.shared()
            let reply = try await stand.call(service, "GET", "/api/looks?person=\(person)&limit=200", as: caller)
            #expect(reply.status == 200, "\(reply.text)")
            return try reply.decoded(LookRoutes.Answer.self).looks
        }

        @Test func everyLookAtAFileIsOnRecordWithItsPurpose() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.register()
            let person = journey.personID
            #expect(try await self.looks(.intake, at: person, as: Staff.auditor).isEmpty)
            _ = try await stand.call(.intake, "GET", "/api/persons/\(person)", as: Staff.station())
            _ = try await stand.call(
                .intake, "GET", "/api/persons/\(person)", as: Staff.centre(), headers: [("Look-Purpose", "inquiry")])
            _ = try await stand.call(.intake, "GET", "/api/persons/\(person)", as: Staff.applicant(person))
            // Refused looks show nothing, so they are none.
            _ = try await stand.call(
                .intake, "GET", "/api/persons/\(person)", as: Staff.station(Staff.otherStation))
            let looks = try await self.looks(.intake, at: person, as: Staff.applicant(person))
            #expect(looks.map(\.role) == [.applicant, .centre, .station])
            #expect(looks.map(\.purpose) == [.own, .inquiry, .acceptance])
            #expect(looks.allSatisfy { $0.what == .file && $0.person == person })
            #expect(looks[2].by == Staff.station().subject && looks[2].station == Staff.ownStation)
            #expect(looks[1].chinese == "区退役军人服务中心因“答复来电来访”查看了个人档案")
        }

        @Test func aPurposeNobodyKnowsIsRefusedAndNothingIsShown() async throws {
            let fixtures = try await Fixtures.shared()
            let reply = try await fixtures.stand.call(
                .intake, "GET", "/api/persons/\(fixtures.registered.personID)", as: Staff.station(),
                headers: [("Look-Purpose", "curiosity")])
            #expect(reply.status == 400)
            #expect(reply.told("an unknown purpose")?.code == "header.look_purpose")
            #expect(!reply.text.contains(fixtures.registered.person.name))
        }

        @Test func whoeverSeesACaseACardAContactOrAPaperIsOnRecordWhereItWasSeen() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.go(to: .atStation)
            let person = journey.personID
            let seen: [(ServiceName, String, Principal, LookedAt)] = [
                (.intake, "/api/submissions/\(journey.id)/materials/photo", Staff.bureau("looker"), .material),
                (
                    .intake, "/api/submissions/\(journey.id)/forms/applicationForm",
                    Journey.somebody("looker", .station), .form
                ),
                (.verification, "/api/cases/\(journey.id)", Staff.centre("looker"), .reviewCase),
                (.review, "/api/cases/\(journey.id)", Staff.bureau("looker"), .reviewCase),
                (.issuance, "/api/orders/\(journey.id)", Staff.bureau("looker"), .card),
                (.notification, "/api/contacts/\(person)", Staff.centre("looker"), .contact),
            ]
            for (service, path, caller, what) in seen {
                let reply = try await stand.call(service, "GET", path, as: caller)
                #expect(reply.status == 200, "\(service) \(path): \(reply.text.prefix(200))")
                let looks = try await self.looks(service, at: person, as: Staff.auditor)
                #expect(looks.contains { $0.by == caller.subject && $0.what == what }, "\(service) \(path)")
            }
        }

        @Test func manyLooksAtOnceAreAllOnRecord() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.register()
            let person = journey.personID
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        let reply = try await stand.call(.intake, "GET", "/api/persons/\(person)", as: Staff.station())
                        #expect(reply.status == 200)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await self.looks(.intake, at: person, as: Staff.auditor).count == 100)
        }
    }
}
