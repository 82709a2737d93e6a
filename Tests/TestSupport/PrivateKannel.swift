import FoundationEssentials
import Glibc
import HTTPCalls
import NIOConcurrencyHelpers

/// Kannel of one test, bearerbox and smsbox, with a message centre at its far end. Its configuration is compose's own
/// template with shorter pauses.
package final class PrivateKannel: Sendable {
    package enum Box: String, Sendable, CaseIterable {
        case bearerbox, smsbox

        var executable: String { "/usr/sbin/\(self.rawValue)" }
    }

    package static var isAvailable: Bool {
        PrivateMessageCentre.isAvailable
            && Box.allCases.allSatisfy { FileManager.default.isExecutableFile(atPath: $0.executable) }
    }

    /// `Tests/TestSupport/PrivateKannel.swift` is three steps below the top.
    private static let template = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "compose/kannel/kannel.conf").path

    package let centre: PrivateMessageCentre
    package let sendPort: Int
    package let user = "youdai"
    package let password = "kannel-4711"
    package let receiptSecret = "receipt-secret-4711"
    /// What smsbox calls for receipts and replies, without a path.
    package let notificationURL: String
    package let directory: String
    private let adminPort: Int
    private let boxPort: Int
    private let caller: HTTPCaller
    private let status: HTTPCaller
    private let processes = NIOLockedValueBox<[Box: ServiceStandProcess]>([:])

    private init(_ centre: PrivateMessageCentre, _ ports: inout ServiceStandPorts, notificationURL: String) throws {
        self.centre = centre
        self.adminPort = try ports.next()
        self.boxPort = try ports.next()
        self.sendPort = try ports.next()
        self.notificationURL = notificationURL
        self.directory = "\(centre.directory)/kannel"
        self.caller = HTTPCaller(host: "127.0.0.1", port: self.sendPort, timeout: .seconds(20))
        self.status = HTTPCaller(host: "127.0.0.1", port: self.adminPort, timeout: .seconds(5))
        for part in ["store", "receipts"] {
            try FileManager.default.createDirectory(
                atPath: "\(self.directory)/\(part)", withIntermediateDirectories: true)
        }
        try self.writeConfiguration()
    }

    /// - Parameter notificationURL: As compose writes it to `KANNEL_NOTIFICATION_URL`.
    package static func withKannel<T>(
        notificationURL: String, settings: [String: String] = [:], _ body: (PrivateKannel) async throws -> T
    ) async throws -> T {
        var ports = ServiceStandPorts()
        let centre = try PrivateMessageCentre(ports: &ports, settings: settings)
        let kannel = try PrivateKannel(centre, &ports, notificationURL: notificationURL)
        let result: Result<T, any Error>
        do {
            try await centre.start()
            try await kannel.start(.bearerbox)
            try await kannel.start(.smsbox)
            result = .success(try await body(kannel))
        } catch {
            result = .failure(error)
        }
        for box in [Box.smsbox, .bearerbox] { await kannel.end(box) }
        for caller in [kannel.caller, kannel.status] { await caller.shutdown() }
        await centre.remove()
        return try result.get()
    }

    private func writeConfiguration() throws {
        guard let data = try? Data(contentsOf: URL(filePath: Self.template)) else {
            throw ServiceStandError("compose/kannel/kannel.conf cannot be read")
        }
        var text = String(decoding: data, as: UTF8.self)
        let values = [
            "DIRECTORY": self.directory, "ADMIN_PORT": "\(self.adminPort)", "BOX_PORT": "\(self.boxPort)",
            "SEND_PORT": "\(self.sendPort)", "ADMIN_PASSWORD": self.password, "USER": self.user,
            "PASSWORD": self.password, "SENDER": "10690000", "SMPP_PORT": "\(self.centre.smppPort)",
            "SMPP_USER": self.centre.systemID, "SMPP_PASSWORD": self.centre.password,
            "NOTIFICATION_URL": self.notificationURL, "REHEARSAL_URL": self.notificationURL,
            "REHEARSAL_SENDER": "10690009", "RECEIPT_SECRET": self.receiptSecret, "RESEND_SECONDS": "1",
            "RESEND_TIMES": "3", "RECONNECT_SECONDS": "1", "RETRY_SECONDS": "1",
        ]
        for (name, value) in values { text = text.replacing("@\(name)@", with: value) }
        try Data(text.utf8).write(to: URL(filePath: self.configurationFile))
    }

    private var configurationFile: String { "\(self.directory)/kannel.conf" }

    // MARK: - Processes

    /// Starts a box and waits until it does its work: bearerbox is connected to the centre, smsbox to bearerbox.
    ///
    /// - Parameter waiting: false while the centre's link is down.
    package func start(_ box: Box, waiting: Bool = true) async throws {
        try await ServiceStand.eventually("\(box.rawValue) starts", within: .seconds(40)) {
            let process = try ServiceStandProcess.start(
                box.executable, ["-v", "4", self.configurationFile], environment: ["PATH": "/usr/bin:/bin"],
                outputFile: self.log(of: box))
            self.processes.withLockedValue { $0[box] = process }
            return try await ServiceStand.eventually("\(box.rawValue) answers", within: .seconds(40)) {
                if await self.isReady(box) { return true }
                // A port may still be in use by the process that was killed.
                return process.hasEnded ? false : nil
            } ? true : nil
        }
        guard box == .bearerbox else { return }
        // smsbox looks once for a bearerbox that was killed, after ten seconds, and ends when it comes too early.
        if self.processes.withLockedValue({ $0[.smsbox]?.hasEnded }) == true { try await self.start(.smsbox) }
        guard waiting else { return }
        try await ServiceStand.eventually("the link is up") { try await self.isOnline() ? true : nil }
    }

    private func isReady(_ box: Box) async -> Bool {
        switch box {
        case .bearerbox: (try? await self.status.call("GET", "/status.txt"))?.status != nil
        case .smsbox: (try? await self.caller.call("GET", "/cgi-bin/sendsms"))?.status == 403
        }
    }

    /// Whether bearerbox is bound to the centre.
    package func isOnline() async throws -> Bool {
        try await self.statusPage().contains("(online")
    }

    package func statusPage() async throws -> String {
        try await self.status.call("GET", "/status.txt?password=\(self.password)").text
    }

    package func end(_ box: Box, by signal: CInt = SIGKILL) async {
        guard let process = self.processes.withLockedValue({ $0[box] }) else { return }
        process.signal(signal)
        _ = await process.ending()
    }

    package func log(of box: Box) -> String { "\(self.directory)/\(box.rawValue).log" }

    /// Messages that wait in the store, as bearerbox says; -1 where it does not.
    package func stored() async throws -> Int {
        let page = try await self.statusPage()
        guard let label = page.firstRange(of: "store size ") else { return -1 }
        return Int(page[label.upperBound...].prefix(while: \.isNumber)) ?? -1
    }

    // MARK: - Sending

    /// Sends as notification does: UTF-8 in, UTF-16 out, every receipt wanted.
    ///
    /// - Parameters:
    ///   - id: Ours, which comes back in the receipts' `id`.
    ///   - extra: More parameters, or others in place of these.
    /// - Returns: Kannel's answer.
    package func send(
        _ text: String, to number: String, id: String, _ extra: [String: String] = [:]
    ) async throws -> HTTPReply {
        let receipts =
            "\(self.notificationURL)/providers/kannel/\(self.receiptSecret)/receipts?id=\(id)&type=%d&reply=%A&from=%p"
        let values = [
            "username": self.user, "password": self.password, "from": "10690000", "to": number, "text": text,
            "coding": "2", "charset": "UTF-8", "dlr-mask": "31", "dlr-url": receipts,
        ].merging(extra) { $1 }
        let query = values.map { "\($0.key)=\(Self.encoded($0.value))" }.joined(separator: "&")
        return try await self.caller.call("GET", "/cgi-bin/sendsms?\(query)")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, octet in
            switch octet {
            case 48...57, 65...90, 97...122: result.append(Character(Unicode.Scalar(octet)))
            default: result += "%" + (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
            }
        }
    }
}
