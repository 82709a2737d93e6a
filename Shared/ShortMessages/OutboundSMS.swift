import CardProgramme
import FoundationEssentials

/// A short message that is ready to be sent to one person.
package struct OutboundSMS: Sendable, Equatable {
    /// A variable of a provider's approved template.
    package struct Parameter: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Ours: what receipts name it by. No provider takes it as an idempotency key.
    package let id: UUID
    package let to: PhoneNumber
    /// As the person will read it, beginning with the signature 【…】.
    package let text: String
    /// The provider's name of the approved template that gives this text with these parameters. Providers that render the
    /// text themselves need it; they send what they have on file, not ``text``.
    package let templateCode: String?
    /// In the order of the template's variables.
    package let parameters: [Parameter]
    /// After this it must not arrive any more: what it says would be wrong.
    package let notAfter: Date
    /// Appended to the sender's number, so that a reply shows what it answers: at most six digits.
    package let extend: String?

    package init(
        id: UUID, to: PhoneNumber, text: String, templateCode: String? = nil, parameters: [Parameter] = [],
        notAfter: Date, extend: String? = nil
    ) {
        self.id = id
        self.to = to
        self.text = text
        self.templateCode = templateCode
        self.parameters = parameters
        self.notAfter = notAfter
        self.extend = extend
    }

    package var length: SMSLength { SMSLength(self.text) }

    /// What stands in 【…】 at the beginning of the text; nil where there is none, or an empty one.
    package var signature: String? {
        guard self.text.first == "【", let end = self.text.firstIndex(of: "】") else { return nil }
        let name = self.text[self.text.index(after: self.text.startIndex)..<end]
        return name.isEmpty ? nil : String(name)
    }
}

extension OutboundSMS: CustomStringConvertible, CustomReflectable {
    /// The id alone: the rest is somebody's data.
    package var description: String { "short message \(self.id)" }
    package var customMirror: Mirror { Mirror(self, children: ["id": self.id]) }
}

/// A message handed to a provider earlier, as far as asking after it needs.
package struct SentSMS: Sendable, Equatable {
    package let id: UUID
    package let to: PhoneNumber
    /// The provider's own, from ``SubmitOutcome/accepted(reference:parts:)``; nil after ``SubmitOutcome/unknown(code:)``.
    package let reference: String?
    /// When it was handed over.
    package let submittedAt: Date

    package init(id: UUID, to: PhoneNumber, reference: String?, submittedAt: Date) {
        self.id = id
        self.to = to
        self.reference = reference
        self.submittedAt = submittedAt
    }
}
