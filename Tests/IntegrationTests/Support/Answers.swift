import Access
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

/// `{"error":{"code","zh","en","trace"}}`
struct Told: Decodable {
    struct Inner: Decodable {
        let code: String
        let zh: String
        let en: String
        let trace: String
    }

    let error: Inner
}

extension HTTPReply {
    /// What the answer says is wrong, if it says it as it should: a Chinese sentence, an English one, and the trace.
    ///
    /// - Parameter call: Which call this was, for the report.
    @discardableResult
    func told(_ call: String, _ location: SourceLocation = #_sourceLocation) -> Told.Inner? {
        guard let told = try? ContractCoding.decode(Told.self, from: self.body).error else {
            Issue.record(
                "\(call): \(self.status) without a problem: \(self.text.prefix(200))", sourceLocation: location)
            return nil
        }
        let isChinese =
            told.zh.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } && told.zh.hasSuffix("。")
        #expect(isChinese, "\(call): \(told.zh)", sourceLocation: location)
        let words = told.en.split(separator: " ").filter { $0.utf8.allSatisfy { $0 < 0x80 } }
        #expect(words.count >= 3, "\(call): \(told.en)", sourceLocation: location)
        #expect(told.trace.utf8.count == 32, "\(call): trace \(told.trace)", sourceLocation: location)
        return told
    }

    func decoded<Answer: Decodable>(
        _ type: Answer.Type, status: Set<Int> = [200, 201], _ location: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        try #require(status.contains(self.status), "\(self.status) \(self.text.prefix(400))", sourceLocation: location)
        return try ContractCoding.decode(type, from: self.body)
    }
}

extension ServiceStand {
    /// A call whose answer is expected to be a success.
    func ask<Answer: Decodable>(
        _ service: ServiceName, _ method: String, _ path: String, _ body: JSON? = nil, as principal: Principal,
        key: String? = nil, at instance: Instance? = nil, for type: Answer.Type,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await self.call(
            service, method, path, as: principal, key: key, body: body?.bytes ?? [], at: instance
        ).decoded(type, location)
    }
}
