import CardProgramme
import FoundationEssentials

/// What is to be said to somebody, before it is known through whom.
package struct SMSOrder: Sendable {
    package let id: UUID
    package let to: PhoneNumber
    /// As the person will read it, beginning with the signature 【…】.
    package let text: String
    package let purpose: MessagePurpose
    /// Of the words the text was made of; 0 for the standard ones.
    package let version: Int
    /// What the text has in place of its variables.
    package let values: [MessageVariable: String]
    /// After this it must not arrive any more.
    package let notAfter: Date

    package init(
        id: UUID, to: PhoneNumber, text: String, purpose: MessagePurpose, version: Int,
        values: [MessageVariable: String], notAfter: Date
    ) {
        self.id = id
        self.to = to
        self.text = text
        self.purpose = purpose
        self.version = version
        self.values = values
        self.notAfter = notAfter
    }
}

extension SMSOrder: CustomStringConvertible, CustomReflectable {
    /// The id alone: the rest is somebody's data.
    package var description: String { "order \(self.id)" }
    package var customMirror: Mirror { Mirror(self, children: ["id": self.id]) }
}

/// A provider as this installation uses it.
package struct ProviderRoute: Sendable {
    package let provider: any SMSProvider
    /// Its share while all is well.
    package let weight: Int
    package let figures: RateLimit.Figures
    /// Of a provider that sends only what it has approved.
    package let templates: ProviderTemplates
    /// `【…】` as registered with this provider, where it is not the office's usual one.
    package let signature: String?

    /// A provider without a time of validity may deliver late: it gets nothing that has less time than this left.
    package static let margin: TimeInterval = 600

    package init(
        _ provider: any SMSProvider, weight: Int, figures: RateLimit.Figures, templates: ProviderTemplates = .none,
        signature: String? = nil
    ) {
        self.provider = provider
        self.weight = weight
        self.figures = figures
        self.templates = templates
        self.signature = signature
    }

    package var name: String { self.provider.name }

    /// The message as this provider takes it; nil where it cannot say it: it has no approved template for it, a value does
    /// not fit into one, or it might deliver it too late.
    package func message(_ order: SMSOrder, at now: Date) -> OutboundSMS? {
        let capabilities = self.provider.capabilities
        guard capabilities.keepsValidity || order.notAfter.timeIntervalSince(now) >= Self.margin else { return nil }
        guard capabilities.needsTemplate else {
            return OutboundSMS(id: order.id, to: order.to, text: self.signed(order.text), notAfter: order.notAfter)
        }
        guard let template = self.templates.template(for: order.purpose, version: order.version) else { return nil }
        var parameters: [OutboundSMS.Parameter] = []
        for variable in template.variables {
            guard let value = order.values[variable], !value.isEmpty,
                value.utf16.count <= capabilities.longestParameter ?? .max
            else { return nil }
            parameters.append(OutboundSMS.Parameter(name: variable.rawValue, value: value))
        }
        return OutboundSMS(
            id: order.id, to: order.to, text: self.signed(order.text), templateCode: template.code,
            parameters: parameters, notAfter: order.notAfter)
    }

    private func signed(_ text: String) -> String {
        guard let signature = self.signature, text.first == "【", let end = text.firstIndex(of: "】") else {
            return text
        }
        return signature + text[text.index(after: end)...]
    }
}
