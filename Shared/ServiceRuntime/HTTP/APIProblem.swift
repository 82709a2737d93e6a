import HTTPTypes
import Hummingbird
import NIOCore

/// Why a call was not carried out, told to whoever made it: `{"error":{"code","zh","en","trace"}}`.
///
/// The texts say what to do, never what somebody else's data are.
package struct APIProblem: HTTPResponseError, Sendable, Equatable, CustomStringConvertible {
    package let status: HTTPResponse.Status
    /// Stable, for programs: `<what>.<why>`.
    package let code: String
    package let zh: String
    package let en: String
    /// Seconds after which trying again makes sense; sent as `Retry-After`.
    package let retryAfter: Int?
    /// Methods the route has; sent as `Allow` with a 405.
    package let allow: String?

    package init(
        _ status: HTTPResponse.Status, code: String, zh: String, en: String, retryAfter: Int? = nil,
        allow: String? = nil
    ) {
        self.status = status
        self.code = code
        self.zh = zh
        self.en = en
        self.retryAfter = retryAfter
        self.allow = allow
    }

    package var description: String { "\(self.status.code) \(self.code): \(self.en)" }

    /// The answer, with the trace of the current task so that an operator can find what happened.
    package var response: Response {
        var body: [UInt8] = []
        body.reserveCapacity(512)
        body.append(contentsOf: "{\"error\":{".utf8)
        JSONText.append(member: "code", self.code, to: &body)
        for (name, text) in [("zh", self.zh), ("en", self.en), ("trace", TraceContext.current?.traceID ?? "")] {
            body.append(UInt8(ascii: ","))
            JSONText.append(member: name, text, to: &body)
        }
        body.append(contentsOf: "}}".utf8)
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        if let allow { headers[.allow] = allow }
        if self.status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        return Response(status: self.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    package func response(from request: Request, context: some RequestContext) throws -> Response { self.response }
}

/// An error that knows how to be told to a caller. Services conform their domain errors to it.
package protocol ProblemConvertible: Error {
    var problem: APIProblem { get }
}
