import Access
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging

/// What is known about a request before anybody asks who sent it.
package struct EdgeContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package var trace: TraceContext
    /// Set by the middleware in front of `/api`.
    var principal: Principal?

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        // Replaced by the outermost middleware, which knows the header.
        self.trace = TraceContext.current ?? TraceContext.generate()
        self.principal = nil
    }
}

/// What a handler below `/api` is given. It exists only once a token has been verified, so no handler can forget to ask.
package struct APIContext: ChildRequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Who is calling.
    package let principal: Principal
    /// The trace this request belongs to; also ``TraceContext/current``.
    package let trace: TraceContext

    package init(context: EdgeContext) throws {
        guard let principal = context.principal else { throw AccessError.tokenMissing }
        self.coreContext = context.coreContext
        self.principal = principal
        self.trace = context.trace
    }

    /// Asks ``AccessPolicy`` whether the caller may do this to that.
    ///
    /// - Parameter resource: Division, station and person as the database has them, never as the request claims.
    /// - Returns: The caller.
    /// - Throws: `AccessError` `access.denied`, which becomes a 403 saying who may.
    @discardableResult
    package func require(_ action: Action, on resource: Resource) throws(AccessError) -> Principal {
        try AccessPolicy.decide(self.principal, action, on: resource)
        return self.principal
    }

    /// Asks the same about exactly what the caller is responsible for, as a list without conditions needs.
    @discardableResult
    package func requireOwn(_ action: Action) throws(AccessError) -> Principal {
        try self.require(action, on: .reach(of: self.principal))
    }

    /// A path parameter that is a UUID.
    package func uuid(_ name: String) throws(APIProblem) -> UUID {
        // By its length too: the initialiser reads as far as a U+0000 and forgets what follows.
        guard let text = self.parameters.get(name), text.utf8.count == 36, let id = UUID(uuidString: text) else {
            throw .badRequest(
                "path.\(name)", zh: "网址中的 \(name) 不是有效的编号。", en: "The “\(name)” in the path is not a valid id.")
        }
        return id
    }

    /// A path parameter as text.
    package func text(_ name: String) throws(APIProblem) -> String {
        guard let text = self.parameters.get(name), !text.isEmpty else {
            throw .badRequest("path.\(name)", zh: "网址中缺少 \(name)。", en: "The path lacks “\(name)”.")
        }
        return text
    }
}
