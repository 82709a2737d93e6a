import FoundationEssentials

/// A subscription message to one person.
package struct WeChatMessage: Sendable, Equatable {
    /// Who, in this mini-program.
    let user: String
    /// Template, as WeChat names it.
    let template: String
    /// Value of each of its fields: `thing1`, `time3`.
    let fields: [String: String]

    package init(user: String, template: String, fields: [String: String]) {
        self.user = user
        self.template = template
        self.fields = fields
    }

    private struct Body: Encodable {
        struct Value: Encodable { let value: String }

        let touser: String
        let templateId: String
        let data: [String: Value]
        let miniprogramState = "formal"
        let lang = "zh_CN"
    }

    func body() -> [UInt8]? {
        let encoder = JSONEncoder()
        // Of our own names only: those of fields are keys of a dictionary, which stay as they are.
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Body(touser: self.user, templateId: self.template, data: self.fields.mapValues(Body.Value.init))
        return (try? encoder.encode(body)).map(Array.init)
    }
}

extension WeChatMessage: CustomStringConvertible, CustomReflectable {
    /// Nothing of it: whom it goes to and what it says is somebody's data.
    package var description: String { "subscription message" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is known of a message after it was handed over.
package enum WeChatOutcome: Sendable, Equatable {
    /// WeChat has taken it. Whether anybody has seen it, nobody learns: it never counts as having reached them.
    case accepted
    /// The owner has no tap left, or has stopped it.
    case refused
    /// There is no such user.
    case nobody
    /// WeChat will never take this one; the code says why.
    case rejected(code: String)
    /// It surely was not sent: it may be tried again.
    case notSent(code: String)
    /// Nobody knows: never tried again.
    case unknown(code: String)

    /// In one word, for counting.
    package var label: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        case .nobody: "nobody"
        case .rejected: "rejected"
        case .notSent: "notSent"
        case .unknown: "unknown"
        }
    }

    package var code: String? {
        switch self {
        case .accepted, .refused, .nobody: nil
        case .rejected(let code), .notSent(let code), .unknown(let code): code
        }
    }
}
