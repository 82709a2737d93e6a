import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// What the rules forbid, each with its status, its code and a sentence in both languages, and nothing has changed.
    @Suite struct RefusalTests {
        // MARK: Intake

        private func person(_ change: (inout [String: JSON]) throws -> Void) throws -> JSON {
            let valid = TestPerson(number: 9_002)
            var members: [String: JSON] = [
                "name": .string(valid.name), "identityNumber": .string(try valid.identityNumber),
                "categories": .array([.string("warVeteran")]), "station": .string(Staff.ownStation),
                "phones": .array([.string(valid.phone)]), "address": .string(valid.address),
                "fileComplete": .bool(true), "registeredDivision": .string("341602"),
                "residentDivision": .string("341602"),
            ]
            try change(&members)
            return .object(members.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
        }

        @Test func registrationsThatCannotBeRightAreRefused() async throws {
            let fixtures = try await Fixtures.shared()
            let valid = try TestPerson(number: 9_002).identityNumber
            let wrongCheck = String(valid.dropLast()) + (valid.last == "1" ? "2" : "1")
            let numbers: [(String, String, String)] = [
                ("a wrong check digit", wrongCheck, "check_character"), ("31 February", "341602195102310014", "date"),
                ("month 13", "341602195113010014", "date"), ("born tomorrow", "", "not_yet_born"),
                ("1899", "341602189901010014", "date"), ("division 99", "991602195101010014", "division"),
                ("17 digits", String(valid.dropLast()), "length"), ("19 digits", valid + "1", "length"),
                ("nothing", "", "empty"),
                ("letters", "34160219510101A014", "character"), ("X in the middle", "3416021951X1010014", "character"),
                ("15 digits with 30 February", "341602510230001", "date"),
                ("15 digits of a centenarian", "341602510101996", "legacy_century"),
                ("Arabic digits", "٣٤١٦٠٢١٩٥١٠١٠١٠٠١٤", "character"), ("a hyphen", "341602-195101010014", "character"),
            ]
            let unborn = try IdentityNumber.synthetic(
                division: "341602", birthDate: CalendarDay("2022-03-10") ?? CalendarDay(.now), sequence: 1
            ).text
            var calls: [Refusable] = []
            for (what, number, code) in numbers {
                let body = try self.person { $0["identityNumber"] = .string(what == "born tomorrow" ? unborn : number) }
                calls.append(
                    Refusable(
                        what, "POST", "/api/persons", Staff.station(), body, 422, "identity_number_\(code)"))
            }
            func bad(_ what: String, _ code: String, _ name: String, _ value: JSON) throws {
                calls.append(
                    Refusable(
                        what, "POST", "/api/persons", Staff.station(), try self.person { $0[name] = value }, 422, code))
            }
            try bad("a blank name", "person.name", "name", .string(" \u{3000} "))
            try bad("a name with a line break", "person.name", "name", .string("测试\n甲"))
            try bad("a name that turns the text around", "person.name", "name", .string("测试\u{202E}甲"))
            try bad("a name of 51 characters", "person.name", "name", .string(String(repeating: "测", count: 51)))
            try bad("no category", "person.categories", "categories", .array([]))
            try bad("an unknown station", "person.station", "station", .string("341602-26"))
            try bad("a phone of letters", "person.phones", "phones", .array([.string("call me")]))
            try bad("a phone of one digit", "person.phones", "phones", .array([.string("1")]))
            try bad("six phones", "person.phones", "phones", .array(Array(repeating: .string("19900000000"), count: 6)))
            try bad("an endless address", "person.address", "address", .string(String(repeating: "巷", count: 201)))
            // A station unknown to the programme is nobody's own: the station's clerk is refused, the centre told.
            calls = try calls.map { call in
                call.code != "person.station"
                    ? call
                    : Refusable(
                        call.what, "POST", "/api/persons", Staff.centre(),
                        try self.person { $0["station"] = .string("341602-26") }, 422, "person.station")
            }
            calls.append(
                Refusable(
                    "an unknown category", "POST", "/api/persons", Staff.station(),
                    try self.person { $0["categories"] = .array([.string("general")]) }, 400, "field.invalid"))
            calls.append(
                Refusable(
                    "for another station", "POST", "/api/persons", Staff.station(),
                    try self.person { $0["station"] = .string(Staff.otherStation) }, 403, "access.denied"))
            var taken = fixtures.registered.person
            taken.station = Staff.otherStation
            calls.append(
                Refusable(
                    "somebody another station keeps", "POST", "/api/persons", Staff.station(Staff.otherStation),
                    try taken.registration(), 409, "person.kept_elsewhere"))
            try await fixtures.expectRefused(.intake, calls)
        }

        @Test func submissionsTheGateKeepsOutAreRefused() async throws {
            let fixtures = try await Fixtures.shared()
            func submission(of journey: Journey, _ changes: [String: JSON] = [:]) -> JSON {
                guard case .object(let members) = journey.newSubmission else { return .null }
                return .object(members.map { (name: $0.name, value: changes[$0.name] ?? $0.value) })
            }
            func bad(
                _ what: String, _ body: JSON, _ status: Int, _ code: String, key: String = UUID().uuidString
            ) -> Refusable {
                Refusable(what, "POST", "/api/submissions", Staff.station(), key: key, body, status, code)
            }
            let waiting = fixtures[.awaitingStationCheck]
            try await fixtures.expectRefused(
                .intake,
                [
                    bad(
                        "before registration",
                        submission(of: fixtures.registered, ["personID": .string(UUID().uuidString)]), 404,
                        "person.unknown"),
                    bad(
                        "with an incomplete file", submission(of: fixtures.incomplete), 409,
                        "submission.file_incomplete"),
                    bad("before the batch opens", submission(of: fixtures.later), 409, "submission.batch_not_open"),
                    bad(
                        "a card of the other kind",
                        submission(of: fixtures.registered, ["cardKind": .string("bereavedFamily")]), 422,
                        "submission.card_kind"),
                    bad(
                        "without a bank", submission(of: fixtures.registered, ["bank": .string("  ")]), 422,
                        "submission.bank"),
                    bad("a second one", submission(of: waiting), 409, "submission.already_live"),
                    bad("after delivery", submission(of: fixtures[.delivered]), 409, "submission.already_delivered"),
                    bad("for another station's person", submission(of: fixtures.foreign), 403, "access.denied"),
                    bad(
                        "a key used for something else", submission(of: waiting, ["bank": .string("另一银行")]), 409,
                        "submission.idempotency_key_reused", key: "journey-\(waiting.personID)"),
                    bad(
                        "a key too short", submission(of: fixtures.registered), 400, "submission.idempotency_key",
                        key: "short"),
                    Refusable(
                        "by another applicant", "POST", "/api/submissions", Staff.applicant(UUID()),
                        key: UUID().uuidString,
                        submission(of: fixtures.registered), 403, "access.denied"),
                ])
            try await fixtures.stand.clock.on(try #require(CalendarDay("2022-09-21"))) {
                try await fixtures.expectRefused(
                    .intake,
                    [
                        bad(
                            "after the intake stage", submission(of: fixtures.registered), 409,
                            "submission.intake_ended")
                    ])
            }
            try await fixtures.stand.clock.on(try #require(CalendarDay("2022-02-28"))) {
                try await fixtures.expectRefused(
                    .intake,
                    [
                        bad(
                            "before the programme", submission(of: fixtures.registered), 409,
                            "submission.batch_not_open")
                    ])
            }
        }

        @Test func checksCorrectionsAndMaterialsOutOfTurnAreRefused() async throws {
            let fixtures = try await Fixtures.shared()
            let waiting = fixtures[.awaitingStationCheck]
            let passed = fixtures[.awaitingVerification]
            func check(_ what: String, _ journey: Journey, _ body: JSON, _ status: Int, _ code: String) -> Refusable {
                Refusable(what, "POST", "/api/submissions/\(journey.id)/check", Staff.station(), body, status, code)
            }
            func photo(
                _ what: String, _ bytes: [UInt8], _ type: String, _ status: Int, _ code: String, kind: String = "photo",
                of journey: Journey? = nil
            ) -> Refusable {
                Refusable(
                    what, "PUT", "/api/submissions/\((journey ?? waiting).id)/materials/\(kind)", Staff.station(),
                    bytes: bytes, type: type, status, code)
            }
            let picture = waiting.person.photo
            let pass: JSON = ["outcome": .string("pass"), "round": .number(1)]
            try await fixtures.expectRefused(
                .intake,
                [
                    check("a level passed twice", passed, pass, 409, "impossible_step"),
                    check("a return of what was passed", passed, passed.decision(.other), 409, "impossible_step"),
                    check("a card that is delivered", fixtures[.delivered], pass, 409, "impossible_step"),
                    check("an older round", fixtures.again, pass, 409, "submission.round"),
                    check(
                        "a newer round", waiting, ["outcome": .string("pass"), "round": .number(2)], 409,
                        "submission.round"),
                    check(
                        "a return without a reason", waiting, ["outcome": .string("return"), "round": .number(1)], 422,
                        "check.reason"),
                    check(
                        "a refusal by the station", waiting, waiting.decision(.other, outcome: "refuse"), 422,
                        "check.outcome"),
                    check(
                        "a note that cannot be shown", waiting,
                        [
                            "outcome": .string("return"), "round": .number(1), "reason": .string("other"),
                            "note": .string("\u{7}"),
                        ],
                        422, "check.note"),
                    check(
                        "a pass with a reason", waiting, waiting.decision(.other, outcome: "pass"), 422,
                        "check.reason_unexpected"),
                    check(
                        "forms unsigned", fixtures.bare, fixtures.bare.stationDecision(), 409, "check.materials_missing"
                    ),
                    check("papers nobody has seen", waiting, pass, 409, "check.materials_missing"),
                    check("another station's submission", fixtures.foreign, pass, 403, "access.denied"),
                    Refusable(
                        "a correction of what was not returned", "POST", "/api/submissions/\(waiting.id)/correction",
                        Staff.station(), [:], 409, "impossible_step"),
                    Refusable(
                        "a correction to the wrong kind", "POST",
                        "/api/submissions/\(fixtures[.returnedToApplicant].id)/correction", Staff.station(),
                        ["cardKind": .string("bereavedFamily")], 422, "submission.card_kind"),
                    photo("text as a photo", Array("hello".utf8), "text/plain", 415, "material.type"),
                    photo(
                        "a page as a photo", [0x25, 0x50, 0x44, 0x46, 0x2D, 0x31], "application/pdf", 415,
                        "material.type"),
                    photo("no type", picture, "", 415, "material.type"),
                    photo("a JPEG that is none", Array("GIF89a".utf8), "image/jpeg", 422, "material.content"),
                    photo("a PNG", picture, "image/png", 415, "material.type"),
                    photo("a JPEG cut off", Array(picture.prefix(9_000)), "image/jpeg", 422, "material.photo"),
                    photo("two bytes", [0xFF, 0xD8], "image/jpeg", 422, "material.content"),
                    photo(
                        "more than 2 MB", [0xFF, 0xD8, 0xFF] + [UInt8](repeating: 1, count: 2 << 20), "image/jpeg", 413,
                        "body.too_large"),
                    photo("an unknown kind", picture, "image/jpeg", 404, "material.kind", kind: "selfie"),
                    photo("a photo after the check", picture, "image/jpeg", 409, "material.closed", of: passed),
                    photo(
                        "a photo for another station's person", picture, "image/jpeg", 403, "access.denied",
                        of: fixtures.foreign),
                    Refusable(
                        "a material that was never uploaded", "GET",
                        "/api/submissions/\(waiting.id)/materials/entitlementProof", Staff.station(), bytes: [],
                        type: "", 404,
                        "material.unknown"),
                ])
            let empty = try await fixtures.stand.call(
                .intake, "PUT", "/api/submissions/\(waiting.id)/materials/photo", as: Staff.station(),
                headers: [("Content-Type", "image/jpeg")])
            #expect(empty.status == 422)
            #expect(empty.told("an empty photo")?.code == "material.empty")
        }

        @Test func aCheckWithoutAPhotoIsRefused() async throws {
            let fixtures = try await Fixtures.shared()
            var journey = Journey(fixtures.stand)
            try await journey.register()
            try await journey.submit()
            try await fixtures.expectRefused(
                .intake,
                [
                    Refusable(
                        "no photo", "POST", "/api/submissions/\(journey.id)/check", Staff.station(),
                        journey.stationDecision(), 409, "check.materials_missing")
                ])
        }

        // MARK: Verification and review

        @Test(arguments: [ServiceName.verification, .review])
        func decisionsOutOfTurnAreRefused(service: ServiceName) async throws {
            let fixtures = try await Fixtures.shared()
            let isReview = service == .review
            let clerk = isReview ? Staff.bureau() : Staff.centre()
            let here = fixtures[isReview ? .awaitingInitialReview : .awaitingVerification]
            let passed = fixtures[isReview ? .awaitingAudit : .awaitingInitialReview]
            func decide(_ what: String, _ journey: Journey, _ body: JSON, _ status: Int, _ code: String) -> Refusable {
                Refusable(what, "POST", "/api/cases/\(journey.id)/decision", clerk, body, status, code)
            }
            let claims: JSON = ["submissionIDs": .array(Array(repeating: .string(UUID().uuidString), count: 201))]
            var calls = [
                decide("a level passed twice", passed, passed.decision(nil), 409, "impossible_step"),
                decide("a return of what was passed", passed, passed.decision(.other), 409, "impossible_step"),
                decide("round 0", here, ["outcome": .string("pass"), "round": .number(0)], 409, "case.otherRound"),
                decide("round 2", here, ["outcome": .string("pass"), "round": .number(2)], 409, "case.otherRound"),
                decide(
                    "a return without a reason", here, ["outcome": .string("return"), "round": .number(1)], 422,
                    "decision.reasonMissing"),
                decide(
                    "a pass with a reason", here, here.decision(.other, outcome: "pass"), 422,
                    "decision.reasonUnexpected"),
                decide(
                    "a refusal with a reason", here, here.decision(.other, outcome: "refuse"), 422,
                    isReview ? "decision.reasonUnexpected" : "decision.notPossibleHere"),
                decide(
                    "a pass with a ground", here, here.decision(nil, outcome: "pass", ground: .struckOff), 422,
                    "decision.groundUnexpected"),
                decide(
                    "a note of 201 characters", here,
                    [
                        "outcome": .string("return"), "round": .number(1), "reason": .string("other"),
                        "note": .string(String(repeating: "长", count: 201)),
                    ], 422, "decision.note"),
                decide(
                    "a note with a pass", here,
                    ["outcome": .string("pass"), "round": .number(1), "note": .string("测试")], 422, "decision.note"),
                decide(
                    "what has not come here", fixtures[.awaitingStationCheck], here.decision(nil), 404, "case.notFound"),
            ]
            for limit in [0, 201, -1, Int.max] {
                calls.append(
                    Refusable(
                        "claiming \(limit)", "POST", "/api/claims", clerk, ["limit": .number(limit)], 422, "claim.limit"
                    ))
            }
            calls.append(Refusable("releasing 201", "POST", "/api/claims/release", clerk, claims, 422, "claim.limit"))
            if !isReview {
                calls.append(
                    decide(
                        "an older round", fixtures.again, ["outcome": .string("pass"), "round": .number(1)], 409,
                        "case.otherRound"))
            }
            try await fixtures.expectRefused(service, calls)

            // What somebody else is working on.
            let other = isReview ? Staff.bureau("b") : Staff.centre("b")
            let claimed = try await fixtures.stand.ask(
                service, "POST", "/api/claims", ["limit": .number(200)], as: other, for: CaseAPI.WorkList.self)
            #expect(claimed.cases.contains { $0.submissionID == here.id })
            try await fixtures.expectRefused(
                service,
                [
                    decide("somebody else's case", here, here.decision(nil), 409, "case.claimed")
                ])
            let mine = try await fixtures.stand.ask(
                service, "POST", "/api/claims", ["limit": .number(200)], as: clerk, for: CaseAPI.WorkList.self)
            #expect(mine.cases.isEmpty)
            let released = try await fixtures.stand.call(service, "POST", "/api/claims/release", as: other)
            #expect(released.status == 200)
        }
    }
}
