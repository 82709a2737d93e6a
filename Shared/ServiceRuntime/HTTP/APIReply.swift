import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers of handlers.
package enum APIReply {
    /// A value as JSON.
    package static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Self.jsonBytes(try APICoding.encode(value), status: status)
    }

    /// JSON that is already encoded, for example one kept for a repeated Idempotency-Key.
    package static func jsonBytes(_ bytes: some Sequence<UInt8>, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Bytes of another kind, such as a photo; never to be shown inline by a browser that guesses types.
    package static func bytes(_ bytes: [UInt8], contentType: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: contentType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Done, nothing to say.
    package static func done(status: HTTPResponse.Status = .noContent) -> Response {
        Response(status: status)
    }
}
