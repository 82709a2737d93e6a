import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import Portrait
import TestSupport
import Testing

extension Integration {
    /// Photos, papers, forms and statements at the counter (R61–R67, N15–N17), told as they happen there.
    @Suite struct PaperTests {
        /// Somebody of the first station with a submission and nothing else.
        private func arrived(
            _ change: (inout TestPerson) -> Void = { _ in }, signed: Bool = true, photo: Bool = true,
            bank: String = "测试银行"
        ) async throws -> Journey {
            var journey = Journey(try await ServiceStand.shared(), change)
            try await journey.register()
            let kinds = CardKind.allowed(for: Set(journey.person.categories))
            try await journey.submit([
                "personID": .string(journey.personID.uuidString),
                "cardKind": .string((kinds.contains(.veteran) ? CardKind.veteran : .bereavedFamily).rawValue),
                "bank": .string(bank), "channel": .string("walkIn"), "applicationFormSigned": .bool(signed),
                "bankConfirmationSigned": .bool(signed),
            ])
            if photo { try await journey.addPhoto() }
            return journey
        }

        private func post(
            _ journey: Journey, _ path: String, _ body: JSON, as principal: Principal? = nil
        ) async throws -> HTTPReply {
            try await journey.stand.call(
                .intake, "POST", "/api/submissions/\(journey.id)/\(path)", as: principal ?? Staff.station(),
                body: body.bytes)
        }

        private func get<Answer: Decodable>(
            _ journey: Journey, _ path: String, as principal: Principal? = nil, for type: Answer.Type
        ) async throws -> Answer {
            try await journey.stand.ask(
                .intake, "GET", "/api/submissions/\(journey.id)/\(path)", as: principal ?? Staff.station(), for: type)
        }

        // MARK: Photo

