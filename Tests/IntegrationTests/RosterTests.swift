import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Lists of people: each entry answered by itself, nothing doubled, wrong numbers led to the person they mean.
    @Suite struct RosterTests {
        private func entry(_ line: Int, _ person: TestPerson, _ changes: [String: JSON] = [:]) throws -> JSON {
            guard case .object(var members) = try person.registration() else { return .null }
            for (name, value) in changes {
                members.removeAll { $0.name == name }
                members.append((name, value))
            }
            return ["line": .number(line), "person": .object(members)]
        }

        private func send(
            _ entries: [JSON], as caller: Principal = Staff.centre()
        ) async throws -> [IntakeAPI.RosterAnswer.Result] {
            let stand = try await ServiceStand.shared()
            let reply = try await stand.call(
                .intake, "POST", "/api/roster", as: caller, body: JSON.object([("entries", .array(entries))]).bytes)
            #expect(reply.status == 200, "\(reply.text.prefix(300))")
            return try reply.decoded(IntakeAPI.RosterAnswer.self).results
        }

        private func person(_ id: UUID) async throws -> IntakeAPI.Person {
            try await ServiceStand.shared().call(.intake, "GET", "/api/persons/\(id)", as: Staff.centre())
                .decoded(IntakeAPI.Person.self)
        }

        @Test func goodEntriesAreKeptAndBadOnesAreNamedWithTheirLine() async throws {
            let number = try TestPerson(number: 7_002).identityNumber
            let mistyped = String(number.dropLast()) + (number.last == "1" ? "2" : "1")
            let results = try await self.send([
                self.entry(2, TestPerson(number: 7_001)),
                self.entry(3, TestPerson(number: 7_002), ["identityNumber": .string(mistyped)]),
                self.entry(4, TestPerson(number: 7_003), ["station": .string("341602-77")]),
                self.entry(5, TestPerson(number: 7_004), ["registeredDivision": .string("996021")]),
                self.entry(6, TestPerson(number: 7_005), ["categories": .array([])]),
                self.entry(7, TestPerson(number: 7_006, station: Staff.otherStation)),
            ])
            #expect(results.map(\.line) == [2, 3, 4, 5, 6, 7])
            #expect(results.map(\.outcome) == [.created, .refused, .refused, .refused, .refused, .created])
            #expect(
                results.compactMap(\.code) == [
                    "identity_number_check_character", "person.station", "person.division", "person.categories",
                ])
            for result in results where result.outcome == .refused {
                #expect(result.zh?.isEmpty == false && result.en?.isEmpty == false)
            }
        }

        @Test func aListSentTwiceChangesNothingAndALaterOneUpdates() async throws {
            let stand = try await ServiceStand.shared()
            let people = (0..<5).map { TestPerson(number: 7_010 + $0) }
            let entries = try people.enumerated().map { try self.entry($0.offset, $0.element) }
            let first = try await self.send(entries)
            #expect(first.allSatisfy { $0.outcome == .created })
            try await stand.settle()
            let before = try await stand.digests()
            let second = try await self.send(entries)
            #expect(second.allSatisfy { $0.outcome == .unchanged })
            #expect(second.map(\.personID) == first.map(\.personID))
            #expect(try await stand.digests() == before)

            // The number as on old papers is the same person; what the list leaves out stays on file.
            let moved = JSON.object([
                ("line", .number(9)),
                (
                    "person",
                    .object([
                        ("name", .string(people[0].name)), ("identityNumber", .string(try people[0].legacyNumber)),
                        ("categories", .array([.string("warVeteran")])), ("station", .string(people[0].station)),
                        ("phones", .array([])), ("fileComplete", .bool(false)),
                        ("residentDivision", .string("310115")),
                    ])
                ),
            ])
            let third = try await self.send([moved])
            #expect(third.map(\.outcome) == [.updated])
            let file = try await self.person(try #require(first[0].personID))
            #expect(file.residentDivision == "310115")
            #expect(file.fileComplete)
        }

        @Test func somebodyTwiceInOneListIsOnePerson() async throws {
            let person = TestPerson(number: 7_020)
            let results = try await self.send([
                self.entry(1, person), self.entry(2, person, ["address": .string("测试巷新址")]), self.entry(3, person),
            ])
            #expect(results.map(\.outcome) == [.created, .updated, .updated])
            #expect(Set(results.map(\.personID)).count == 1)
        }

        @Test func twoTerminalsWithTheSameListMakeEverybodyOnce() async throws {
            let entries = try (0..<300).map { try self.entry($0, TestPerson(number: 7_100 + $0)) }
            let reversed = Array(entries.reversed())
            async let one = self.send(entries)
            async let other = self.send(reversed)
            async let third = self.send(entries)
            let results = try await [one, other, third].joined()
            #expect(results.filter { $0.outcome == .created }.count == 300)
            #expect(results.filter { $0.outcome == .unchanged }.count == 600)
            #expect(Set(results.map(\.personID)).count == 300)
        }

        @Test func aStationImportsItsOwnPeopleOnlyAndNobodyElseMay() async throws {
            let stand = try await ServiceStand.shared()
            let mine = TestPerson(number: 7_030)
            let others = TestPerson(number: 7_031, station: Staff.otherStation)
            let results = try await self.send(
                [self.entry(1, mine), self.entry(2, others)], as: Staff.station())
            #expect(results.map(\.outcome) == [.created, .refused])
            #expect(results[1].code == "roster.other_station")
            for caller in [Staff.bureau(), Staff.superior, Staff.cardMaker, Staff.auditor] {
                let reply = try await stand.call(
                    .intake, "POST", "/api/roster", as: caller,
                    body: JSON.object([("entries", .array([try self.entry(1, mine)]))]).bytes)
                #expect(reply.status == 403)
            }
        }

        @Test func aFileKeptElsewhereIsNotMovedByAList() async throws {
            let person = TestPerson(number: 7_040)
            let created = try await self.send([self.entry(1, person)])
            let again = try await self.send([self.entry(1, TestPerson(number: 7_040, station: Staff.otherStation))])
            #expect(again.map(\.code) == ["person.kept_elsewhere"])
            #expect(again[0].personID == created[0].personID)
            #expect(try await self.person(try #require(created[0].personID)).station == person.station)
        }

        @Test func aWrongNumberLeadsToThePersonItMeans() async throws {
            let person = TestPerson(number: 7_050)
            let unit = ["serviceUnit": JSON.string("测试部队九")]
            let created = try await self.send([self.entry(1, person, unit)])
            let number = try person.identityNumber
            let mistyped = String(number.dropLast()) + (number.last == "1" ? "2" : "1")
            let refused = try await self.send([
                self.entry(1, person, unit.merging(["identityNumber": .string(mistyped)]) { $1 })
            ])
            #expect(refused.map(\.code) == ["identity_number_check_character"])
            #expect(refused[0].personID == created[0].personID)
        }

        @Test func twoFilesOfOnePersonAreFoundAndSettled() async throws {
            let stand = try await ServiceStand.shared()
            let person = TestPerson(number: 7_060)
            let unit = ["serviceUnit": JSON.string("测试部队 十")]
            // The same birth date, another sequence: valid in form, and wrong.
            let born = try IdentityNumber(try person.identityNumber).birthDate
            let other = try IdentityNumber.synthetic(division: "341602", birthDate: born, sequence: 997).text
            let results = try await self.send([
                self.entry(1, person, unit),
                self.entry(
                    2, person,
                    ["serviceUnit": .string("测试部队十"), "identityNumber": .string(other)]),
            ])
            let first = try #require(results[0].personID)
            let second = try #require(results[1].personID)
            #expect(results.map(\.outcome) == [.created, .created])
            #expect(first != second && results.contains { $0.likely != nil })

            func doubles() async throws -> [Set<UUID>] {
                try await stand.call(.intake, "GET", "/api/roster/doubles?limit=200", as: Staff.centre())
                    .decoded(IntakeAPI.Doubles.self).pairs.map { [$0.one.id, $0.other.id] }
            }
            func settle(keep: UUID?) async throws -> HTTPReply {
                let verdict = JSON.object([
                    ("one", .string(first.uuidString)), ("other", .string(second.uuidString)),
                    ("keep", keep.map { .string($0.uuidString) } ?? .null),
                ])
                return try await stand.call(
                    .intake, "POST", "/api/roster/doubles", as: Staff.centre(), body: verdict.bytes)
            }
            #expect(try await doubles().contains([first, second]))

            // With a submission under way the file cannot be closed; the other one can.
            let submission = JSON.object([
                ("personID", .string(first.uuidString)), ("cardKind", .string("veteran")),
                ("bank", .string("测试银行")), ("channel", .string("onSite")),
                ("applicationFormSigned", .bool(true)), ("bankConfirmationSigned", .bool(true)),
            ])
            let submitted = try await stand.call(
                .intake, "POST", "/api/submissions", as: Staff.station(), key: "double-\(first)",
                body: submission.bytes)
            #expect(submitted.status == 201, "\(submitted.text)")
            let refused = try await settle(keep: second)
            #expect(refused.status == 409)
            #expect(refused.told("closing a file in use")?.code == "doubles.has_submission")
            #expect(try await settle(keep: first).status == 200)
            #expect(try await settle(keep: first).status == 200, "repeated")
            let apart = try await settle(keep: nil)
            #expect(apart.status == 409 && apart.told("telling apart what was merged")?.code == "person.double")
            #expect(try await doubles().contains([first, second]) == false)

            // Nothing can be done on the closed file any more.
            let late = JSON.object([
                ("personID", .string(second.uuidString)), ("cardKind", .string("veteran")),
                ("bank", .string("测试银行")), ("channel", .string("onSite")),
                ("applicationFormSigned", .bool(true)), ("bankConfirmationSigned", .bool(true)),
            ])
            let reply = try await stand.call(
                .intake, "POST", "/api/submissions", as: Staff.station(), key: "double-\(second)", body: late.bytes)
            #expect(reply.status == 409)
            #expect(reply.told("submitting on a closed file")?.code == "person.double")
        }

        @Test func aSubmissionAndTheClosingOfItsFileNeverBothHappen() async throws {
            let stand = try await ServiceStand.shared()
            for number in 0..<8 {
                let person = TestPerson(number: 7_500 + number)
                let born = try IdentityNumber(try person.identityNumber).birthDate
                let other = try IdentityNumber.synthetic(division: "341602", birthDate: born, sequence: 996).text
                let unit = JSON.string("测试部队并发\(number)")
                let results = try await self.send([
                    self.entry(1, person, ["serviceUnit": unit]),
                    self.entry(2, person, ["serviceUnit": unit, "identityNumber": .string(other)]),
                ])
                let kept = try #require(results[0].personID)
                let double = try #require(results[1].personID)
                let submission = JSON.object([
                    ("personID", .string(double.uuidString)), ("cardKind", .string("veteran")),
                    ("bank", .string("测试银行")), ("channel", .string("onSite")),
                    ("applicationFormSigned", .bool(true)), ("bankConfirmationSigned", .bool(true)),
                ])
                let verdict = JSON.object([
                    ("one", .string(kept.uuidString)), ("other", .string(double.uuidString)),
                    ("keep", .string(kept.uuidString)),
                ])
                async let submitted = stand.call(
                    .intake, "POST", "/api/submissions", as: Staff.station(), key: "race-\(double)",
                    body: submission.bytes)
                async let closed = stand.call(
                    .intake, "POST", "/api/roster/doubles", as: Staff.centre(), body: verdict.bytes)
                let statuses = try await [submitted.status, closed.status]
                #expect([[201, 409], [409, 200]].contains(statuses), "\(statuses)")
            }
        }

        @Test func aStatementThatThereIsNoPhoneLastsUntilThereIsOne() async throws {
            let stand = try await ServiceStand.shared()
            let person = TestPerson(number: 7_090)
            let none = try await self.send([
                self.entry(1, person, ["phones": .array([]), "hasNoPhone": .bool(true)])
            ])
            let id = try #require(none[0].personID)
            #expect(try await self.person(id).missing == [])
            _ = try await self.send([self.entry(1, person)])
            guard case .object(var members) = try person.registration() else { return }
            members.removeAll { $0.name == "phones" }
            members.append(("phones", .array([])))
            _ = try await stand.call(
                .intake, "POST", "/api/persons", as: Staff.station(), body: JSON.object(members).bytes)
            #expect(try await self.person(id).missing == [.contact])
        }

        @Test func aFileSaysWhatItLacksAndItsHouseholdIsOneView() async throws {
            let stand = try await ServiceStand.shared()
            let house = ["household": JSON.string("测试户7070")]
            let results = try await self.send([
                self.entry(
                    1, TestPerson(number: 7_070),
                    house.merging([
                        "address": .null, "phones": .array([]), "residentDivision": .null,
                        "civilCapacity": .string("none"), "fileComplete": .bool(false),
                    ]) { $1 }),
                self.entry(2, TestPerson(number: 7_071), house),
                self.entry(3, TestPerson(number: 7_072, station: Staff.otherStation), house),
            ])
            let first = try #require(results[0].personID)
            let file = try await self.person(first)
            #expect(!file.fileComplete)
            #expect(
                file.missing == [.contact, .address, .residentDivision, .guardian, .comparedWithPapers])

            let whole = try await stand.call(
                .intake, "GET", "/api/persons/\(first)/household", as: Staff.centre()
            ).decoded(IntakeAPI.Household.self)
            #expect(whole.members.map(\.id) == results.compactMap(\.personID))
            let own = try await stand.call(
                .intake, "GET", "/api/persons/\(first)/household", as: Staff.station()
            ).decoded(IntakeAPI.Household.self)
            #expect(own.members.count == 2)
        }

        @Test func aGuardianMakesTheFileOfSomebodyWithoutCapacityComplete() async throws {
            let guardian: JSON = [
                "role": .string("guardian"), "name": .string("测试监护人"), "relation": .string("子女"),
                "phones": .array([.string("19900559999")]),
            ]
            let results = try await self.send([
                self.entry(
                    1, TestPerson(number: 7_080),
                    [
                        "phones": .array([]), "civilCapacity": .string("limited"), "related": .array([guardian]),
                    ])
            ])
            #expect(try await self.person(try #require(results[0].personID)).missing == [])
        }
    }
}
