import FoundationEssentials
import ShortMessages

/// The providers of this installation, the first one first.
struct ProviderGateway: SMSGateway {
    let providers: [any SMSProvider]

    func choose(at now: Date) -> String? { self.providers.first?.name }

    func submit(_ message: OutboundSMS, through provider: String) async -> SubmitOutcome {
        guard let found = self.providers.first(where: { $0.name == provider }) else {
            return .notSent(code: "no-provider")
        }
        return await found.submit(message)
    }
}
