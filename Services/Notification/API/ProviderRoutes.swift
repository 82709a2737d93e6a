import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceRuntime
import ShortMessages

/// `/providers/{name}/{secret}/receipts` and `…/inbound`: what providers call us for. They have no token; the secret in the
/// path is theirs, and a wrong one is answered as if there were no such path.
struct ProviderRoutes: Sendable {
    let providers: [any SMSProvider]
    let receipts: TakeReceipts
    let replies: TakeReplies

    func add(to router: some RouterMethods<EdgeContext>) {
        for provider in self.providers {
            for purpose in ["receipts", "inbound"] {
                let path = RouterPath("providers/\(provider.name)/{secret}/\(purpose)")
                router.get(path) { request, context in try await self.take(request, context, provider, purpose) }
                router.post(path) { request, context in try await self.take(request, context, provider, purpose) }
            }
        }
    }

    private func take(
        _ request: Request, _ context: EdgeContext, _ provider: any SMSProvider, _ purpose: String
    ) async throws -> Response {
        guard let secret = context.parameters.get("secret") else { throw APIProblem.unknownRoute }
        do throws(SMSProviderError) {
            let inbound = try await Self.inbound(request, "/\(secret)/\(purpose)")
            if purpose == "receipts" {
                try await self.keep(try provider.receipts(in: inbound), provider)
            } else {
                try await self.keep(try provider.inbound(in: inbound), provider)
            }
        } catch {
            switch error {
            case .unauthenticated: throw APIProblem.unknownRoute
            case .tooLarge: return Response(status: .contentTooLarge)
            case .malformed, .unsupported: return Response(status: .badRequest)
            case .unavailable: return Response(status: .serviceUnavailable)
            }
        }
        let answer = provider.callbackAnswer
        return Response(
            status: .ok, headers: [.contentType: answer.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
    }

    private func keep(_ receipts: [Receipt], _ provider: any SMSProvider) async throws(SMSProviderError) {
        do { try await self.receipts(receipts, from: provider.name) } catch { throw .unavailable(code: "database") }
    }

    private func keep(_ messages: [InboundSMS], _ provider: any SMSProvider) async throws(SMSProviderError) {
        do { try await self.replies(messages, from: provider.name) } catch { throw .unavailable(code: "database") }
    }

    /// Providers encode as forms do: a space is a plus sign. What is no UTF-8 is shown as such, not dropped.
    private static func items(_ query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func inbound(_ request: Request, _ path: String) async throws(SMSProviderError) -> InboundHTTP {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: InboundHTTP.largestBody)
        } catch {
            throw .tooLarge
        }
        return try InboundHTTP(
            method: request.method.rawValue, path: path,
            query: Self.items(request.uri.query ?? ""),
            headers: request.headers.map { ($0.name.rawName, $0.value) }, body: Array(body.readableBytesView))
    }
}
