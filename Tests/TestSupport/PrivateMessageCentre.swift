import FoundationEssentials
import Glibc
import HTTPCalls
import NIOConcurrencyHelpers

/// A message centre process of one test, and the calls to look into it.
package final class PrivateMessageCentre: Sendable {
    /// Beside the tests' own executable, where the build puts both.
    package static let executable: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent().appending(path: "message-centre").path
    }()
    package static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: Self.executable) }

    /// An accepted message, as `GET /messages` shows it.
    package struct Message: Decodable, Sendable, Equatable {
        package let number: Int
        package let id: String
        package let from: String
        package let to: String
        package let text: String?
        package let octets: String?
        package let coding: Int
        package let parts: [Int]
        package let fate: String
        package let wantsReceipt: Bool
    }

    /// Answer to `GET /messages`.
    package struct Page: Decodable, Sendable {
        package let messages: [Message]
        package let total: Int
        package let firstKept: Int
    }

    /// Answer to `GET /figures`.
    package struct Figures: Decodable, Sendable {
        package let submits: Int
        package let acceptedParts: Int
        package let messages: Int
        package let refused: [String: Int]
        package let cuts: Int
        package let malformed: Int
        package let binds: Int
        package let refusedBinds: Int
        package let receiptsSent: Int
        package let receiptsAnswered: Int
        package let inboundAnswered: Int
        package let deliveriesLost: Int
        package let sessions: Int
        package let waiting: Int
        package let unanswered: Int
        package let incomplete: Int
        package let isDown: Bool
    }

    package let smppPort: Int
    package let httpPort: Int
    package let systemID = "youdai"
    package let password = "smpp4711"
    package let secret = "centre-secret-4711"
    package let directory: String
    package let caller: HTTPCaller
    private let settings: [String: String]
    private let process = NIOLockedValueBox<ServiceStandProcess?>(nil)

    /// - Parameter settings: Keys of the centre to set besides ports and passwords.
    package init(ports: inout ServiceStandPorts, settings: [String: String] = [:]) throws {
        self.smppPort = try ports.next()
        self.httpPort = try ports.next()
        self.settings = settings
        self.directory = FileManager.default.temporaryDirectory.appending(path: "centre-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
        self.caller = HTTPCaller(host: "127.0.0.1", port: self.httpPort, timeout: .seconds(20))
    }

    package static func withCentre<T>(
        settings: [String: String] = [:], _ body: (PrivateMessageCentre) async throws -> T
    ) async throws -> T {
        var ports = ServiceStandPorts()
        let centre = try PrivateMessageCentre(ports: &ports, settings: settings)
        let result: Result<T, any Error>
        do {
            try await centre.start()
            result = .success(try await body(centre))
        } catch {
            result = .failure(error)
        }
        await centre.remove()
        return try result.get()
    }

    package var environment: [String: String] {
        [
            "PATH": "/usr/bin:/bin", "PROCESS_PARENT": "\(getpid())", "SERVICE_INSTANCE": "test",
            "HTTP_PORT": "\(self.httpPort)", "SMPP_PORT": "\(self.smppPort)", "SMPP_SYSTEM_ID": self.systemID,
            "SMPP_PASSWORD": self.password, "MESSAGE_CENTRE_SECRET": self.secret, "RECEIPT_MILLISECONDS": "20",
            // The most talkative it is ever run with: what must not be logged must not be logged here either.
            "LOG_LEVEL": "trace",
        ].merging(self.settings) { $1 }
    }

    /// Starts it and waits until it listens.
    package func start() async throws {
        let process = try ServiceStandProcess.start(
            Self.executable, ["serve"], environment: self.environment, outputFile: "\(self.directory)/centre.log")
        self.process.withLockedValue { $0 = process }
        try await ServiceStand.eventually("the message centre is ready") {
            if process.hasEnded { throw ServiceStandError("it has ended: \(process.output.suffix(500))") }
            let reply = try? await self.caller.call("GET", "/health/ready")
            return reply?.status == 200 && process.output.contains("listening for SMPP") ? true : nil
        }
    }

    /// Sends a signal and waits for the end.
    @discardableResult
    package func end(_ signal: CInt = SIGKILL) async -> ServiceStandProcess.Ending? {
        guard let process = self.process.withLockedValue({ $0 }) else { return nil }
        process.signal(signal)
        return await process.ending()
    }

    package func remove() async {
        await self.end()
        await self.caller.shutdown()
        try? FileManager.default.removeItem(atPath: self.directory)
    }

    package var log: String { self.process.withLockedValue { $0?.output } ?? "" }

    // MARK: - Calls

    package func call(_ method: String, _ path: String, _ json: String = "") async throws -> HTTPReply {
        try await self.caller.call(
            method, path, headers: [("Authorization", "Bearer \(self.secret)")], body: Array(json.utf8))
    }

    /// - Throws: ``ServiceStandError`` unless it answers with success.
    package func tell(_ method: String, _ path: String, _ json: String = "") async throws {
        let reply = try await self.call(method, path, json)
        guard (200..<300).contains(reply.status) else { throw ServiceStandError("\(path): \(reply.text)") }
    }

    package func page(_ query: String = "") async throws -> Page {
        let reply = try await self.call("GET", "/messages\(query)")
        guard reply.status == 200 else { throw ServiceStandError(reply.text) }
        return try JSONDecoder().decode(Page.self, from: Data(reply.body))
    }

    package func messages(to number: String) async throws -> [Message] {
        try await self.page("?to=\(number)").messages
    }

    package func figures() async throws -> Figures {
        try JSONDecoder().decode(Figures.self, from: Data(try await self.call("GET", "/figures").body))
    }
}
