import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import Portrait
import TestSupport
import Testing

extension Integration {
    /// Forms sent from home, kits, and what a team brings back (R14, R73–R77, R119).
    @Suite struct VisitTests {
        private func person(_ stand: ServiceStand) -> TestPerson { TestPerson(number: stand.nextNumber()) }

        // MARK: Base forms

        @Test func aFormSentFromHomeBecomesAFile() async throws {
            let stand = try await ServiceStand.shared()
            let person = self.person(stand)
            let (token, sender) = (UUID(), Staff.applicant(UUID()))
            let own = Staff.applicant(token)
            func form(_ name: String) -> JSON {
                [
                    "name": .string(name), "identityNumber": .string("写错的号码"), "categories": .array([]),
                    "station": .string(Staff.ownStation), "phones": .array([.string(person.phone)]),
                    "filledInBy": .string("女儿"),
                ]
            }
            func send(_ body: JSON, as principal: Principal) async throws -> HTTPReply {
                try await stand.call(.intake, "PUT", "/api/base-forms/\(token)", as: principal, body: body.bytes)
            }
            #expect(try await send(form("测试"), as: sender).status == 403)
            #expect(try await send(form("测试"), as: own).status == 200)
            #expect(try await send(form(person.name), as: own).status == 200)
            let sent = try await digest(stand)
            #expect(try await send(form(person.name), as: own).status == 200)
            #expect(try await digest(stand) == sent, "the same again changes nothing")
            let read = try await stand.ask(
                .intake, "GET", "/api/base-forms/\(token)", as: Staff.station(), for: IntakeAPI.SentBaseForm.self)
            #expect(read.form.name == person.name && read.form.filledInBy == "女儿" && read.personID == nil)
            let list = try await stand.ask(
                .intake, "GET", "/api/base-forms?limit=200", as: Staff.station(), for: IntakeAPI.BaseFormList.self)
            #expect(list.forms.contains { $0.id == token })

            func takeOver(_ body: JSON, as principal: Principal = Staff.station()) async throws -> HTTPReply {
                try await stand.call(
                    .intake, "POST", "/api/base-forms/\(token)/takeover", as: principal, body: body.bytes)
            }
            let corrected = try person.registration()
            #expect(try await takeOver(corrected, as: Staff.station(Staff.otherStation)).status == 403)
            let file = try await takeOver(corrected).decoded(IntakeAPI.Person.self)
            let taken = try await digest(stand)
            #expect(try await takeOver(corrected).decoded(IntakeAPI.Person.self).id == file.id)
            #expect(try await digest(stand) == taken)
            // Somebody else's registration is refused before anything is written, and a late repeat undoes nothing.
            let whole = try await stand.digests()
            #expect(try await takeOver(self.person(stand).registration()).status == 409)
            #expect(try await takeOver(corrected).decoded(IntakeAPI.Person.self).id == file.id)
            #expect(try await stand.digests() == whole)
            #expect(try await send(form("另写"), as: own).told("after it was taken over")?.code == "base_form.taken")
            let after = try await stand.ask(
                .intake, "GET", "/api/base-forms/\(token)", as: own, for: IntakeAPI.SentBaseForm.self)
            #expect(after.personID == file.id)
        }

        private func digest(_ stand: ServiceStand) async throws -> String? {
            try await stand.digest(.intake)["base_form"]
        }

        // MARK: Kits

        @Test func aTeamSeesWhatTheVisitNeedsAndNothingElse() async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            let reply = try await stand.call(.intake, "GET", "/api/kits/\(fixtures.kit)", as: Staff.team())
            let kit = try reply.decoded(IntakeAPI.Kit.self)
            let visit = try #require(kit.visits.first)
            let person = fixtures.registered.person
            #expect(visit.name == person.name && visit.phones == [person.phone] && visit.address == person.address)
            #expect(visit.bring.contains("居民身份证") && visit.bring.contains("证件照"))
            let number = try person.identityNumber
            #expect(!reply.text.contains(number) && !reply.text.contains("warVeteran") && !reply.text.contains("参战"))
            let mine = try await stand.ask(.intake, "GET", "/api/kits", as: Staff.team(), for: IntakeAPI.KitList.self)
            #expect(mine.kits.contains { $0.id == fixtures.kit } && mine.kits.allSatisfy { $0.visits.isEmpty })
            let other = Principal(
                subject: "team-b", role: .homeTeam, division: Staff.division, station: Staff.ownStation)
            let refused = try await stand.call(.intake, "GET", "/api/kits/\(fixtures.kit)", as: other)
            #expect(refused.status == 404 && refused.told("another team's kit")?.code == "kit.unknown")
            // A volunteer reaches nothing else of the person's.
            for path in ["/api/persons/\(fixtures.registered.personID)", "/api/submissions", "/api/roster/figures"] {
                #expect(try await stand.call(.intake, "GET", path, as: Staff.team()).status == 403, "\(path)")
            }
        }

