import FoundationEssentials
import HTTPCalls
import NIOSSL
import ShortMessages
import TLSCalls
import TestSupport
import Testing

/// An authority of the test's own and what it has signed, made by the system's openssl.
struct TestAuthority: Sendable {
    static let name = "sms.test"

    let directory: String

    static func with<T>(_ body: (TestAuthority) async throws -> T) async throws -> T {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let result: Result<T, any Error>
        do {
            let authority = TestAuthority(directory: directory)
            try await authority.openssl(
                ["req", "-x509", "-subj", "/CN=authority of a test", "-days", "2", "-out", "\(directory)/ca.pem"]
                    + authority.newKey("ca"))
            result = .success(try await body(authority))
        } catch {
            result = .failure(error)
        }
        try? FileManager.default.removeItem(atPath: directory)
        return try result.get()
    }

    private func newKey(_ name: String) -> [String] {
        [
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "\(self.directory)/\(name).key",
        ]
    }

    private func openssl(_ arguments: [String]) async throws {
        let process = try ServiceStandProcess.start(
            "/usr/bin/openssl", arguments, environment: ["PATH": "/usr/bin:/bin"],
            outputFile: "\(self.directory)/openssl.log")
        guard await process.ending() == .exited(0) else {
            throw ServiceStandError("openssl \(arguments[0]): \(process.output.suffix(500))")
        }
    }

    var pem: String {
        get throws { try String(contentsOfFile: "\(self.directory)/ca.pem", encoding: .utf8) }
    }

    /// A server's side with a certificate for a name; `days` below 0 has run out already.
    func server(for name: String = Self.name, days: Int = 2) async throws -> NIOSSLContext {
        let file = "\(self.directory)/server"
        try await self.openssl(
            ["req", "-new", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-out", "\(file).csr"]
                + self.newKey("server"))
        try await self.openssl([
            "x509", "-req", "-in", "\(file).csr", "-CA", "\(self.directory)/ca.pem", "-CAkey",
            "\(self.directory)/ca.key", "-CAcreateserial", "-days", "\(days)", "-copy_extensions", "copy", "-out",
            "\(file).pem",
        ])
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile("\(file).pem").map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: "\(file).key", format: .pem))))
    }
}

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    private static let answer: @Sendable (StandInRequest, Int) -> StandIn.Answer = { _, _ in
        .reply(200, #"{"Code":"OK","BizId":"7^0"}"#)
    }

    private static func submit(
        to port: Int, as name: String = TestAuthority.name, trust: TLSTrust, timeout: Duration = .seconds(20)
    ) async throws -> [SubmitOutcome] {
        let security = try TLSClient(trust: trust).security(for: name)
        let provider = try Sample.aliyun(.tls(host: "127.0.0.1", port: port, security: security), timeout: timeout)
        // Twice: the second goes over the kept connection, where there is one.
        let outcomes = [try await provider.submit(Sample.message()), try await provider.submit(Sample.message())]
        await provider.shutdown()
        return outcomes
    }

    private static let notSent = Array(repeating: SubmitOutcome.notSent(code: "refused"), count: 2)

    @Test func aServerWithACertificateOfOurAuthorityIsCalled() async throws {
        try await TestAuthority.with { authority in
            let pem = try authority.pem
            try await StandIn.with(.by(Self.answer), tls: try await authority.server()) { server in
                let outcomes = try await Self.submit(to: server.port, trust: .authorities(pem: pem))
                #expect(outcomes == Array(repeating: .accepted(reference: "7^0", parts: 1), count: 2))
                #expect(server.requests.count == 2 && server.requests[0].headers["host"] == AliyunProvider.host)
            }
        }
    }

    @Test func nobodyElseIsSentAnything() async throws {
        try await TestAuthority.with { authority in
            let pem = try authority.pem
            // Another name, run out, and an authority the machine does not know.
            let cases: [(NIOSSLContext, TLSTrust)] = [
                (try await authority.server(for: "other.test"), .authorities(pem: pem)),
                (try await authority.server(days: -1), .authorities(pem: pem)),
                (try await authority.server(), .system),
            ]
            for (context, trust) in cases {
                try await StandIn.with(.by(Self.answer), tls: context) { server in
                    let outcomes = try await Self.submit(to: server.port, trust: trust)
                    #expect(outcomes == Self.notSent)
                    #expect(server.requests.isEmpty)
                }
            }
        }
    }

    @Test func whoDoesNotSpeakTLSIsSentNothing() async throws {
        try await TestAuthority.with { authority in
            let pem = try authority.pem
            // The first bytes of a handshake are no request: the server waits for more, and so do we until the time is up.
            try await StandIn.with(.by(Self.answer)) { server in
                let outcomes = try await Self.submit(
                    to: server.port, trust: .authorities(pem: pem), timeout: .milliseconds(300))
                #expect(outcomes == Self.notSent)
                #expect(server.requests.isEmpty)
            }
            let closed = try await StandIn.closedPort()
            #expect(try await Self.submit(to: closed, trust: .authorities(pem: pem)) == Self.notSent)
        }
    }

    @Test func aConnectionThatBreaksAfterTheRequestIsUnknown() async throws {
        try await TestAuthority.with { authority in
            let pem = try authority.pem
            try await StandIn.with(.always(.hangUp), tls: try await authority.server()) { server in
                let outcomes = try await Self.submit(to: server.port, trust: .authorities(pem: pem))
                #expect(outcomes == Array(repeating: .unknown(code: "unanswered"), count: 2))
                #expect(server.requests.count == 2)
            }
        }
    }

    @Test func anAddressIsNoNameAndRubbishNoAuthority() async throws {
        #expect(throws: (any Error).self) { try TLSClient(trust: .authorities(pem: "no certificate")) }
        try await TestAuthority.with { authority in
            let pem = try authority.pem
            try await StandIn.with(.by(Self.answer), tls: try await authority.server()) { server in
                let outcomes = try await Self.submit(
                    to: server.port, as: "127.0.0.1", trust: .authorities(pem: pem))
                #expect(outcomes == Self.notSent)
            }
        }
    }
}
