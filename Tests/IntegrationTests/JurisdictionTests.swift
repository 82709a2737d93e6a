import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Every route, every role, near and far: let through or refused as ``AccessPolicy`` says, and a station sees its own
    /// people only.
    @Suite struct JurisdictionTests {
        private func callers(_ person: UUID) -> [(what: String, principal: Principal)] {
            var callers: [(String, Principal)] = [
                ("the applicant", Staff.applicant(person)), ("another applicant", Staff.applicant(UUID())),
                ("the station", Staff.station()), ("another station", Staff.station(Staff.otherStation)),
                ("a team", Staff.team()), ("a team of another station", Staff.team(Staff.otherStation)),
                (
                    "a station of another district",
                    Principal(subject: "far", role: .station, division: "341621", station: Staff.ownStation)
                ),
            ]
            for role in Role.allCases where ![.applicant, .station, .homeTeam].contains(role) {
                for (where_, division) in [("here", "341602"), ("elsewhere", "341621"), ("of the city", "341600")] {
                    callers.append(
                        (
                            "\(role.rawValue) \(where_)",
                            Principal(subject: "\(role.rawValue)-x", role: role, division: division)
                        ))
                }
            }
            return callers
        }

        @Test func everyRouteLetsInExactlyWhomThePolicyNames() async throws {
            let fixtures = try await Fixtures.shared()
            let before = try await fixtures.stand.digests()
            var allowed = 0
            var refused = 0
            for route in Routes.all {
                let person = route.person(fixtures) ?? fixtures.registered.personID
                for (what, principal) in self.callers(person) {
                    let reply = try await route.call(
                        fixtures, as: principal, body: try route.probe?(fixtures).bytes,
                        key: "matrix-\(UUID().uuidString)",
                        type: route.binary ? "text/plain" : nil)
                    let call = "\(route) as \(what)"
                    if AccessPolicy.allows(principal, route.action, on: route.resource(fixtures, principal)) {
                        allowed += 1
                        #expect(
                            reply.status < 500 && reply.status != 403 && reply.status != 401,
                            "\(call): \(reply.status) \(reply.text.prefix(200))")
                        if route.method == "GET" { #expect(reply.status == 200, "\(call): \(reply.status)") }
                    } else {
                        refused += 1
                        #expect(reply.status == 403, "\(call): \(reply.status) \(reply.text.prefix(200))")
                        #expect(reply.told(call)?.code == "access.denied", "\(call)")
                    }
                }
            }
            #expect(allowed > 150 && refused > 400)
            #expect(try await fixtures.stand.digests() == before)
        }

        @Test func aStationsListsHoldItsOwnPeopleOnly() async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            for station in [Staff.ownStation, Staff.otherStation] {
                let principal = Staff.station(station)
                let submissions = try await stand.ask(
                    .intake, "GET", "/api/submissions?limit=200", as: principal, for: IntakeAPI.WorkList.self)
                #expect(
                    !submissions.submissions.isEmpty && submissions.submissions.allSatisfy { $0.station == station })
                #expect(submissions.total == submissions.submissions.count)
                let orders = try await stand.ask(
                    .issuance, "GET", "/api/orders?limit=200", as: principal, for: IssuanceAPI.WorkList.self)
                #expect(!orders.orders.isEmpty && orders.orders.allSatisfy { $0.station == station })
                #expect(orders.total == orders.orders.count)
                let handovers = try await stand.ask(
                    .issuance, "GET", "/api/handovers", as: principal, for: Handovers.self)
                #expect(!handovers.handovers.isEmpty && handovers.handovers.allSatisfy { $0.station == station })
                let foreign = station == Staff.ownStation ? Staff.otherStation : Staff.ownStation
                for path in ["/api/orders?station=\(foreign)", "/api/handovers?station=\(foreign)"] {
                    let reply = try await stand.call(.issuance, "GET", path, as: principal)
                    #expect(reply.status == 403, "\(path) as \(station)")
                }
            }
            let mine = try await stand.ask(
                .notification, "GET", "/api/notices?limit=2000", as: Staff.station(Staff.otherStation),
                for: NotificationAPI.WorkList.self)
            let people = Set([fixtures.foreign.personID, fixtures.foreignCard.personID])
            #expect(!mine.notices.isEmpty && mine.notices.allSatisfy { people.contains($0.personID) })
            let nothing = try await stand.ask(
                .notification, "GET", "/api/notices?submission=\(fixtures[.delivered].id)",
                as: Staff.station(Staff.otherStation), for: NotificationAPI.WorkList.self)
            #expect(nothing.notices.isEmpty && nothing.total == 0)
        }

        private struct Handovers: Decodable {
            let handovers: [IssuanceAPI.Handover]
        }

        @Test func anotherDistrictsClerksSeeAndTakeNothing() async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            let before = try await stand.digests()
            for (service, role) in [(ServiceName.verification, Role.centre), (.review, .bureau)] {
                let far = Principal(subject: "far-\(role.rawValue)", role: role, division: "341621")
                let list = try await stand.ask(service, "GET", "/api/cases", as: far, for: CaseAPI.WorkList.self)
                #expect(list.cases.isEmpty && list.total == 0, "\(service)")
                let claimed = try await stand.ask(
                    service, "POST", "/api/claims", ["limit": .number(200)], as: far, for: CaseAPI.WorkList.self)
                #expect(claimed.cases.isEmpty, "\(service)")
            }
            let far = Principal(subject: "far-superior", role: .superior, division: "341621")
            let answer = try await stand.ask(
                .review, "POST", "/api/decisions", fixtures[.awaitingAudit].superior(.city), as: far,
                for: CaseAPI.SuperiorOutcomes.self)
            #expect(answer.outcomes.map(\.result) == [.refused] && answer.outcomes[0].stage == nil)
            #expect(try await stand.digests() == before)
        }

        @Test func anAuditorSeesCasesButNotWhoseTheyAre() async throws {
            let fixtures = try await Fixtures.shared()
            for (service, stage) in [
                (ServiceName.verification, SubmissionStage.awaitingVerification), (.review, .awaitingInitialReview),
            ] {
                let journey = fixtures[stage]
                let seen = try await fixtures.stand.ask(
                    service, "GET", "/api/cases/\(journey.id)", as: Staff.auditor, for: CaseAPI.Case.self)
                #expect(seen.name.isEmpty && seen.maskedIdentityNumber.isEmpty && seen.categories.isEmpty, "\(service)")
                let decider = service == .review ? Staff.bureau() : Staff.centre()
                let shown = try await fixtures.stand.ask(
                    service, "GET", "/api/cases/\(journey.id)", as: decider, for: CaseAPI.Case.self)
                #expect(shown.name == journey.person.name)
                #expect(try !shown.maskedIdentityNumber.contains(journey.person.identityNumber.dropFirst(6).prefix(8)))
            }
        }
    }
}