        @Test func kitsThatShowTooMuchAreRefused() async throws {
            let fixtures = try await Fixtures.shared()
            func bad(
                _ what: String, _ changes: [String: JSON], _ status: Int, _ code: String, kit: UUID = UUID()
            )
                -> Refusable
            {
                guard case .object(let members) = fixtures.registered.kit else {
                    return Refusable(what, "GET", "/", Staff.station(), [:], 0, "")
                }
                let body = JSON.object(members.map { ($0.name, changes[$0.name] ?? $0.value) })
                return Refusable(what, "PUT", "/api/kits/\(kit)", Staff.station(), body, status, code)
            }
            let own = JSON.string(fixtures.registered.personID.uuidString)
            try await fixtures.expectRefused(
                .intake,
                [
                    bad("nobody", ["people": .array([])], 422, "kit.content"),
                    bad("somebody twice", ["people": .array([own, own])], 422, "kit.content"),
                    bad("somebody unknown", ["people": .array([.string(UUID().uuidString)])], 422, "kit.content"),
                    bad(
                        "another station's person",
                        ["people": .array([.string(fixtures.foreign.personID.uuidString)])], 422, "kit.content"),
                    bad("at the counter", ["channel": .string("onSite")], 422, "kit.content"),
                    bad("a team with a blank", ["team": .string("a b")], 422, "kit.content"),
                    bad("another content", ["visitOn": .string("2022-03-20")], 409, "kit.differs", kit: fixtures.kit),
                ])
            let again = try await fixtures.stand.call(
                .intake, "PUT", "/api/kits/\(fixtures.kit)", as: Staff.station(), body: fixtures.registered.kit.bytes)
            #expect(again.status == 200)
        }

        // MARK: Visits

        private func send(
            _ stand: ServiceStand, _ items: [JSON], as principal: Principal = Staff.station()
        )
            async throws -> [IntakeAPI.VisitOutcomes.Item]
        {
            try await stand.ask(
                .intake, "POST", "/api/visits", ["items": .array(items)], as: principal,
                for: IntakeAPI.VisitOutcomes.self
            ).outcomes
        }

        @Test func aBatchSentTwiceOrCutOffLosesAndDoublesNothing() async throws {
            let stand = try await ServiceStand.shared()
            let people = (0..<4).map { _ in self.person(stand) }
            let ids = people.map { _ in UUID() }
            var dark = SyntheticPortrait()
            dark.ground = (60, 90, 200)
            var items = try zip(people, ids).map { try Journey.visit($0.0, id: $0.1) }
            let bad = try Journey.visit(people[3], id: ids[3], photo: dark.jpeg())
            // Cut off after the first; then everything, by two clerks at once.
            let first = try await self.send(stand, [items[0]])
            #expect(first.map(\.result) == [.taken])
            let second = Principal(
                subject: "\(Staff.ownStation)-b", role: .station, division: Staff.division, station: Staff.ownStation)
            let all = Array(items[0..<3]) + [bad]
            async let one = self.send(stand, all)
            async let other = self.send(stand, all, as: second)
            let (a, b) = try await (one, other)
            for outcomes in [a, b] {
                #expect(outcomes.map(\.id) == ids)
                #expect(outcomes[0].result == .alreadyTaken && outcomes[0].submissionID == first[0].submissionID)
                #expect(outcomes[3].result == .refused && outcomes[3].code == "material.photo")
                #expect(outcomes[3].chinese?.contains("纯白色") == true && outcomes[3].personID == nil)
            }
            #expect(a.prefix(3).map(\.submissionID) == b.prefix(3).map(\.submissionID))
            // The photo was taken again; the same item, whole.
            items[3] = try Journey.visit(people[3], id: ids[3])
            let whole = try await self.send(stand, items)
            #expect(whole.map(\.result) == [.alreadyTaken, .alreadyTaken, .alreadyTaken, .taken])
            try await stand.settle()
            let settled = try await stand.digest(.intake)
            #expect(try await self.send(stand, items).allSatisfy { $0.result == .alreadyTaken })
            #expect(try await stand.digest(.intake) == settled)
            #expect(Set(whole.compactMap(\.submissionID)).count == 4)
            for (outcome, person) in zip(whole, people) {
                var journey = Journey(stand)
                journey.id = try #require(outcome.submissionID)
                let found = try await stand.ask(
                    .intake, "GET", "/api/submissions/\(journey.id)", as: Staff.station(),
                    for: IntakeAPI.Submission.self)
                #expect(found.materials.map(\.kind) == [.photo])
                // What the team saw counts at the counter.
                let list = try await stand.ask(
                    .intake, "GET", "/api/submissions/\(journey.id)/checklist", as: Staff.station(),
                    for: IntakeAPI.Checklist.self)
                #expect(list.isComplete, "\(person.number): \(list.chinese)")
            }
        }

