import CardProgramme
import FoundationEssentials
import NIOConcurrencyHelpers
import Redis
import ShortMessages
import TestSupport
import Testing

/// The gateway with providers that are HTTP servers of the test, and a Redis of its own.
@Suite(.timeLimit(.minutes(2)), .enabled(if: PrivateRedis.isAvailable)) struct GatewayTests {
    /// Time as the test says it.
    private final class Time: Sendable {
        private let seconds = NIOLockedValueBox(1_000.0)
        var now: Double { self.seconds.withLockedValue { $0 } }
        func pass(_ time: Double) { self.seconds.withLockedValue { $0 += time } }
    }

    private final class Counts: Sendable {
        private let counts = NIOLockedValueBox<[String: Int]>([:])
        subscript(_ name: String) -> Int { self.counts.withLockedValue { $0[name] ?? 0 } }
        func add(_ name: String) { self.counts.withLockedValue { $0[name, default: 0] += 1 } }
    }

    private static let templates = "cardArrived=SMS_1:name,station"
    private static let refused = StandIn.Answer.reply(200, #"{"Code":"InvalidAccessKeyId.NotFound"}"#)
    private static let throttled = StandIn.Answer.reply(200, #"{"Code":"Throttling.User"}"#)
    private static let taken = StandIn.Answer.reply(200, #"{"Code":"OK","BizId":"1"}"#)

    private static func order(_ purpose: MessagePurpose = .cardArrived) throws -> SMSOrder {
        SMSOrder(
            id: UUID(), to: try PhoneNumber("19900000001"), text: Sample.text, purpose: purpose, version: 0,
            values: [.name: "测试甲", .station: "薛阁街道服务站"], notAfter: Sample.now.addingTimeInterval(7200))
    }

    /// A gateway with Kannel and Aliyun, each of them a server that answers as told.
    private static func with(
        aliyun: StandIn.Script, weights: (kannel: Int, aliyun: Int), rate: Double = 1000, burst: Int = 1000,
        isRedisUp: Bool = true, _ body: (ProviderGateway, Time, Counts) async throws -> Void
    ) async throws {
        let (time, counts) = (Time(), Counts())
        try await StandIn.with(.always(.reply(202, "0: Accepted for delivery"))) { kannel in
            try await StandIn.with(aliyun) { cloud in
                try await PrivateRedis.withServer { server in
                    try await server.withClient(scripts: [RateLimit.script]) { redis in
                        if !isRedisUp { await server.kill() }
                        let figures = RateLimit.Figures(rate: rate, burst: burst)
                        let gateway = ProviderGateway(
                            routes: [
                                ProviderRoute(
                                    try Sample.kannel(port: kannel.port), weight: weights.kannel, figures: figures),
                                ProviderRoute(
                                    try Sample.aliyun(.loopback(port: cloud.port)), weight: weights.aliyun,
                                    figures: figures, templates: try ProviderTemplates(Self.templates)),
                            ],
                            limit: RateLimit(
                                redis: redis, namespace: "gateway", figures: ["kannel": figures, "aliyun": figures],
                                now: { time.now }, logger: PrivateRedis.logger),
                            clock: Sample.clock, now: { time.now }, generator: SeededGenerator(seed: 7),
                            counted: { counts.add("\($0) \($1)") }, logger: PrivateRedis.logger)
                        try await body(gateway, time, counts)
                    }
                }
            }
        }
    }

    @Test func sharesShiftFromWhoFailsAndComeBack() async throws {
        try await Self.with(aliyun: .always(Self.throttled), weights: (50, 50)) { gateway, time, counts in
            let order = try Self.order()
            for _ in 0..<51 {
                let outcome = await gateway.submit(order, through: "aliyun")
                #expect(outcome.leavesOthers && !outcome.mayHaveBeenSent)
            }
            #expect(gateway.standing.map(\.weight) == [50, 40] && gateway.standing.allSatisfy(\.isUp))
            // At most one step a minute, however much fails.
            _ = await gateway.submit(order, through: "aliyun")
            #expect(gateway.standing.map(\.weight) == [50, 40])
            #expect(counts["aliyun throttled"] == 52)
            var chosen: [String: Int] = [:]
            for _ in 0..<300 {
                guard case .provider(let name) = await gateway.choose(order) else { continue }
                chosen[name, default: 0] += 1
            }
            #expect((140...195).contains(chosen["kannel"] ?? 0), "\(chosen)")
            time.pass(901)
            #expect(
                gateway.review() == [
                    ProviderRouting.Shift(provider: "aliyun", from: 40, to: 50, reason: .recovery)
                ])
        }
    }

    @Test func whoCannotSendAtAllIsLeftAloneForAWhile() async throws {
        try await Self.with(aliyun: .always(Self.refused), weights: (0, 100)) { gateway, time, counts in
            let order = try Self.order()
            for _ in 0..<5 {
                #expect(await gateway.choose(order) == .provider("aliyun"))
                _ = await gateway.submit(order, through: "aliyun")
            }
            #expect(gateway.standing.map(\.isUp) == [true, false] && counts["aliyun not_sent"] == 5)
            // The spare one, as long as there is no other.
            #expect(await gateway.choose(order) == .provider("kannel"))
            #expect(await gateway.choose(order, excluding: ["kannel"]) == .nobody)
            #expect(gateway.able(order, excluding: ["kannel"]) == ["aliyun"])
            time.pass(31)
            #expect(await gateway.choose(order) == .provider("aliyun"))
        }
    }

    @Test func aPurposeWithoutATemplateGoesAnotherWay() async throws {
        try await Self.with(aliyun: .always(Self.taken), weights: (0, 100)) { gateway, _, counts in
            let order = try Self.order(.appointmentClosed)
            #expect(await gateway.choose(order) == .provider("kannel") && gateway.able(order) == ["kannel"])
            #expect(await gateway.choose(order, excluding: ["kannel"]) == .nobody)
            #expect(await gateway.submit(order, through: "aliyun") == .notSent(code: "too-late"))
            #expect(await gateway.submit(order, through: "nobody") == .notSent(code: "no-provider"))
            #expect(counts["aliyun not_sent"] == 0)
        }
    }

    @Test func theRateIsKeptAndNobodyElseGetsItsShare() async throws {
        try await Self.with(
            aliyun: .always(Self.taken), weights: (0, 100), rate: 1, burst: 3
        ) { gateway, time, _ in
            let order = try Self.order()
            for _ in 0..<3 { #expect(await gateway.choose(order) == .provider("aliyun")) }
            guard case .limited(let wait) = await gateway.choose(order) else {
                Issue.record("the fourth passes")
                return
            }
            #expect(wait > .zero && wait <= .seconds(1))
            // Known without asking Redis again.
            guard case .limited(let rest) = await gateway.choose(order) else {
                Issue.record("the fifth passes")
                return
            }
            #expect(rest <= wait + .milliseconds(1) && !gateway.isAlone)
            try await ServiceStand.eventually("a place is free") {
                time.pass(2)
                return await gateway.choose(order) == .provider("aliyun") ? true : nil
            }
        }
    }

    @Test func ofSeveralAskedForAtOnceAsManyPassAsTheRateAllows() async throws {
        try await Self.with(
            aliyun: .always(Self.taken), weights: (0, 100), rate: 1, burst: 3
        ) { gateway, _, _ in
            let order = try Self.order()
            let asked: [(order: SMSOrder, excluded: Set<String>)] = [
                (order, []), (order, ["aliyun", "kannel"]), (order, []), (order, []), (order, []), (order, []),
            ]
            let choices = await gateway.choose(asked)
            #expect(choices[1] == .nobody)
            #expect([0, 2, 3].allSatisfy { choices[$0] == .provider("aliyun") })
            for place in [4, 5] {
                guard case .limited(let wait) = choices[place] else {
                    Issue.record("number \(place) passes")
                    continue
                }
                #expect(wait > .zero && wait <= .seconds(1))
            }
            // It is remembered that nothing is left, and nobody asks for nothing.
            guard case .limited = await gateway.choose(order) else {
                Issue.record("one more passes")
                return
            }
            #expect(await gateway.choose(Array(asked.prefix(0))).isEmpty && !gateway.isAlone)
        }
    }

    @Test func withoutRedisOneASecondPasses() async throws {
        try await Self.with(
            aliyun: .always(Self.taken), weights: (100, 0), isRedisUp: false
        ) { gateway, time, _ in
            let order = try Self.order()
            var passed = 0
            for _ in 0..<40 {
                if case .provider = await gateway.choose(order) { passed += 1 }
                time.pass(0.1)
            }
            #expect((4...5).contains(passed) && gateway.isAlone)
        }
    }

    @Test func slowDeliveriesCostAShare() async throws {
        try await Self.with(aliyun: .always(Self.taken), weights: (50, 50)) { gateway, _, _ in
            for _ in 0..<16 { gateway.delivered("kannel", after: .seconds(3)) }
            for _ in 0..<4 { gateway.delivered("kannel", after: gateway.slow + .seconds(1)) }
            #expect(gateway.review().map(\.reason) == [.slowness])
            #expect(gateway.standing.map(\.weight) == [40, 50])
        }
    }

    @Test func whetherAnotherMayHaveIt() {
        let yes: [SubmitOutcome] = [
            .notSent(code: "refused"), .throttled(retryAfter: .seconds(1), code: "x"),
            .rejected(.contentOrSignature, code: "x"), .rejected(.unknownCode, code: "x"),
            .rejected(.throttled, code: "x"),
        ]
        let no: [SubmitOutcome] = [
            .accepted(reference: nil, parts: 1), .unknown(code: "unanswered"), .notSent(code: "too-late"),
            .rejected(.invalidNumber, code: "x"), .rejected(.blocked, code: "x"), .rejected(.suspended, code: "x"),
            .rejected(.temporarilyOff, code: "x"),
        ]
        #expect(yes.allSatisfy { $0.leavesOthers && !$0.mayHaveBeenSent } && no.allSatisfy { !$0.leavesOthers })
    }
}
