import Hummingbird
import ServiceRuntime

/// `POST /fates` adds to the scripts of numbers, `DELETE /fates` forgets all scripts.
struct FateRoutes: Sendable {
    static let largest = 10_000

    let centre: MessageCentre

    private struct Script: Decodable {
        let fates: [Line]
    }

    private struct Refuse: Decodable {
        let status: Int
        let times: Int?
    }

    private struct Line: Decodable {
        /// A number, or `*` for all that have no script of their own.
        let to: String
        /// How many messages meet it; without it, all from then on.
        let uses: Int?
        let ending: Fate.Ending?
        let errorCode: String?
        let refuse: Refuse?
        let cut: Fate.Cut?
        let receiptDelayMilliseconds: Int?
        let receiptCopies: Int?
        let receiptFirst: Bool?
        let reply: String?
        let replyDelayMilliseconds: Int?

        /// - Throws: `APIProblem` naming the field that is out of bounds.
        func fate() throws(APIProblem) -> Fate {
            let week = 7 * 86_400_000
            try Self.check("to", self.to == FateBook.anyNumber || Self.isNumber(self.to))
            try Self.check("uses", (1...1_000_000).contains(self.uses ?? 1))
            try Self.check("errorCode", self.errorCode.map { $0.utf8.count == 3 && $0.allSatisfy(\.isASCII) } ?? true)
            try Self.check("refuse.status", (1...0xFFFF).contains(self.refuse?.status ?? 1))
            try Self.check("refuse.times", (1...100_000).contains(self.refuse?.times ?? 1))
            try Self.check("receiptDelayMilliseconds", (0...week).contains(self.receiptDelayMilliseconds ?? 0))
            try Self.check("replyDelayMilliseconds", (0...week).contains(self.replyDelayMilliseconds ?? 0))
            try Self.check("receiptCopies", (1...10).contains(self.receiptCopies ?? 1))
            try Self.check("reply", (1...4_000).contains(self.reply?.utf16.count ?? 1))
            return Fate(
                ending: self.ending ?? .delivered, errorCode: self.errorCode,
                refusal: self.refuse.map { Fate.Refusal(status: UInt32($0.status), times: $0.times) }, cut: self.cut,
                receiptDelay: self.receiptDelayMilliseconds, receiptCopies: self.receiptCopies ?? 1,
                receiptFirst: self.receiptFirst ?? false, reply: self.reply,
                replyDelay: self.replyDelayMilliseconds ?? 0)
        }

        private static func isNumber(_ text: String) -> Bool {
            (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) || $0 == 43 }
        }

        private static func check(_ field: String, _ holds: Bool) throws(APIProblem) {
            guard !holds else { return }
            throw .unprocessable(
                "fate.\(field)", zh: "字段“\(field)”超出允许的范围，请对照说明修改。",
                en: "The field “\(field)” is out of bounds: see the table in the README.")
        }
    }

    func add(to routes: RouterGroup<EdgeContext>) {
        routes.post("fates") { request, _ in
            let script = try await request.decodeJSON(Script.self)
            guard script.fates.count <= Self.largest else { throw Self.tooMany }
            // All or none: a line that is wrong leaves the script as it was.
            let fates = try script.fates.map { (line) throws(APIProblem) in (line, try line.fate()) }
            let isKept = self.centre.perform { state, _ in
                (fates.allSatisfy { line, fate in state.book.add(fate, for: line.to, uses: line.uses) }, [])
            }
            guard isKept else { throw Self.tooMany }
            return APIReply.done()
        }
        routes.delete("fates") { _, _ in
            self.centre.perform { state, _ in (state.book.removeAll(), []) }
            return APIReply.done()
        }
    }

    private static let tooMany = APIProblem.unprocessable(
        "fate.many", zh: "脚本过多，请分批提交或先用 DELETE /fates 清空。",
        en: "Too many fates: send fewer at a time, or forget the old ones with DELETE /fates.")
}
