/// A request of a provider to us, as far as reading it needs: the HTTP server's own types stay at the edge.
package struct InboundHTTP: Sendable {
    /// The most bytes of a body that are read: a push of 500 receipts has a tenth of it.
    package static let largestBody = 1 << 20

    package let method: String
    /// What follows the prefix the service listens on: `/<secret>/receipts`.
    package let path: String
    /// Decoded, in order.
    package let query: [(name: String, value: String)]
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// - Throws: `tooLarge` for a body beyond ``largestBody``: answer 413.
    package init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) throws(SMSProviderError) {
        guard body.count <= Self.largestBody else { throw .tooLarge }
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first value of a query item.
    package func item(_ name: String) -> String? {
        self.query.first { $0.name == name }?.value
    }
}

/// The part of a callback's path that only the provider knows. Whoever has it may tell us that messages arrived.
package struct PathSecret: Sendable, CustomStringConvertible, CustomReflectable {
    private let text: String

    /// - Parameter text: 16 to 128 letters, digits, `-` and `_`.
    package init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, (16...128).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    package var description: String { "path secret" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The path of a callback, to be given to the provider.
    func path(_ purpose: String) -> String { "/\(self.text)/\(purpose)" }

    /// What follows the secret, `receipts` or `inbound`.
    ///
    /// - Throws: `unauthenticated` where the path does not begin with the secret: answer 404, and log no path.
    func purpose(of request: InboundHTTP) throws(SMSProviderError) -> String {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: true)
        guard parts.count == 2 else { throw .unauthenticated }
        let given = Array(parts[0].utf8)
        let wanted = Array(self.text.utf8)
        // Every byte is compared: how long it takes tells nothing about how much was right.
        var difference = given.count ^ wanted.count
        for index in wanted.indices {
            difference |= Int(wanted[index] ^ (index < given.count ? given[index] : 0))
        }
        guard difference == 0 else { throw .unauthenticated }
        return String(parts[1])
    }

    /// Lets only requests for one purpose pass.
    func check(_ request: InboundHTTP, is purpose: String) throws(SMSProviderError) {
        guard try self.purpose(of: request) == purpose else { throw .malformed("another purpose") }
    }
}