        @Test func aPhotoBelowTheRuleIsRefusedWithEveryFault() async throws {
            let journey = try await self.arrived(photo: false)
            var portrait = SyntheticPortrait()
            portrait.density = 72
            portrait.headHeight = 0.4
            portrait.jacket = (250, 250, 250)
            try await journey.stand.settle()
            let before = try await journey.stand.digest(.intake)
            for (what, bytes, points) in [
                ("three faults", portrait.jpeg(), 3), ("cut off", Array(journey.person.photo.prefix(20_000)), 1),
                ("a few bytes", [0xFF, 0xD8, 0xFF, 0xE0, 0, 1], 1),
            ] {
                let reply = try await journey.stand.call(
                    .intake, "PUT", "/api/submissions/\(journey.id)/materials/photo", as: Staff.station(), body: bytes,
                    type: "image/jpeg")
                #expect(reply.status == 422, "\(what): \(reply.status)")
                let told = try #require(reply.told(what))
                #expect(told.code == "material.photo")
                for number in 1...points { #expect(told.zh.contains("\(number). ") && told.en.contains("\(number). ")) }
                #expect(!told.zh.contains("\(points + 1). "), "\(what): \(told.zh)")
            }
            #expect(try await journey.stand.digest(.intake) == before)
            try await journey.addPhoto()
        }

        // MARK: Papers

        @Test func aCheckNamesWhatIsMissingAndPassesWhenItIsThere() async throws {
            var journey = try await self.arrived({ $0.categories = [.disabledVeteran] })
            let before = try await self.get(journey, "checklist", for: IntakeAPI.Checklist.self)
            #expect(!before.isComplete && before.chinese.contains("残疾军人证") && before.chinese.contains("退伍"))
            let atHome = try await journey.stand.ask(
                .intake, "GET", "/api/persons/\(journey.personID)/checklist?cardKind=veteran",
                as: Staff.applicant(journey.personID), for: IntakeAPI.Checklist.self)
            #expect(atHome.items.map(\.kind) == before.items.map(\.kind))
            #expect(atHome.items.allSatisfy { $0.state == .missing })

            func pass(_ originals: [MaterialKind], _ confirmed: [StationConfirmation]) -> JSON {
                [
                    "outcome": .string("pass"), "round": .number(1),
                    "originals": .array(originals.map { .string($0.rawValue) }),
                    "confirmed": .array(confirmed.map { .string($0.rawValue) }),
                ]
            }
            try await journey.stand.settle()
            let state = try await journey.stand.digest(.intake)
            let without = try await self.post(
                journey, "check", pass([.identityCard, .householdRegister], StationConfirmation.allCases))
            let told = try #require(without.told("without papers"))
            #expect(without.status == 409 && told.code == "check.materials_missing")
            #expect(told.zh.contains("残疾军人证") && told.zh.contains("退伍") && !told.zh.contains("居民身份证"))
            let unconfirmed = try await self.post(journey, "check", pass(journey.person.originals, [.photoRecent]))
            #expect(unconfirmed.status == 409)
            #expect(unconfirmed.told("unconfirmed")?.code == "check.unconfirmed")
            #expect(unconfirmed.text.contains("photoPlainClothes") && !unconfirmed.text.contains("photoRecent"))
            #expect(try await journey.stand.digest(.intake) == state)
            // An image does as well as a look at the paper.
            try await journey.add(.disabilityCertificate)
            let rest = journey.person.originals.filter { $0 != .disabilityCertificate }
            #expect(try await self.post(journey, "check", pass(rest, StationConfirmation.allCases)).status == 200)
            journey.round = 1
        }

        @Test func bereavedFamilyBringsItsOwnPapers() async throws {
            let journey = try await self.arrived({ $0.categories = [.martyrFamily] })
            let list = try await self.get(journey, "checklist", for: IntakeAPI.Checklist.self)
            let missing = list.items.filter { $0.state == .missing }.map(\.kind)
            #expect(missing == [.identityCard, .householdRegister, .martyrCertificate, .kinshipProof])
            #expect(try await self.post(journey, "check", journey.stationDecision()).status == 200)
        }

        @Test func aReturnTellsEveryReasonAndWhatToBring() async throws {
            let journey = try await self.arrived()
            let note = "请家属一同前来"
            let body: JSON = [
                "outcome": .string("return"), "round": .number(1), "note": .string(note),
                "reasons": .array(["materialsIncomplete", "materialsUnclear", "materialsUnclear"].map { .string($0) }),
                "missing": .array([.string("meritDocument")]), "originals": .array([.string("identityCard")]),
            ]
            #expect(try await self.post(journey, "check", body).status == 200)
            let guidance = try await self.get(
                journey, "guidance", as: Staff.applicant(journey.personID), for: IntakeAPI.Guidance.self)
            #expect(guidance.points.map(\.reason) == [.materialsIncomplete, .materialsUnclear])
            #expect(guidance.missing == [.householdRegister, .serviceDocument, .meritDocument])
            #expect(guidance.note == note && guidance.chinese.contains(note) && guidance.chinese.contains("立功受奖证件"))
            #expect(guidance.english.contains("papers of merit"))
            let others = try await self.get(journey, "guidance", as: Staff.centre(), for: IntakeAPI.Guidance.self)
            #expect(others.note == nil && others.points.count == 2)
            let progress = try await journey.progress()
            #expect(progress.chinese.contains("申请材料不齐全") && progress.chinese.contains("申请材料不清晰"))
            #expect(progress.reason == .materialsIncomplete && !progress.chinese.contains(note))
            // Mended: the photo is replaced, the papers are brought, and nothing is left to say.
            try await journey.addPhoto()
            var again = journey
            try await again.correct()
            let after = try await self.get(again, "guidance", for: IntakeAPI.Guidance.self)
            #expect(after.points.isEmpty && after.missing.isEmpty && after.note == nil)
            try await again.check()
        }

        @Test func returnsThatCannotBeToldAreRefused() async throws {
            let fixtures = try await Fixtures.shared()
            let waiting = fixtures[.awaitingStationCheck]
            func bad(
                _ what: String, _ members: [(name: String, value: JSON)], _ code: String, _ status: Int = 422
            )
                -> Refusable
            {
                Refusable(
                    what, "POST", "/api/submissions/\(waiting.id)/check", Staff.station(),
                    .object([("outcome", .string("return")), ("round", .number(1))] + members), status, code)
            }
            let reason: (name: String, value: JSON) = ("reason", .string("other"))
            try await fixtures.expectRefused(
                .intake,
                [
                    bad("no reason at all", [("reasons", .array([]))], "check.reason"),
                    bad(
                        "a note of 201 characters", [reason, ("note", .string(String(repeating: "长", count: 201)))],
                        "check.note"),
                    bad("a note of nothing that shows", [reason, ("note", .string("\u{7}"))], "check.note"),
                    bad("a note that hides text", [reason, ("note", .string("a\u{202E}b"))], "check.note"),
                    bad("an unknown reason", [("reasons", .array([.string("mood")]))], "field.invalid", 400),
                    bad("an unknown material", [reason, ("missing", .array([.string("tea")]))], "field.invalid", 400),
                ])
        }

        // MARK: Forms

        private func form(_ journey: Journey, _ kind: String) async throws -> String {
            let reply = try await journey.stand.call(
                .intake, "GET", "/api/submissions/\(journey.id)/forms/\(kind)", as: Staff.station())
            try #require(reply.status == 200, "\(reply.text)")
            return reply.text
        }

        private func code(_ page: String) throws -> String {
            let start = try #require(page.ranges(of: "Code <b>").first?.upperBound)
            return String(page[start...].prefix(14))
        }

        @Test func aSignatureBelongsToWhatWasPrinted() async throws {
            let journey = try await self.arrived(signed: false, bank: "<b>&\"银行'")
            let first = try await self.form(journey, "applicationForm")
            #expect(first.contains("退役军人、其他优抚对象优待证申领表") && first.contains(journey.person.name))
            #expect(first.contains(try journey.person.identityNumber) && first.contains("data:image/jpeg;base64,"))
            #expect(first.contains("&lt;b&gt;&amp;&quot;银行&#39;") && !first.contains("<b>&"))
            let bank = try await self.form(journey, "bankConfirmation")
            #expect(bank.contains("优待证关联银行借记卡信息确认书"))
            #expect(try self.code(bank) != self.code(first))
            #expect(try await self.form(journey, "applicationForm") == first)

            func sign(_ application: String?, _ confirmation: String?) async throws -> HTTPReply {
                try await self.post(
                    journey, "signatures",
                    [
                        "applicationForm": application.map { .string($0) } ?? .null,
                        "bankConfirmation": confirmation.map { .string($0) } ?? .null,
                    ])
            }
            // The codes of the two forms are not interchangeable; copied by hand, small letters do.
            #expect(try await sign(self.code(bank), nil).told("the other form's code")?.code == "signature.outdated")
            #expect(try await sign(self.code(first).lowercased(), nil).status == 200)
            let half = try await self.post(journey, "check", journey.stationDecision())
            #expect(half.status == 409 && half.text.contains("借记卡信息确认书") && !half.text.contains("申领表"))
            #expect(try await sign(nil, self.code(bank)).status == 200)
            try await journey.stand.settle()
            let signed = try await journey.stand.digest(.intake)
            #expect(try await sign(self.code(first), self.code(bank)).status == 200)
            #expect(try await journey.stand.digest(.intake) == signed, "the same again changes nothing")

            // The file changes after signing: the paper is of yesterday.
            guard case .object(let members) = try journey.person.registration() else { return }
            let moved = JSON.object(members.map { $0.name == "address" ? ($0.name, .string("测试巷新址")) : $0 })
            _ = try await journey.stand.ask(
                .intake, "POST", "/api/persons", moved, as: Staff.station(), for: IntakeAPI.Person.self)
            let outdated = try await self.post(journey, "check", journey.stationDecision())
            #expect(outdated.status == 409 && outdated.told("outdated")?.zh.contains("重新打印") == true)
            #expect(try await sign(self.code(first), nil).told("an old code")?.code == "signature.outdated")
            let second = try await self.form(journey, "applicationForm")
            #expect(second.contains("测试巷新址") && second != first)
            let confirmation = try await self.form(journey, "bankConfirmation")
            #expect(try await sign(self.code(second), self.code(confirmation)).status == 200)
            #expect(try await self.post(journey, "check", journey.stationDecision()).status == 200)
            #expect(try await sign(self.code(second), nil).told("handed on")?.code == "signature.closed")
        }

        @Test func anEmptyFormIsForEverybody() async throws {
            let stand = try await ServiceStand.shared()
            let reply = try await stand.call(.intake, "GET", "/api/forms/baseFile", as: Staff.applicant(UUID()))
            #expect(reply.status == 200 && reply.text.contains("基础电子档案信息表"))
            #expect(CardProgramme.Category.allCases.allSatisfy { reply.text.contains($0.chinese) })
            let none = try await stand.call(.intake, "GET", "/api/forms/taxReturn", as: Staff.station())
            #expect(none.status == 404 && none.told("an unknown form")?.code == "form.kind")
        }

        // MARK: Statements

        @Test func aStatementCountsWhenTheDepartmentsHaveConfirmedIt() async throws {
            let journey = try await self.arrived()
            let seen: JSON = [
                "outcome": .string("pass"), "round": .number(1),
                "originals": .array([.string("identityCard"), .string("householdRegister")]),
                "confirmed": .array(StationConfirmation.allCases.map { .string($0.rawValue) }),
            ]
            func settle(_ confirmed: Bool, _ opened: Date) async throws -> HTTPReply {
                try await journey.stand.call(
                    .intake, "POST", "/api/comparisons/\(journey.id)/result", as: Staff.bureau(),
                    body: ([
                        "confirmed": .bool(confirmed), "openedAt": .string(InstantText.format(opened)),
                        "departments": .array([.string("公安"), .string("人民武装部")]),
                    ] as JSON).bytes)
            }
            func opened() async throws -> Date {
                try #require(
                    try await journey.stand.ask(
                        .intake, "GET", "/api/comparisons?limit=200", as: Staff.bureau(),
                        for: IntakeAPI.ComparisonList.self
                    ).comparisons.first { $0.submissionID == journey.id }
                ).openedAt
            }
            #expect(
                try await settle(true, ServiceStandClock.standard).told("nothing to compare")?.code
                    == "comparison.unknown")
            try await journey.add(.villageStatement)
            #expect(try await self.post(journey, "check", seen).text.contains("正在由区局会同有关部门比对"))
            let open = try await journey.stand.ask(
                .intake, "GET", "/api/comparisons?limit=200", as: Staff.bureau(), for: IntakeAPI.ComparisonList.self)
            #expect(open.comparisons.contains { $0.submissionID == journey.id && $0.statement == .villageStatement })
            let first = try await opened()
            #expect(try await settle(false, first).status == 200)
            #expect(try await self.post(journey, "check", seen).text.contains("未能证实"))
            #expect(try await settle(true, first).told("the contrary")?.code == "comparison.settled")
            // A better statement is compared anew.
            journey.stand.clock.tick()
            defer { journey.stand.clock.set(ServiceStandClock.standard) }
            try await journey.add(.villageStatement)
            #expect(try await settle(true, first).told("about the old one")?.code == "comparison.replaced")
            let second = try await opened()
            #expect(try await settle(true, second).status == 200)
            #expect(try await settle(true, second).status == 200, "the same again")
            #expect(try await self.post(journey, "check", seen).status == 200)
        }

