import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// What no route may take, whatever it is for: a 4xx with a sentence in both languages, and nothing has changed.
    @Suite struct BadInputTests {
        /// Makes the call and expects a refusal that left the called service's database as it was.
        ///
        /// - Parameter before: The digest to compare with; afterwards the one found, so that one slip is reported once.
        private func expectRefusal(
            _ route: Route, _ fixtures: Fixtures, _ what: String, before: inout [String: String], statuses: Set<Int>,
            code: String? = nil, path: String? = nil, body: [UInt8]? = nil, key: String? = "bad-input-01"
        ) async throws {
            let call = "\(route), \(what)"
            let reply: HTTPReply
            do {
                reply = try await route.call(fixtures, as: route.caller(fixtures), path: path, body: body, key: key)
            } catch {
                Issue.record("\(call): no answer, \(error)")
                return
            }
            #expect(statuses.contains(reply.status), "\(call): \(reply.status) \(reply.text.prefix(200))")
            let told = reply.told(call)
            if let code { #expect(told?.code == code, "\(call): \(told?.code ?? "")") }
            let after = try await fixtures.stand.digest(route.service)
            let changed = before.filter { after[$0.key] != $0.value }.keys.sorted()
            #expect(changed.isEmpty, "\(call) changed \(changed)")
            before = after
        }

        @Test(arguments: ServiceName.allCases)
        func bodiesThatAreNoneAreRefused(service: ServiceName) async throws {
            let fixtures = try await Fixtures.shared()
            try await fixtures.stand.settle()
            var before = try await fixtures.stand.digest(service)
            for route in Routes.all where route.service == service {
                guard let valid = try route.body?(fixtures).bytes else { continue }
                // Half of a character of two bytes, in front of the first member's name.
                var broken = valid
                broken.insert(0xC3, at: 2)
                let bodies: [(what: String, bytes: [UInt8])] = [
                    ("an opening brace", [0x7B]), ("a list", Array("[]".utf8)), ("text", Array(#""x""#.utf8)),
                    ("a number", Array("1".utf8)), ("null", Array("null".utf8)), ("form data", Array("a=1&b=2".utf8)),
                    ("XML", Array("<?xml version=\"1.0\"?><a/>".utf8)), ("broken UTF-8", broken),
                    ("UTF-16", [0xFE, 0xFF] + valid.flatMap { [0, $0] }),
                    ("something behind it", valid + Array("x".utf8)),
                    ("cut off", Array(valid.dropLast())), ("two values", valid + valid),
                    ("lists in lists", Array(String(repeating: "[", count: 300_000).utf8)),
                    ("objects in objects", Array(String(repeating: #"{"a":"#, count: 100_000).utf8)),
                    ("zeros", [UInt8](repeating: 0, count: 64)),
                ]
                for body in bodies {
                    try await self.expectRefusal(
                        route, fixtures, body.what, before: &before, statuses: [400, 413],
                        code: ["broken UTF-8", "UTF-16"].contains(body.what) ? "body.not_utf8" : nil, body: body.bytes)
                }
                if !route.mayBeEmpty {
                    try await self.expectRefusal(route, fixtures, "empty", before: &before, statuses: [400], body: [])
                }
            }
        }

        @Test(arguments: ServiceName.allCases)
        func everyMemberThatIsMissingOrOfAnotherTypeIsNamed(service: ServiceName) async throws {
            let fixtures = try await Fixtures.shared()
            try await fixtures.stand.settle()
            var before = try await fixtures.stand.digest(service)
            for route in Routes.all where route.service == service {
                guard let valid = try route.body?(fixtures) else { continue }
                for spoiled in valid.spoiled(optional: route.optional) where !Self.isHarmless(spoiled.what) {
                    try await self.expectRefusal(
                        route, fixtures, spoiled.what, before: &before, statuses: [400, 403, 409, 413, 422],
                        body: spoiled.json.bytes)
                }
            }
        }

        /// What a rule lets pass although it looks odd: an element the file then lacks, and lists answered item by item.
        private static func isHarmless(_ what: String) -> Bool {
            let odd = [
                "decisions [0] submissionID", "decisions [0] decision round", "decisions [0] decision outcome",
                "decisions [0] decidedAt", "entries [0] person", "entries [0] line",
                "items [0] id", "items [0] registration", "items [0] bank", "items [0] materials [0]",
            ]
            return ["address empty", "registeredDivision empty", "residentDivision empty"].contains(what)
                || odd.contains { what.hasPrefix($0) && !what.hasSuffix("null") && !what.contains("without") }
        }

        @Test func fiftyMegabytesAreRefusedAndTheConnectionAnswers() async throws {
            let fixtures = try await Fixtures.shared()
            let before = try await fixtures.stand.digests()
            let body = [UInt8](repeating: UInt8(ascii: "7"), count: 50 << 20)
            for route in Routes.all where route.hasBody {
                let reply = try await route.call(fixtures, as: route.caller(fixtures), body: body)
                #expect(reply.status == 413, "\(route): \(reply.status)")
                let told = reply.told("\(route) with 50 MB")
                #expect(told?.code.hasSuffix("too_large") == true, "\(route): \(told?.code ?? "")")
                let next = try await fixtures.stand.call(route.service, "GET", "/health/live")
                #expect(next.status == 200, "\(route)")
            }
            #expect(try await fixtures.stand.digests() == before)
        }

        @Test func idsThatAreNoneOrNobodysAreRefused() async throws {
            let fixtures = try await Fixtures.shared()
            let before = try await fixtures.stand.digests()
            for route in Routes.all {
                guard route.path(fixtures, naming: "x") != nil else { continue }
                var mine = try #require(before[route.service])
                let isTracking = route.template.contains("parcels")
                let isNumber = route.template.contains("/batches")
                let malformed = [
                    "1", "not-an-id", "%00", "018f0000-0000-7000-8000-00000000000", "'%20OR%201=1--", "%E6%B5%8B",
                    "018f0000-0000-7000-8000-000000000001x", "-1", "..%2f..%2fetc%2fpasswd", "%ff%fe",
                    "\(UUID())%00", String(repeating: "a", count: 4_000),
                ]
                for id in malformed where !(isNumber && id == "1") {
                    try await self.expectRefusal(
                        route, fixtures, "id \(id.prefix(40))", before: &mine, statuses: [400, 404, 422],
                        path: route.path(fixtures, naming: id))
                }
                if route.isNamedByCaller { continue }
                let unknown =
                    isTracking ? "EMS-000000" : isNumber ? "999999999" : "018f0000-0000-7000-8000-00000000abcd"
                try await self.expectRefusal(
                    route, fixtures, "an unknown id", before: &mine, statuses: [404],
                    path: route.path(fixtures, naming: unknown))
            }
        }

        @Test func otherMethodsAndRoutesAreRefused() async throws {
            let fixtures = try await Fixtures.shared()
            let before = try await fixtures.stand.digests()
            let paths = Set(Routes.all.map { "\($0.service.rawValue) \($0.template)" })
            for route in Routes.all {
                for method in ["DELETE", "PATCH", "POST", "PUT", "GET"] {
                    let others = Routes.all.filter {
                        $0.service == route.service && $0.template == route.template && $0.method == method
                    }
                    guard others.isEmpty else { continue }
                    let reply = try await fixtures.stand.call(
                        route.service, method, route.path(fixtures), as: route.caller(fixtures), body: Array("{}".utf8))
                    #expect(reply.status == 405, "\(method) instead of \(route): \(reply.status)")
                    #expect(reply.told("\(method) instead of \(route)")?.code == "method.not_allowed")
                    #expect(reply.header("Allow")?.contains(route.method) == true)
                }
            }
            for service in ServiceName.allCases {
                for path in [
                    "/", "/api", "/api/", "/api/nothing", "/admin", "/api/persons/../persons", "//api//persons",
                ] {
                    let reply = try await fixtures.stand.call(service, "GET", path, as: Staff.centre())
                    #expect(
                        reply.status == 404 || (service == .intake && reply.status == 405),
                        "\(service) \(path): \(reply.status)")
                    reply.told("\(service) \(path)")
                }
            }
            #expect(paths.count >= 30)
            #expect(try await fixtures.stand.digests() == before)
        }

        @Test func queriesThatMakeNoSenseAreRefused() async throws {
            let fixtures = try await Fixtures.shared()
            let lists: [(ServiceName, String, Principal, [String])] = [
                (.intake, "/api/submissions", Staff.station(), ["stage=nowhere", "stage=STAGE%00"]),
                (.verification, "/api/cases", Staff.centre(), ["stage=delivered", "stage=x"]),
                (.review, "/api/cases", Staff.bureau(), ["stage=awaitingStationCheck", "stage='"]),
                (.issuance, "/api/orders", Staff.bureau(), ["stage=awaitingAudit", "station=341602-99", "station=x"]),
                (.issuance, "/api/handovers", Staff.centre(), ["open=maybe", "station=%00"]),
                (.issuance, "/api/parcels", Staff.centre(), ["refused=maybe"]),
                (.issuance, "/api/returns", Staff.centre(), ["open=maybe", "station=341602-99"]),
                (.issuance, "/api/returns/due", Staff.centre(), ["station=341602-99"]),
                (.notification, "/api/notices", Staff.centre(), ["purpose=party", "submission=1"]),
                (.notification, "/api/calls", Staff.centre(), ["station=341602-99", "station=x"]),
            ]
            for (service, path, principal, own) in lists {
                let pages = [
                    "limit=0", "limit=-1", "limit=abc", "limit=1.5", "limit=99999999999999999999", "limit=1000000",
                    "limit=",
                    "offset=-1", "offset=x", "offset=99999999999", "limit=%31%30x", "limit=１０",
                ]
                for query in pages + own {
                    let reply = try await fixtures.stand.call(
                        service, "GET", "\(path)?\(Self.encoded(query))", as: principal)
                    #expect([400, 422].contains(reply.status), "\(service) \(path)?\(query): \(reply.status)")
                    reply.told("\(service) \(path)?\(query)")
                }
            }
            for query in ["from=2022-02-31", "to=tomorrow", "from=2022-12-01&to=2022-01-01", "from=20220301"] {
                let reply = try await fixtures.stand.call(.review, "GET", "/api/deadlines?\(query)", as: Staff.bureau())
                #expect([400, 422].contains(reply.status), "\(query): \(reply.status)")
                reply.told(query)
            }
        }

        private static func encoded(_ query: String) -> String {
            query.utf8.map { byte in
                byte < 0x80 ? String(Unicode.Scalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
            }.joined()
        }

        @Test func anIdempotencyKeyThatIsNoneIsRefused() async throws {
            let fixtures = try await Fixtures.shared()
            try await fixtures.stand.settle()
            for route in Routes.all where route.needsKey {
                var before = try await fixtures.stand.digest(route.service)
                let keys: [String?] = [nil, "", String(repeating: "k", count: 129), "with space", "k\u{e9}y-12345"]
                for key in keys {
                    try await self.expectRefusal(
                        route, fixtures, "key \(key ?? "none")", before: &before, statuses: [400], key: key)
                }
            }
        }
    }
}
