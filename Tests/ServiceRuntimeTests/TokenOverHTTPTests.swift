import Access
import FoundationEssentials
import HTTPCalls
import Hummingbird
import NIOConcurrencyHelpers
import ServiceRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct TokenOverHTTPTests {
    private static func routes(_ api: RouterGroup<APIContext>) {
        api.get("me") { _, context in try APIReply.json(["subject": context.principal.subject]) }
        api.get("persons/:station") { _, context in
            try context.require(.readPerson, on: Resource(division: "341602", station: context.text("station")))
            return APIReply.done()
        }
        api.get("own") { _, context in
            try context.requireOwn(.listPersons)
            return APIReply.done()
        }
    }

    @Test func aValidTokenTellsTheHandlerWhoIsCalling() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let reply = try await api.call("GET", "/api/me")
            #expect(reply.status == 200 && reply.text == #"{"subject":"staff-7"}"#)
            #expect(reply.header("content-type") == "application/json; charset=utf-8")
        }
    }

    @Test func withoutAValidTokenEveryCallBelowAPIIs401() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let foreign = try TokenSigner(privateKey: TokenSigner.generatePair().privateKey)
                .sign(
                    Principal(subject: "x", role: .bureau, division: "341602"), issuedAt: .now, lifetime: .seconds(60))
            let cases: [(header: String?, code: String)] = [
                (nil, "token.missing"), ("Basic dXNlcjpwYXNz", "token.missing"), ("Bearer", "token.missing"),
                ("Bearer abc", "token.malformed"), ("Bearer \(foreign)", "token.foreign"),
                ("Bearer \(try api.token(lifetime: .seconds(0)))", "token.expired"),
            ]
            for (header, code) in cases {
                let reply = try await api.caller.call(
                    "GET", "/api/me", headers: header.map { [("Authorization", $0)] } ?? [])
                #expect(reply.status == 401, "\(code)")
                #expect(try reply.problem().code == code)
                #expect(reply.header("www-authenticate") == "Bearer")
            }
            let lower = try await api.caller.call(
                "GET", "/api/me", headers: [("authorization", "bearer \(try api.token())")])
            #expect(lower.status == 200)
        }
    }

    @Test func aRememberedTokenStillExpires() async throws {
        let now = NIOLockedValueBox(Date(timeIntervalSince1970: 1_646_100_000))
        try await LiveAPI.with(wallClock: ProgrammeClock { now.withLockedValue { $0 } }, routes: Self.routes) { api in
            let headers = [("Authorization", "Bearer \(try api.token(lifetime: .seconds(60)))")]
            for _ in 0..<3 {
                #expect(try await api.caller.call("GET", "/api/me", headers: headers).status == 200)
            }
            now.withLockedValue { $0 += 60 }
            let reply = try await api.caller.call("GET", "/api/me", headers: headers)
            #expect(try reply.problem().code == "token.expired")
        }
    }

    @Test func aStationIsRefusedAnotherStationsPeople() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let station = Principal(subject: "s", role: .station, division: "341602", station: "341602-01")
            #expect(try await api.call("GET", "/api/persons/341602-01", as: station).status == 204)
            #expect(try await api.call("GET", "/api/own", as: station).status == 204)
            let reply = try await api.call("GET", "/api/persons/341602-02", as: station)
            #expect(reply.status == 403)
            let problem = try reply.problem()
            #expect(problem.code == "access.denied" && problem.zh.contains("服务站"))
            let maker = Principal(subject: "m", role: .cardMaker, division: "341602")
            #expect(try await api.call("GET", "/api/persons/341602-01", as: maker).status == 403)
        }
    }

    @Test func rememberedTokensAreNotMixedUp() async throws {
        try await LiveAPI.with(routes: Self.routes) { api in
            let principals = (0..<100).map { Principal(subject: "staff-\($0)", role: .centre, division: "341602") }
            let tokens = try principals.map { try api.token($0) }
            for _ in 0..<2 {
                for (principal, token) in zip(principals, tokens) {
                    let reply = try await api.caller.call(
                        "GET", "/api/me", headers: [("Authorization", "Bearer \(token)")])
                    #expect(reply.text == #"{"subject":"\#(principal.subject)"}"#)
                }
            }
        }
    }
}
