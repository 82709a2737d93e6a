import CardProgramme
import FoundationEssentials
import HTTPCalls
import Hummingbird
import PostgreSQL
import ServiceRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct BadRequestTests {
    private struct Person: Codable, Sendable {
        let name: String
        let age: Int
        let since: Date?
        let phones: [String]?
        let number: IdentityNumber?
    }

    private struct SecretFailure: Error {
        let secret = "测试甲 341602195304120018"
    }

    private static func routes(_ api: RouterGroup<APIContext>) {
        api.post("persons") { request, _ in
            try APIReply.json(try await request.decodeJSON(Person.self), status: .created)
        }
        api.post("photo") { request, _ in try APIReply.json(["size": try await request.bytes(upTo: 40_000).count]) }
        api.post("once") { request, _ in try APIReply.json(["key": request.idempotencyKey()]) }
        api.get("list") { request, _ in try APIReply.json(["limit": request.query("limit", standard: 50, in: 1...200)])
        }
        api.get("things/:id") { _, context in try APIReply.json(["id": context.uuid("id")]) }
        api.get("fail/:how") { _, context -> Response in
            switch try context.text("how") {
            case "database": throw PostgresError(.connection, "测试甲")
            case "commit": throw PostgresError(.commitOutcomeUnknown, "测试甲")
            case "constraint": throw PostgresError(.server, "Key (name)=(测试甲)", sqlState: "23505")
            case "conflict": throw APIProblem.conflict("submission.done", zh: "已办结。", en: "Done already.")
            case "step":
                var machine = SubmissionStateMachine(stage: .delivered)
                try machine.apply(.filed)
                return APIReply.done()
            default: throw SecretFailure()
            }
        }
    }

    private static func post(_ api: LiveAPI, _ path: String, _ text: String) async throws -> HTTPReply {
        try await api.call("POST", path, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
    }

    @Test func aValidBodyIsReadAndInstantsKeepTheirMilliseconds() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let reply = try await Self.post(
                api, "/api/persons",
                #"{"name":"测试甲","age":68,"since":"2022-03-01T01:02:03.456Z","number":"341602530412001"}"#)
            #expect(reply.status == 201)
            #expect(reply.text.contains("2022-03-01T01:02:03.456Z") && reply.text.contains("341602195304120018"))
            let whole = try await Self.post(
                api, "/api/persons", #"{"name":"a","age":1,"since":"2022-03-01T09:02:03+08:00"}"#)
            #expect(whole.text.contains("2022-03-01T01:02:03.000Z"))
        }
    }

    @Test(arguments: [
        ("", "body.not_json", ""), ("{", "body.not_json", ""), ("nonsense", "body.not_json", ""),
        ("[]", "body.wrong_shape", ""), ("null", "", ""), (#"{"age":1}"#, "field.missing", "name"),
        (#"{"name":null,"age":1}"#, "field.missing", "name"), (#"{"name":"a","age":"x"}"#, "field.wrong_type", "age"),
        (#"{"name":"a","age":1.5}"#, "field.wrong_type", "age"), (#"{"name":7,"age":1}"#, "field.wrong_type", "name"),
        (#"{"name":"a","age":1,"since":"31 February"}"#, "field.invalid", "since"),
        (#"{"name":"a","age":1,"since":"2022-02-31T00:00:00Z"}"#, "field.invalid", "since"),
        (#"{"name":"a","age":1,"phones":["1",2]}"#, "field.wrong_type", "phones[1]"),
        (#"{"name":"a","age":99999999999999999999}"#, "field.wrong_type", "age"),
        (#"{"name":"a","age":1,"since":"2022-02-28T24:00:00Z"}"#, "field.invalid", "since"),
    ])
    func aBodyThatIsNotRightIs400AndNamesTheField(body: String, code: String, field: String) async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let reply = try await Self.post(api, "/api/persons", body)
            #expect(reply.status == 400, "\(reply.text)")
            let problem = try reply.problem()
            if !code.isEmpty { #expect(problem.code == code) }
            #expect(problem.zh.contains(field) && problem.en.contains(field), "\(problem)")
        }
    }

    @Test func aWrongIdentityNumberSaysWhatIsWrongWithItAndInWhichField() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let reply = try await Self.post(api, "/api/persons", #"{"name":"a","age":1,"number":"341602195304120019"}"#)
            #expect(reply.status == 422)
            let problem = try reply.problem()
            #expect(problem.code == "identity_number_check_character" && problem.zh.contains("number"))
            #expect(!reply.text.contains("341602195304120019"))
        }
    }

    @Test func brokenUTF8Is400() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let bodies: [[UInt8]] = [
                Array(#"{"name":""#.utf8) + [0xC3, 0x28] + Array(#"","age":1}"#.utf8), [0xFF, 0xFE, 0x00],
                [0xED, 0xA0, 0x80],
            ]
            for body in bodies {
                let reply = try await api.call("POST", "/api/persons", body: body)
                #expect(reply.status == 400)
                #expect(try reply.problem().code == "body.not_utf8")
            }
        }
    }

    @Test func aBodyBeyondTheRoutesLimitIs413AndTheConnectionGoesOn() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            #expect(
                try await api.call("POST", "/api/photo", body: Array(repeating: 7, count: 40_000)).text
                    == #"{"size":40000}"#)
            for size in [40_001, 2_000_000, 50_000_000] {
                let reply = try await api.call("POST", "/api/photo", body: Array(repeating: 7, count: size))
                #expect(reply.status == 413)
                #expect(try reply.problem().code == "body.too_large")
            }
            let json = try await api.call(
                "POST", "/api/persons", body: Array(repeating: UInt8(ascii: " "), count: 50_000_000))
            #expect(json.status == 413)
            #expect(try await api.call("POST", "/api/photo", body: [1]).status == 200)
        }
    }

    @Test func anUnknownRouteIs404AndAWrongMethod405WithWhatIsAllowed() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            for path in ["/", "/api", "/api/unknown", "/api/persons/x/y", "/API/persons", "/..%2f..", "/api/%ff"] {
                let reply = try await api.call("GET", path)
                #expect(reply.status == 404, "\(path)")
                #expect(try reply.problem().code == "route.unknown")
            }
            for (method, path, allow) in [
                ("DELETE", "/api/persons", "POST"), ("GET", "/api/persons", "POST"), ("PUT", "/api/list", "GET, HEAD"),
                ("POST", "/health/live", "GET, HEAD"), ("PATCH", "/api/things/1", "GET, HEAD"),
            ] {
                let reply = try await api.call(method, path)
                #expect(reply.status == 405, "\(method) \(path)")
                #expect(reply.header("allow") == allow)
                #expect(try reply.problem().code == "method.not_allowed")
            }
            #expect(try await api.call("HEAD", "/api/list").status == 200)
        }
    }

    @Test func pathQueryAndIdempotencyKeyAreChecked() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let cases: [(method: String, path: String, key: String?, code: String)] = [
                ("GET", "/api/things/17", nil, "path.id"), ("GET", "/api/list?limit=0", nil, "query.limit"),
                ("GET", "/api/list?limit=201", nil, "query.limit"), ("GET", "/api/list?limit=x", nil, "query.limit"),
                ("GET", "/api/list?limit=", nil, "query.limit"), ("POST", "/api/once", nil, "idempotency.missing"),
                ("POST", "/api/once", "a b", "idempotency.invalid"),
                ("POST", "/api/once", String(repeating: "k", count: 129), "idempotency.invalid"),
            ]
            for (method, path, key, code) in cases {
                let reply = try await api.call(method, path, headers: key.map { [("Idempotency-Key", $0)] } ?? [])
                #expect(reply.status == 400)
                #expect(try reply.problem().code == code)
            }
            let limited = try await api.call("GET", "/api/list?limit=7")
            #expect(limited.text == #"{"limit":7}"#)
            let standard = try await api.call("GET", "/api/list")
            #expect(standard.text == #"{"limit":50}"#)
            let once = try await api.call("POST", "/api/once", headers: [("Idempotency-Key", "a-1")])
            #expect(once.text == #"{"key":"a-1"}"#)
        }
    }

    @Test func failuresInsideAreToldWithoutWhatIsInside() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let cases: [(how: String, status: Int, code: String, retry: String?)] = [
                ("database", 503, "database.unavailable", "2"), ("commit", 503, "outcome.unknown", "2"),
                ("constraint", 500, "internal", nil), ("surprise", 500, "internal", nil),
                ("conflict", 409, "submission.done", nil), ("step", 409, "impossible_step", nil),
            ]
            for (how, status, code, retry) in cases {
                let reply = try await api.call("GET", "/api/fail/\(how)")
                #expect(reply.status == status, "\(how)")
                #expect(try reply.problem().code == code)
                #expect(reply.header("retry-after") == retry)
                #expect(!reply.text.contains("测试甲") && !reply.text.contains("3416"))
            }
            let logged = api.log.all.joined()
            #expect(logged.contains("SecretFailure") && logged.contains("/api/fail/{how}"))
            #expect(!logged.contains("341602195304120018"))
        }
    }
}
