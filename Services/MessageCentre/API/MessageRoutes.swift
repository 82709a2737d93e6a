import FoundationEssentials
import Hummingbird
import SMPP
import ServiceRuntime

/// What was accepted, what was counted, what a person sends, and the link.
struct MessageRoutes: Sendable {
    let centre: MessageCentre

    /// One accepted message; whoever submits twice finds two.
    struct Message: Codable, Sendable {
        /// Counts from 1; pass it as `after`.
        let number: Int
        let at: Date
        /// What the submit of its first part was answered with.
        let id: String
        let from: String
        let to: String
        /// `nil` when the octets are no text in their coding.
        let text: String?
        /// The octets of all parts in hexadecimal digits, when there is no text.
        let octets: String?
        let coding: Int
        /// Of each part: units of UTF-16 with coding 8, octets otherwise.
        let parts: [Int]
        let fate: String
        let wantsReceipt: Bool
    }

    /// Answer to `GET /messages`.
    struct Page: Codable, Sendable {
        let messages: [Message]
        /// Accepted since the start; 1 … ``firstKept`` - 1 are forgotten.
        let total: Int
        let firstKept: Int
    }

    private struct Inbound: Decodable {
        let from: String
        let to: String
        let text: String
    }

    private struct Link: Decodable {
        let down: Bool
    }

    func add(to routes: RouterGroup<EdgeContext>) {
        routes.get("messages") { request, _ in try self.list(request) }
        routes.delete("messages") { _, _ in
            self.centre.perform { state, _ in (state.forgetMessages(), []) }
            return APIReply.done()
        }
        routes.get("figures") { _, _ in try APIReply.json(self.centre.read { $0.currentFigures() }) }
        routes.post("inbound") { request, _ in try await self.receive(request) }
        routes.post("link") { request, _ in
            let link = try await request.decodeJSON(Link.self)
            self.centre.perform { state, _ in ((), state.setDown(link.down)) }
            return APIReply.done()
        }
    }

    private func list(_ request: Request) throws -> Response {
        let after = try request.query("after", standard: 0, in: 0...Int.max - 1)
        let limit = try request.query("limit", standard: 1_000, in: 1...10_000)
        let number = request.query("to").flatMap { $0.isEmpty ? nil : Fate.key(of: $0) }
        let (records, total, first) = self.centre.read { state in
            (state.ring.records(after: after, to: number, limit: limit), state.ring.total, state.ring.first)
        }
        return try APIReply.json(Page(messages: records.map(Self.shown), total: total, firstKept: first))
    }

    private static func shown(_ record: MessageRecord) -> Message {
        let coding = SMPPDataCoding(rawValue: record.coding)
        let octets = record.parts.flatMap { $0 }
        let text = try? coding.text(of: octets)
        return Message(
            number: record.number, at: record.acceptedAt, id: String(record.messageID), from: record.from,
            to: record.to, text: text,
            octets: text == nil
                ? octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() : nil,
            coding: Int(record.coding), parts: record.parts.map { coding == .ucs2 ? $0.count / 2 : $0.count },
            fate: record.fate, wantsReceipt: record.wantsReceipt)
    }

    private func receive(_ request: Request) async throws -> Response {
        let inbound = try await request.decodeJSON(Inbound.self)
        for number in [inbound.from, inbound.to] {
            guard (1...20).contains(number.utf8.count), number.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw APIProblem.unprocessable(
                    "inbound.number", zh: "号码应为 1 至 20 位数字。", en: "A number has 1 to 20 digits.")
            }
        }
        let parts = self.centre.perform { state, now -> (Int, [CentreState.Action]) in
            let parts = state.receive(
                inbound.text, from: SMPPAddress(inbound.from), to: SMPPAddress(inbound.to), due: now)
            return (parts, state.pump(now: now))
        }
        guard parts > 0 else {
            throw APIProblem.unprocessable(
                "inbound.long", zh: "内容过长，超过 255 条短信。", en: "The text is longer than 255 short messages.")
        }
        return try APIReply.json(["parts": parts])
    }
}
