import FoundationEssentials
import HTTPCalls
import NIOConcurrencyHelpers

/// The installation's Kannel and, behind it, the project's message centre in place of a network.
final class KannelAccess: Sendable {
    private let user: String
    private let password: String
    private let secret: String
    private let url: String
    private let path: String
    private let centreSecret: String
    private let kannel: HTTPCaller
    private let centre: HTTPCaller
    private let installation: Installation

    /// As many as notification has with a provider at once.
    static let connections = 32

    init(_ installation: Installation) throws(OperationsError) {
        func value(_ key: String) throws(OperationsError) -> String {
            guard let value = installation.providers[key], !value.isEmpty else {
                throw OperationsError(
                    "This installation has no \(key): start Kannel and the message centre with compose/up.")
            }
            return value
        }
        func address(_ key: String) throws(OperationsError) -> (host: String, port: Int, path: String) {
            guard let url = URL(string: try value(key)), let host = url.host(), let port = url.port else {
                throw OperationsError("\(key) is not of the form http://HOST:PORT.")
            }
            return (host, port, url.path())
        }
        let kannel = try address("KANNEL_URL")
        let centre = try address("MESSAGE_CENTRE_URL")
        self.installation = installation
        self.url = try value("KANNEL_URL")
        self.path = kannel.path.isEmpty ? "/cgi-bin/sendsms" : kannel.path
        self.user = try value("KANNEL_USER")
        self.password = try value("KANNEL_PASSWORD")
        self.secret = try value("KANNEL_RECEIPT_SECRET")
        self.centreSecret = try value("MESSAGE_CENTRE_SECRET")
        self.kannel = HTTPCaller(host: kannel.host, port: kannel.port, connections: Self.connections)
        self.centre = HTTPCaller(host: centre.host, port: centre.port, connections: 1)
    }

    func shutdown() async {
        await self.kannel.shutdown()
        await self.centre.shutdown()
    }

    /// What notification is told, for it alone to send as fast as it can.
    func settings(port: Int, rate: Int) -> [String: String] {
        [
            "KANNEL_URL": self.url, "KANNEL_USER": self.user, "KANNEL_PASSWORD": self.password,
            "KANNEL_RECEIPT_SECRET": self.secret, "KANNEL_NOTIFICATION_URL": "http://127.0.0.1:\(port)",
            "KANNEL_RATE": "\(rate)", "KANNEL_BURST": "\(rate)",
        ]
    }

    /// Where Kannel brings receipts.
    var receiptPath: String { "/providers/kannel/\(self.secret)/receipts" }

    // MARK: - Kannel

    /// Hands one message over as notification does, with receipts that go to an address that answers and does nothing.
    ///
    /// - Parameters:
    ///   - text: Percent-encoded.
    ///   - answering: A port of this machine.
    func send(_ text: String, to number: String, answering port: Int) async throws {
        let receipts = Self.encoded(
            "http://127.0.0.1:\(port)/health/live?id=\(UUID().uuidString)&type=%d&reply=%A&fid=%I&at=%T")
        let reply = try await self.kannel.call(
            "GET",
            "\(self.path)?username=\(Self.encoded(self.user))&password=\(Self.encoded(self.password))&from=10690000&to=\(number)&coding=2&charset=UTF-8&text=\(text)&validity=600&dlr-mask=31&dlr-url=\(receipts)",
            isHarmless: false)
        guard reply.status == 202 else { throw OperationsError("Kannel answered \(reply.status): \(reply.text)") }
    }

    /// Everything but letters, digits and `-_.~` (RFC 3986 §2.3) as `%XX`.
    static func encoded(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~".utf8)
        return text.utf8.map { byte in
            if plain.contains(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (byte < 16 ? "0" : "") + digits
        }.joined()
    }

    // MARK: - Message centre

    struct Figures: Decodable, Sendable {
        var submits = 0
        /// Whole messages accepted.
        var messages = 0
        /// Receipts that wait for their time.
        var waiting = 0
        /// Receipts that wait for Kannel's answer.
        var unanswered = 0
    }

    func figures() async throws -> Figures { try await self.ask("/figures", Figures.self) }

    private struct Messages: Decodable {
        struct Message: Decodable { let text: String }
        let messages: [Message]
    }

    /// The first message accepted after so many.
    func text(after number: Int) async throws -> String {
        let messages = try await self.ask("/messages?after=\(number)&limit=1", Messages.self).messages
        guard let text = messages.first?.text else { throw OperationsError("The message centre has no message.") }
        return text
    }

    private func ask<Answer: Decodable>(_ path: String, _ type: Answer.Type) async throws -> Answer {
        let reply = try await self.centre.call(
            "GET", path, headers: [("Authorization", "Bearer \(self.centreSecret)")])
        guard reply.status == 200 else { throw OperationsError("The message centre answered \(reply.status).") }
        return try JSONDecoder().decode(type, from: Data(reply.body))
    }

    /// Makes sure that what is sent reaches nobody: Kannel's one line must end at the message centre.
    func check() async throws {
        let before = try await self.figures()
        // Nobody listens at that port; the receipt is told to stay away.
        let reply = try await self.kannel.call(
            "GET",
            "\(self.path)?username=\(Self.encoded(self.user))&password=\(Self.encoded(self.password))&from=10690000&to=\(NoticesGround.phone(0))&text=test&dlr-mask=0",
            isHarmless: false)
        guard reply.status == 202 else {
            throw OperationsError(
                "Kannel answered \(reply.status): \(reply.text); see compose/lib/server status kannel.")
        }
        let deadline = ContinuousClock.now + .seconds(10)
        while try await self.figures().messages == before.messages {
            guard ContinuousClock.now < deadline else {
                throw OperationsError("Kannel is not connected to this installation's message centre: nothing is sent.")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Waits until nothing is on its way between the message centre, Kannel and whoever takes its receipts.
    func settle(_ patience: Duration = .seconds(120)) async throws {
        let processes = ["kannel", "smsbox"].compactMap { ProcessMeter.recorded($0, self.installation) }
        func busy() -> Double { processes.reduce(0) { $0 + (ProcessMeter.figures(of: $1)?.cpu ?? 0) } }
        let deadline = ContinuousClock.now + patience
        var (calm, cpu) = (0, busy())
        // Two processes that rest for a second have nothing left to bring.
        while calm < 4 {
            try await Task.sleep(for: .milliseconds(250))
            let (figures, now) = (try await self.figures(), busy())
            calm = figures.waiting + figures.unanswered == 0 && now - cpu < 0.015 ? calm + 1 : 0
            cpu = now
            guard ContinuousClock.now < deadline else {
                throw OperationsError("Kannel has not come to rest for \(patience).")
            }
        }
    }
}
