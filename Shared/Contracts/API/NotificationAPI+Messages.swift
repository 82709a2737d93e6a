import CardProgramme
import FoundationEssentials

/// Messages, their words, replies, and what people do not want.
extension NotificationAPI {
    /// A message as whoever may see it sees it: never its text or number, which stay sealed.
    package struct Message: Codable, Sendable, Equatable {
        package var id: UUID
        package var personID: UUID
        package var purpose: MessagePurpose
        /// `message`, or `call` for what is handed to staff.
        package var means: String
        package var step: String
        package var subject: UUID
        package var state: MessageState
        /// The state in words.
        package var stateInChinese: String
        package var notBefore: Date
        package var notAfter: Date
        package var submittedAt: Date?
        package var provider: String?
        package var parts: Int?
        /// Why it failed, was not said, or was taken back.
        package var why: String?
        /// Another message says this one too, where people share a phone.
        package var carriedBy: UUID?
        /// What became of a copy through WeChat; nil where there was none. Says nothing about whether it was heard.
        package var wechat: String?

        package init(
            id: UUID, personID: UUID, purpose: MessagePurpose, means: String, step: String, subject: UUID,
            state: MessageState, notBefore: Date, notAfter: Date, submittedAt: Date?, provider: String?, parts: Int?,
            why: String?, carriedBy: UUID?, wechat: String? = nil
        ) {
            self.id = id
            self.personID = personID
            self.purpose = purpose
            self.means = means
            self.step = step
            self.subject = subject
            self.state = state
            self.stateInChinese = state.chinese
            self.notBefore = notBefore
            self.notAfter = notAfter
            self.submittedAt = submittedAt
            self.provider = provider
            self.parts = parts
            self.why = why
            self.carriedBy = carriedBy
            self.wechat = wechat
        }
    }

    /// `GET /api/messages?person=&subject=&limit=`.
    package struct MessageList: Codable, Sendable {
        package var messages: [Message]

        package init(messages: [Message]) {
            self.messages = messages
        }
    }

    /// The words of a purpose.
    package struct Template: Codable, Sendable, Equatable {
        package var purpose: MessagePurpose
        package var purposeInChinese: String
        package var channel: TemplateChannel
        package var channelInChinese: String
        /// 0 for the standard words.
        package var version: Int
        package var body: String
        package var variables: [MessageVariable]

        package init(purpose: MessagePurpose, channel: TemplateChannel, version: Int, body: String) {
            self.purpose = purpose
            self.purposeInChinese = purpose.chinese
            self.channel = channel
            self.channelInChinese = channel.chinese
            self.version = version
            self.body = body
            self.variables = channel.variables(of: purpose).allowed.sorted { $0.rawValue < $1.rawValue }
        }
    }

    /// `GET /api/templates`.
    package struct TemplateList: Codable, Sendable {
        package var templates: [Template]

        package init(templates: [Template]) {
            self.templates = templates
        }
    }

    /// `PUT /api/templates/{purpose}`.
    package struct TemplateChange: Codable, Sendable {
        /// Nil for messages.
        package var channel: TemplateChannel?
        package var body: String
        /// The version it is written after.
        package var version: Int

        package init(channel: TemplateChannel? = nil, body: String, version: Int) {
            self.channel = channel
            self.body = body
            self.version = version
        }
    }

    /// `POST /api/opt-outs`: what the owner of a phone has told staff. The number stays out of the address.
    package struct OptOut: Codable, Sendable {
        package enum Scope: String, Codable, Sendable { case outreach, all }

        package var phone: String
        package var scope: Scope
        /// False takes it back.
        package var refuses: Bool
        package var reason: String

        package init(phone: String, scope: Scope, refuses: Bool, reason: String) {
            self.phone = phone
            self.scope = scope
            self.refuses = refuses
            self.reason = reason
        }
    }

    /// Answer to it.
    package struct OptOutState: Codable, Sendable, Equatable {
        package var maskedPhone: String
        package var refuses: [OptOut.Scope]

        package init(maskedPhone: String, refuses: [OptOut.Scope]) {
            self.maskedPhone = maskedPhone
            self.refuses = refuses
        }
    }

    /// Something somebody wrote back.
    package struct Reply: Codable, Sendable, Equatable {
        package var id: UUID
        package var receivedAt: Date
        package var maskedPhone: String
        package var text: String
        package var meaning: String
        package var outcome: String
        /// Whoever has this number on file.
        package var people: [UUID]

        package init(
            id: UUID, receivedAt: Date, maskedPhone: String, text: String, meaning: String, outcome: String,
            people: [UUID]
        ) {
            self.id = id
            self.receivedAt = receivedAt
            self.maskedPhone = maskedPhone
            self.text = text
            self.meaning = meaning
            self.outcome = outcome
            self.people = people
        }
    }

    /// `GET /api/replies?limit=`.
    package struct ReplyList: Codable, Sendable {
        package var replies: [Reply]

        package init(replies: [Reply]) {
            self.replies = replies
        }
    }
}