        @Test func anItemThatComesAgainDoesNotUndoWhatTheCounterHasEnteredSince() async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            var person = self.person(stand)
            guard case .object(let members) = try Journey.visit(person) else { return }
            let item = JSON.object(members.map { $0.name == "bank" ? ($0.name, .string(" ")) : $0 })
            let first = try await self.send(stand, [item])
            #expect(first.map(\.code) == ["submission.bank"])
            let id = try #require(first[0].personID)
            person.categories = [.warVeteran, .otherVeteran]
            _ = try await stand.call(
                .intake, "POST", "/api/persons", as: Staff.station(), body: try person.registration().bytes)
            let again = try await self.send(stand, [item])
            #expect(again.map(\.code) == ["submission.bank"] && again[0].personID == id)
            let file = try await stand.ask(
                .intake, "GET", "/api/persons/\(id)", as: Staff.station(), for: IntakeAPI.Person.self)
            #expect(Set(file.categories) == [.warVeteran, .otherVeteran])
        }

        @Test func eachItemIsAnsweredByItself() async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            let good = self.person(stand)
            var later = self.person(stand)
            later.categories = [.otherVeteran]
            var foreign = self.person(stand)
            foreign.station = Staff.otherStation
            func changed(_ person: TestPerson, _ name: String, _ value: JSON) throws -> JSON {
                guard case .object(let members) = try Journey.visit(person) else { return .null }
                return .object(members.map { $0.name == name ? ($0.name, value) : $0 })
            }
            let id = UUID()
            let outcomes = try await self.send(
                stand,
                [
                    try Journey.visit(good, id: id), try Journey.visit(good, id: id),
                    try Journey.visit(self.person(stand), id: id), try Journey.visit(later),
                    try Journey.visit(foreign), try changed(self.person(stand), "channel", .string("onSite")),
                    try changed(self.person(stand), "bank", .string(" ")), try Journey.visit(good),
                    try Journey.visit(self.person(stand)),
                ])
            #expect(
                outcomes.map(\.result) == [
                    .taken, .alreadyTaken, .refused, .refused, .refused, .refused, .refused, .refused, .taken,
                ])
            #expect(
                outcomes.map(\.code) == [
                    nil, nil, "visit.reused", "submission.batch_not_open", "access.denied", "visit.channel",
                    "submission.bank", "submission.already_live", nil,
                ])
            // Registered although the batch is not open yet (R68).
            #expect(outcomes[3].personID != nil && outcomes[4].personID == nil)
            for refused in outcomes where refused.result == .refused {
                #expect(refused.chinese?.hasSuffix("。") == true && refused.english?.isEmpty == false)
            }
            let tooMany = try await stand.call(
                .intake, "POST", "/api/visits", as: Staff.station(),
                body: (["items": .array(Array(repeating: try Journey.visit(good, photo: [1]), count: 51))] as JSON)
                    .bytes)
            #expect(tooMany.status == 422 && tooMany.told("51 items")?.code == "visits.count")
        }
    }
}
