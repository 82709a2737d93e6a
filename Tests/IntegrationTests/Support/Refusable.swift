import Access
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

/// A call that is well formed and must not be carried out.
struct Refusable: Sendable {
    let what: String
    let method: String
    let path: String
    let principal: Principal
    var key: String? = nil
    var body: [UInt8] = []
    var type = "application/json"
    let status: Int
    let code: String

    init(
        _ what: String, _ method: String, _ path: String, _ principal: Principal, key: String? = nil, _ body: JSON,
        _ status: Int, _ code: String
    ) {
        self.init(what, method, path, principal, key: key, bytes: body.bytes, type: "application/json", status, code)
    }

    init(
        _ what: String, _ method: String, _ path: String, _ principal: Principal, key: String? = nil,
        bytes: [UInt8] = [],
        type: String, _ status: Int, _ code: String
    ) {
        self.what = what
        self.method = method
        self.path = path
        self.principal = principal
        self.key = key
        self.body = bytes
        self.type = type
        self.status = status
        self.code = code
    }
}

extension Fixtures {
    /// Makes the calls; each must be refused as it says, and no database may have changed.
    func expectRefused(_ service: ServiceName, _ calls: [Refusable]) async throws {
        let before = try await self.stand.digests()
        var mine = try #require(before[service])
        for call in calls {
            let reply = try await self.stand.call(
                service, call.method, call.path, as: call.principal, key: call.key, body: call.body, type: call.type)
            #expect(reply.status == call.status, "\(call.what): \(reply.status) \(reply.text.prefix(300))")
            let told = reply.told(call.what)
            #expect(told?.code == call.code, "\(call.what): \(told?.code ?? "")")
            let after = try await self.stand.digest(service)
            let changed = mine.filter { after[$0.key] != $0.value }.keys.sorted()
            #expect(changed.isEmpty, "\(call.what) changed \(changed)")
            mine = after
        }
        #expect(try await self.stand.digests() == before, "another service's database changed")
    }
}
