import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// What services tell each other about people: that one has died (N32), that nobody can tell another (N25).
    @Suite struct TellingTests {
        private static let station = "341602-09"

        /// The bureau records a death: the voice falls silent towards them, and the centre has something to see to.
        @Test func aDeathOnRecordSilencesEverything() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .awaitingInitialReview)
            let reply = try await stand.call(
                .review, "POST", "/api/cases/\(journey.id)/withdrawal", as: Staff.bureau(),
                body: (["round": .number(journey.round), "ground": .string("deceased")] as JSON).bytes)
            #expect(reply.status == 200, "\(reply.text)")
            let database = try stand.database(.notification)
            let person = journey.personID
            try await ServiceStand.eventually("the voice knows") {
                try await database.query(
                    "SELECT FROM contact_point WHERE person_id = \(person) AND silenced_why = 'deceased'"
                ).rows.first
            }
            let tasks = try await database.query(
                "SELECT reason FROM call_task WHERE person_id = \(person) AND state = 'open'"
            ).rows.map { try $0.decode(String.self) }
            #expect(tasks == ["death"])
            let planned = try await database.query(
                "SELECT FROM message WHERE person_id = \(person) AND state = 'planned'"
            ).rows
            #expect(planned.isEmpty)
            try await database.execute("DELETE FROM call_task WHERE person_id = \(person)")
        }

        /// Three months after the card has come: of whom nobody knows that they were told, issuance is told; not of the other.
        @Test func whoeverNobodyCouldTellForThreeMonthsIsNamedToIssuance() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var (told, untold) = (Journey(stand, station: Self.station), Journey(stand, station: Self.station))
            try await told.go(to: .atStation)
            try await untold.go(to: .atStation)
            // Nobody told them either, and they came of themselves.
            var came = Journey(stand, station: Self.station)
            try await came.go(to: .delivered)
            try await stand.settle()
            let clerk = Principal(
                subject: "caller-telling", role: .station, division: Staff.division, station: Self.station)
            let opened = try await stand.call(
                .notification, "POST", "/api/calls", as: clerk,
                body: ([
                    "id": .string(UUID().uuidString), "person": .string(told.personID.uuidString),
                    "purpose": .string("cardArrived"),
                ] as JSON).bytes)
            #expect(opened.status == 200, "\(opened.text)")
            while let call = try await stand.ask(
                .notification, "POST", "/api/calls/next", nil, as: clerk, for: CallAPI.Next.self
            ).call {
                let outcome = call.personID == told.personID ? CallOutcome.reached : .noAnswer
                let reply = try await stand.call(
                    .notification, "POST", "/api/calls/\(call.id)/attempts", as: clerk,
                    body: CallStand.attempt(call, outcome, number: call.numbers.first { $0.isNext }?.id).bytes)
                #expect(reply.status == 200, "\(reply.text)")
            }
            #expect(try await untold.order().unreachableAt == nil)
            stand.clock.set(Journey.afterThreeMonths)
            try await stand.settle()
            #expect(try await untold.order().unreachableAt == Journey.afterThreeMonths)
            #expect(try await told.order().unreachableAt == nil)
            #expect(try await came.order().unreachableAt == nil)
        }
    }
}
