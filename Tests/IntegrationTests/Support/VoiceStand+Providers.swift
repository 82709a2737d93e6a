import CardProgramme
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

/// Providers in the cloud, as servers of the test, beside the installation's Kannel.
extension VoiceStand {
    static let cloudSecret = "cloud-secret-4711"
    /// The standard words of a confirmation, as Aliyun has approved them.
    static let approved = "appointmentConfirmed=SMS_7:name,date,time,station,telephone"

    /// What makes Aliyun a provider that is at a port of this machine.
    static func aliyun(_ port: Int, weight: Int = 100) -> [String: String?] {
        [
            "ALIYUN_KEY_ID": "key-id", "ALIYUN_KEY_SECRET": "key-secret", "ALIYUN_URL": "http://127.0.0.1:\(port)",
            "ALIYUN_RECEIPT_SECRET": Self.cloudSecret, "ALIYUN_TEMPLATES": Self.approved,
            "ALIYUN_WEIGHT": "\(weight)", "KANNEL_WEIGHT": "0",
        ]
    }

    /// The port of the installation's smsbox.
    static func kannelPort() async throws -> Int {
        let installation = try await ServiceStand.shared().installation
        return try #require(URL(string: installation["KANNEL_URL"])?.port)
    }

    /// Waits until everything whose time has come has been decided about, and nothing is on its way.
    func settled() async throws {
        try await ServiceStand.eventually("nothing is due", within: .seconds(60)) {
            let rows = try await self.database.query(
                """
                SELECT FROM message WHERE (state = 'planned' AND due_at <= \(self.desk.clock.now)) OR state = 'submitting'
                LIMIT 1
                """
            ).rows
            return rows.isEmpty ? true : nil
        }
    }

    /// What was seen of somebody's messages of a purpose, in order: `submit:unknown unanswered`.
    func events(of person: UUID, _ purpose: MessagePurpose) async throws -> [String] {
        try await self.database.query(
            """
            SELECT e.kind || ' ' || e.code FROM message_event e JOIN message m ON m.id = e.message_id
            WHERE m.person_id = \(person) AND m.purpose = \(purpose.rawValue) ORDER BY e.received_at, e.kind
            """
        ).rows.map { try $0.decode(String.self) }
    }

    func metrics(of instance: ServiceStand.Instance? = nil) async throws -> String {
        try await (instance ?? self.voice).caller.call("GET", "/metrics").text
    }

    /// The value of one line of the metrics; 0 where there is none.
    func metric(_ line: String, of instance: ServiceStand.Instance? = nil) async throws -> Double {
        let lines = try await self.metrics(of: instance).split(separator: "\n")
        return lines.first { $0.hasPrefix("\(line) ") }.flatMap { Double($0.dropFirst(line.count + 1)) } ?? 0
    }
}
