import Access
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOConcurrencyHelpers

/// Lets a request pass that carries a valid token, and writes who it is into the context.
struct TokenMiddleware: RouterMiddleware {
    private let cache: VerifiedTokenCache

    init(verifier: TokenVerifier, clock: ProgrammeClock) {
        self.cache = VerifiedTokenCache(verifier: verifier, clock: clock)
    }

    func handle(
        _ request: Request, context: EdgeContext, next: @concurrent (Request, EdgeContext) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers[.authorization] else { throw AccessError.tokenMissing }
        // RFC 7235: the scheme is compared without regard to case.
        guard header.utf8.count > 7, header.prefix(7).lowercased() == "bearer " else { throw AccessError.tokenMissing }
        var context = context
        context.principal = try self.cache.principal(for: String(header.dropFirst(7)))
        return try await next(request, context)
    }
}

/// Remembers verified tokens until they expire, so that Ed25519 is paid once per token and not per request.
///
/// Two halves: when the young one is full it becomes the old one and the former old one is forgotten, so memory is
/// bounded and what is in use stays. Only tokens that passed are kept; a flood of false ones displaces nothing.
final class VerifiedTokenCache: Sendable {
    private struct State {
        var young: [String: VerifiedToken] = [:]
        var old: [String: VerifiedToken] = [:]
    }

    private let verifier: TokenVerifier
    private let clock: ProgrammeClock
    private let half: Int
    private let state = NIOLockedValueBox(State())

    init(verifier: TokenVerifier, clock: ProgrammeClock, capacity: Int = 8192) {
        self.verifier = verifier
        self.clock = clock
        self.half = max(1, capacity / 2)
    }

    func principal(for token: String) throws(AccessError) -> Principal {
        let now = self.clock.now()
        let known = self.state.withLockedValue { state -> VerifiedToken? in
            if let verified = state.young[token] { return verified }
            guard let verified = state.old[token] else { return nil }
            self.insert(verified, for: token, into: &state)
            return verified
        }
        if let known {
            guard now.timeIntervalSince1970 < Double(known.expiresAt) else { throw .tokenExpired }
            return known.principal
        }
        let verified = try self.verifier.verified(token, at: now)
        self.state.withLockedValue { self.insert(verified, for: token, into: &$0) }
        return verified.principal
    }

    private func insert(_ verified: VerifiedToken, for token: String, into state: inout State) {
        if state.young.count >= self.half {
            state.old = state.young
            state.young.removeAll(keepingCapacity: false)
        }
        state.young[token] = verified
    }
}
