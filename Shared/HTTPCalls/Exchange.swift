import NIOCore
import NIOHTTP1

/// One request and the promise of its answer, on its way into a connection.
struct Exchange: Sendable {
    let head: HTTPRequestHead
    let body: [UInt8]
    let answer: EventLoopPromise<Answer>

    struct Answer: Sendable {
        let reply: HTTPReply
        /// Whether the connection can carry another request.
        let reusable: Bool
    }
}
