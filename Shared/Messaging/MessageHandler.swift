import Contracts
import FoundationEssentials

/// What a service does with one type of message.
package struct MessageHandler: Sendable {
    package let type: String
    let producers: [ServiceName]
    let consumers: [ServiceName]
    /// Reads the body. - Throws: `DecodingError`.
    let decode: @Sendable ([UInt8]) throws -> any Sendable
    let apply: @Sendable ([(envelope: Envelope, message: any Sendable)], UnitOfWork) async throws -> [Postponed]

    /// - Parameters:
    ///   - type: the contract; its version is part of the name, so two versions are two handlers side by side.
    ///   - apply: applies many messages in one transaction, at most one of each subject. It returns those that are not
    ///     possible yet, and has changed nothing for them. Throwing rolls everything back; the batch is then halved until
    ///     the message that fails stands alone. It must not send, print or write anywhere but through its unit of work:
    ///     it may run again for the same message if the commit fails.
    package static func on<M: MessageContract>(
        _ type: M.Type, _ apply: @escaping @Sendable ([Received<M>], UnitOfWork) async throws -> [Postponed]
    ) -> MessageHandler {
        MessageHandler(
            type: M.type, producers: M.producers, consumers: M.consumers,
            decode: { try ContractCoding.decode(M.self, from: $0) },
            apply: { batch, work in
                let received = batch.compactMap { entry in
                    (entry.message as? M).map { Received(envelope: entry.envelope, message: $0) }
                }
                return try await apply(received, work)
            })
    }
}
