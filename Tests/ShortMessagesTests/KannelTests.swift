import FoundationEssentials
import HTTPCalls
import ShortMessages
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct KannelTests {
    @Test func aMessageGoesOutAsKannelWantsIt() async throws {
        let message = try Sample.message(extend: "42")
        try await StandIn.with(.always(.reply(202, "0: Accepted for delivery"))) { server in
            let provider = try Sample.kannel(port: server.port)
            #expect(await provider.submit(message) == .accepted(reference: nil, parts: 1))
            await provider.shutdown()
            let request = try #require(server.requests.first)
            #expect(server.requests.count == 1 && request.method == "GET" && request.path == "/cgi-bin/sendsms")
            #expect(
                request.query == [
                    "username": "youdai", "password": "pass word", "from": "1069000142", "to": "19900000001",
                    "coding": "2", "charset": "UTF-8", "text": Sample.text, "validity": "180", "dlr-mask": "31",
                    "dlr-url": "http://127.0.0.1:9/callbacks/kannel/\(Sample.secretText)/receipts"
                        + "?id=\(message.id.uuidString)&type=%d&reply=%A&fid=%I&at=%T",
                ])
        }
    }

    @Test(arguments: [
        (202, "0: Accepted for delivery", SubmitOutcome.accepted(reference: nil, parts: 1)),
        (202, "3: Queued for later delivery", .accepted(reference: nil, parts: 1)),
        (400, "Missing receiver number, rejected", .rejected(.unknownCode, code: "400")),
        (400, "DLR-Mask field misformed, rejected", .rejected(.unknownCode, code: "400")),
        (403, "Authorization failed for sendsms", .notSent(code: "authorization")),
        (403, "Not routable. Do not try again.", .rejected(.unknownCode, code: "403")),
        (404, "Unknown request", .notSent(code: "404")),
        (503, "Temporal failure, try again later.", .throttled(retryAfter: .seconds(30), code: "503")),
        (202, "what is this", .unknown(code: "http-202")), (200, "", .unknown(code: "http-200")),
        (500, "Sending failed", .unknown(code: "http-500")), (503, "from a relay", .unknown(code: "http-503")),
    ])
    func everyAnswerHasItsMeaning(status: Int, text: String, outcome: SubmitOutcome) async throws {
        try await StandIn.with(.always(.reply(status, text))) { server in
            let provider = try Sample.kannel(port: server.port)
            #expect(try await provider.submit(Sample.message()) == outcome)
            await provider.shutdown()
        }
    }

    @Test func whatIsNotAnsweredMayHaveBeenSentAndIsNotRepeated() async throws {
        for (answer, code) in [
            (StandIn.Answer.hangUp, "unanswered"), (.garbage("+OK POP3 ready\r\n"), "malformed"),
            (.silence, "timed_out"),
        ] {
            try await StandIn.with(.always(answer)) { server in
                let provider = try Sample.kannel(port: server.port, timeout: .milliseconds(300))
                #expect(try await provider.submit(Sample.message()) == .unknown(code: code))
                await provider.shutdown()
                #expect(server.requests.count == 1)
            }
        }
    }

    /// A GET on a kept connection: HTTPCaller repeats those by itself, and here that would be a second message.
    @Test func aKeptConnectionThatDiesAfterTheRequestSendsOneMessageOnly() async throws {
        let answers: @Sendable (StandInRequest, Int) -> StandIn.Answer = { _, number in
            number == 1 ? .hangUp : .reply(202, "0: Accepted for delivery")
        }
        try await StandIn.with(.by(answers)) { server in
            let provider = try Sample.kannel(port: server.port)
            let (first, second) = (try Sample.message(), try Sample.message())
            #expect(await provider.submit(first) == .accepted(reference: nil, parts: 1))
            #expect(await provider.submit(second) == .unknown(code: "unanswered"))
            await provider.shutdown()
            let ids = server.requests.map { $0.query["dlr-url"] ?? "" }
            #expect(ids.count == 2 && ids[0].contains(first.id.uuidString) && ids[1].contains(second.id.uuidString))
        }
        // What the same server gets from an ordinary, harmless GET.
        try await StandIn.with(.by(answers)) { server in
            let caller = HTTPCaller(host: "127.0.0.1", port: server.port)
            for _ in 0..<2 {
                let reply = try await caller.call("GET", "/")
                #expect(reply.status == 202)
            }
            await caller.shutdown()
            #expect(server.requests.count == 3)
        }
    }

    @Test func aProxyThatSwallowsTheReplyMakesItUnknownAndKannelHasItOnce() async throws {
        try await StandIn.with(.always(.reply(202, "0: Accepted for delivery"))) { server in
            try await Relay.with(.swallowing, to: server.port) { proxy in
                let provider = try Sample.kannel(port: proxy.port)
                #expect(try await provider.submit(Sample.message()) == .unknown(code: "unanswered"))
                await provider.shutdown()
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func whoWaitsInVainForAConnectionHasSentNothing() async throws {
        try await StandIn.with(.always(.silence)) { server in
            let provider = try Sample.kannel(port: server.port, timeout: .milliseconds(300), connections: 1)
            let outcomes = try await withThrowingTaskGroup(of: SubmitOutcome.self) { group in
                for _ in 0..<8 {
                    let message = try Sample.message()
                    group.addTask { await provider.submit(message) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let unknown = outcomes.count { $0 == .unknown(code: "timed_out") }
            // Each that nobody can tell about was really sent; of the others nothing was.
            #expect(unknown >= 1 && unknown == server.requests.count)
            #expect(outcomes.count { $0 == .notSent(code: "refused") } == 8 - unknown)
            await provider.shutdown()
        }
    }

    @Test func whereNobodyListensNothingWasSent() async throws {
        let provider = try Sample.kannel(port: try await StandIn.closedPort())
        #expect(try await provider.submit(Sample.message()) == .notSent(code: "refused"))
    }

    @Test func whatCannotOrMustNotBeSentNeverLeaves() async throws {
        try await StandIn.with(.always(.reply(202, "0: Accepted for delivery"))) { server in
            let provider = try Sample.kannel(port: server.port)
            let cases: [(OutboundSMS, SubmitOutcome)] = [
                (try Sample.message(to: "0558-5500000"), .rejected(.invalidNumber, code: "landline")),
                (try Sample.message(text: ""), .rejected(.contentOrSignature, code: "empty")),
                (try Sample.message(notAfter: Sample.now), .notSent(code: "too-late")),
                (try Sample.message(notAfter: Sample.now.addingTimeInterval(59)), .notSent(code: "too-late")),
            ]
            for (message, outcome) in cases { #expect(await provider.submit(message) == outcome) }
            #expect(server.requests.isEmpty)
            // Longer than a carrier keeps one.
            let long = try Sample.message(
                text: Sample.text + String(repeating: "长", count: 60),
                notAfter: Sample.now.addingTimeInterval(90 * 86_400))
            #expect(await provider.submit(long) == .accepted(reference: nil, parts: 2))
            #expect(server.requests.first?.query["validity"] == "10080")
            await provider.shutdown()
        }
    }

    @Test func thereIsNothingToAsk() async throws {
        let provider = try Sample.kannel(port: 1)
        let sent = SentSMS(id: UUID(), to: try PhoneNumber("19900000001"), reference: nil, submittedAt: Sample.now)
        await #expect(throws: SMSProviderError.unsupported) { try await provider.query(sent) }
        #expect(!provider.capabilities.canQuery)
    }

    @Test(arguments: [
        ("8", "ACK/", ReceiptState.accepted, "ACK"),
        ("4", "", .buffered, "BUFFERED"),
        (
            "1", "id:00000001 sub:001 dlvrd:001 submit date:2611221935 done date:2611221935 stat:DELIVRD err:000 text:",
            .delivered, "DELIVRD"
        ),
        (
            "2", "id:2 sub:001 dlvrd:000 submit date:2 done date:2 stat:UNDELIV err:034 text:stat:EXPIRED 空号",
            .failed(.suspended), "UNDELIV/034"
        ),
        ("2", "id:2 sub:001 dlvrd:000 stat:EXPIRED err:000 text:", .failed(.temporarilyOff), "EXPIRED"),
        ("2", "id:2 sub:001 stat:REJECTD err:MK:0001 text:", .failed(.invalidNumber), "REJECTD/MK:0001"),
        ("2", "id:2 sub:001 stat:REJECTD err:000 text:", .failed(.unknownCode), "REJECTD"),
        ("2", "", .failed(.unknownCode), ""),
        ("16", "NACK/0x0000000b/Invalid Destination Address", .failed(.invalidNumber), "NACK/0x0000000b"),
        ("16", "NACK/Retries Exceeded", .failed(.throttled), "NACK/RetriesExceeded"),
        ("16", "NACK/0x00000058/Throttled", .failed(.throttled), "NACK/0x00000058"),
        ("16", "NACK/0x00000045/Submit failed", .failed(.unknownCode), "NACK/0x00000045"),
        ("16", "NACK", .failed(.unknownCode), "NACK"),
    ])
    func receipts(type: String, reply: String, state: ReceiptState, code: String) throws {
        let id = UUID()
        let request = try Sample.callback(
            "receipts",
            query: [("id", id.uuidString), ("type", type), ("reply", reply), ("fid", "12"), ("at", "1795000000")])
        #expect(
            try Sample.kannel(port: 1).receipts(in: request) == [
                Receipt(message: id, reference: "12", state: state, code: code, at: Sample.now)
            ])
    }

    @Test func aReceiptThatIsNoneIsRefused() throws {
        let provider = try Sample.kannel(port: 1)
        let id = ("id", UUID().uuidString)
        for query in [
            [], [id], [("id", "1"), ("type", "1")], [id, ("type", "3")], [id, ("type", "%d")], [id, ("type", "01")],
        ] {
            #expect {
                try provider.receipts(in: try Sample.callback("receipts", query: query))
            } throws: { error in
                if case SMSProviderError.malformed = error { true } else { false }
            }
        }
        // A time that is none is left out.
        for at in ["", "-1", "%T", "99999999999999999999", "9999999999"] {
            let request = try Sample.callback("receipts", query: [id, ("type", "1"), ("at", at)])
            #expect(try provider.receipts(in: request).map(\.at) == [nil])
        }
    }

    @Test func onlyWhoKnowsTheSecretIsHeard() throws {
        let provider = try Sample.kannel(port: 1)
        let query = [("id", UUID().uuidString), ("type", "1")]
        for secret in [
            "", "x", Sample.secretText.uppercased(), Sample.secretText + "1", String(Sample.secretText.dropLast()),
        ] {
            let request = try Sample.callback("receipts", query: query, secret: secret)
            #expect(throws: SMSProviderError.unauthenticated) { try provider.receipts(in: request) }
            #expect(throws: SMSProviderError.unauthenticated) { try provider.inbound(in: request) }
        }
        #expect(throws: SMSProviderError.malformed("another purpose")) {
            try provider.receipts(in: try Sample.callback("inbound", query: query))
        }
        for weak in [
            "", "short", "a secret with spaces in it", String(repeating: "x", count: 129), "path/with/slashes/in",
        ] {
            #expect(PathSecret(weak) == nil)
        }
    }

    @Test func repliesComeWithNumbersAsKannelWritesThem() throws {
        let provider = try Sample.kannel(port: 1)
        for from in ["+19900000001", "19900000001", "+8619900000001", "8619900000001"] {
            let request = try Sample.callback(
                "inbound",
                query: [("from", from), ("to", "+1069000142"), ("text", "退订"), ("id", "7f-1"), ("at", "1795000000")])
            #expect(
                try provider.inbound(in: request) == [
                    InboundSMS(
                        from: try PhoneNumber("19900000001"), to: "1069000142", text: "退订", reference: "7f-1",
                        at: Sample.now)
                ])
        }
        for query in [[("from", "10086"), ("text", "x")], [("from", "19900000001")], [("text", "1")]] {
            let request = try Sample.callback("inbound", query: query)
            #expect(throws: SMSProviderError.self) { try provider.inbound(in: request) }
        }
    }

    @Test func aBodyBeyondTheLimitIsNotRead() {
        #expect(throws: SMSProviderError.tooLarge) {
            try InboundHTTP(method: "POST", path: "/", body: Array(repeating: 0, count: InboundHTTP.largestBody + 1))
        }
    }

    @Test func aConnectionThatWasIdleTooLongIsNotUsedAgain() async throws {
        let script = StandIn.Script.by { _, number in number == 1 ? .hangUp : .reply(200, "") }
        try await StandIn.with(script) { server in
            // Every connection is too old at once: each call has its own, and a hang-up is nobody's stale connection.
            let caller = HTTPCaller(host: "127.0.0.1", port: server.port, idle: .zero)
            let first = try await caller.call("GET", "/")
            await #expect(throws: HTTPCallError.unanswered) { try await caller.call("GET", "/") }
            let third = try await caller.call("GET", "/")
            #expect(first.status == 200 && third.status == 200)
            await caller.shutdown()
            #expect(server.requests.count == 3)
        }
    }
}