        // MARK: Places

        @Test func oneHandsInWhereOneIsRegisteredOrLives() async throws {
            let stand = try await ServiceStand.shared()
            func registered(_ place: String, living resident: String) async throws -> Journey {
                var journey = Journey(stand)
                guard case .object(let members) = try journey.person.registration() else { return journey }
                let changed = JSON.object(
                    members.map {
                        switch $0.name {
                        case "registeredDivision": ($0.name, .string(place))
                        case "residentDivision": ($0.name, .string(resident))
                        default: $0
                        }
                    })
                journey.personID = try await stand.ask(
                    .intake, "POST", "/api/persons", changed, as: Staff.station(), for: IntakeAPI.Person.self
                ).id
                return journey
            }
            func submit(_ journey: Journey, _ issuer: String? = nil) async throws -> HTTPReply {
                guard case .object(let members) = journey.newSubmission else { throw Skipped() }
                let body = JSON.object(members + (issuer.map { [("issuer", .string($0))] } ?? []))
                return try await stand.call(
                    .intake, "POST", "/api/submissions", as: Staff.station(), key: UUID().uuidString, body: body.bytes)
            }
            let nowhere = try await registered("341623", living: "341621")
            #expect(try await submit(nowhere).told("neither place")?.code == "submission.place")
            let away = try await registered("341602", living: "310115")
            #expect(try await submit(away, "residence").told("at the place of 户籍")?.code == "submission.issuer")
            #expect(try await submit(away).status == 201)
            var here = try await registered("410101", living: "341602")
            let reply = try await submit(here, "residence")
            here.id = try reply.decoded(IntakeAPI.Submission.self).id
            let list = try await self.get(here, "checklist", for: IntakeAPI.Checklist.self)
            #expect(list.items.contains { $0.kind == .residencePermit && $0.state == .missing })
            #expect(try await self.form(here, "applicationForm").contains("常住地省份"))
            #expect(try await submit(here).told("a second one")?.code == "submission.already_live")
        }

        private struct Skipped: Error {}
    }
}
