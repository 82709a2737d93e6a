import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SMPP
import TestSupport

/// An SMPP client that remembers everything that comes, and answers deliveries unless told not to.
final class SMPPClient: Sendable {
    struct Settings: Sendable {
        var answersDeliveries = true
        /// Status of the answers to deliveries.
        var status = SMPPStatus.ok
    }

    private struct State {
        var received: [SMPPPDU] = []
        var sequence: UInt32 = 0
        var isClosed = false
    }

    private let channel: any Channel
    private let state: NIOLockedValueBox<State>

    private init(_ channel: any Channel, _ state: NIOLockedValueBox<State>) {
        self.channel = channel
        self.state = state
    }

    static func connect(to centre: PrivateMessageCentre, _ settings: Settings = Settings()) async throws -> SMPPClient {
        let state = NIOLockedValueBox(State())
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(SMPPFrameDecoder()))
                    try pipeline.addHandler(Raw())
                    try pipeline.addHandler(Recorder(state, settings))
                }
            }
            .connect(host: "127.0.0.1", port: centre.smppPort).get()
        return SMPPClient(channel, state)
    }

    /// Connects and binds.
    static func bound(
        to centre: PrivateMessageCentre, as kind: SMPPBindKind = .transceiver, _ settings: Settings = Settings()
    ) async throws -> SMPPClient {
        let client = try await Self.connect(to: centre, settings)
        let answer = try await client.ask(
            .bind(kind, SMPPBind(systemID: centre.systemID, password: centre.password)))
        guard answer.status == .ok else { throw ServiceStandError("bind: \(answer.status)") }
        return client
    }

    var received: [SMPPPDU] { self.state.withLockedValue { $0.received } }
    var isClosed: Bool { self.state.withLockedValue { $0.isClosed } }

    /// The receipts that came, in order.
    var receipts: [DeliveryReceipt] {
        self.deliveries.filter(\.isReceipt).compactMap {
            try? DeliveryReceipt(reading: String(decoding: $0.octets, as: UTF8.self))
        }
    }

    var deliveries: [SMPPShortMessage] {
        self.received.compactMap { pdu in
            if case .deliver(let message) = pdu.body { message } else { nil }
        }
    }

    @discardableResult
    func send(_ body: SMPPPDU.Body) -> UInt32 {
        let sequence = self.state.withLockedValue { state in
            state.sequence += 1
            return state.sequence
        }
        self.channel.write(Outgoing.pdu(SMPPPDU(sequence: sequence, body)), promise: nil)
        return sequence
    }

    func flush() { self.channel.flush() }

    func sendOctets(_ octets: [UInt8]) { self.channel.writeAndFlush(Outgoing.octets(octets), promise: nil) }

    /// Sends a request and waits for what answers it.
    func ask(_ body: SMPPPDU.Body) async throws -> SMPPPDU {
        let sequence = self.send(body)
        self.flush()
        return try await self.answer(to: sequence)
    }

    func answer(to sequence: UInt32) async throws -> SMPPPDU {
        try await ServiceStand.eventually("an answer to \(sequence)") {
            self.received.last { $0.sequence == sequence && $0.commandID.isResponse }
        }
    }

    func submit(_ text: String, to number: String, receipt: Bool = true) async throws -> SMPPPDU {
        try await self.ask(.submit(Self.message(text, to: number, receipt: receipt)))
    }

    static func message(_ text: String, to number: String, receipt: Bool = true) -> SMPPShortMessage {
        let (coding, octets) = SMPPDataCoding.octets(of: text)
        var message = SMPPShortMessage(
            from: SMPPAddress("10690000"), to: SMPPAddress(number), coding: coding, octets: octets)
        message.registeredDelivery = receipt ? 1 : 0
        return message
    }

    func close() async {
        self.channel.close(promise: nil)
        try? await self.channel.closeFuture.get()
    }

    func untilClosed() async throws {
        try await ServiceStand.eventually("the centre closes the connection") { self.isClosed ? true : nil }
    }

    /// What a test lets be written: also octets that are no PDU.
    private enum Outgoing: Sendable {
        case pdu(SMPPPDU)
        case octets([UInt8])
    }

    private final class Raw: ChannelOutboundHandler {
        typealias OutboundIn = Outgoing
        typealias OutboundOut = ByteBuffer

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            switch Self.unwrapOutboundIn(data) {
            case .pdu(let pdu):
                var buffer = context.channel.allocator.buffer(capacity: 256)
                do {
                    try pdu.encode(into: &buffer)
                    context.write(Self.wrapOutboundOut(buffer), promise: promise)
                } catch {
                    promise?.fail(error)
                }
            case .octets(let octets): context.write(Self.wrapOutboundOut(ByteBuffer(bytes: octets)), promise: promise)
            }
        }
    }

    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = SMPPFrame

        private let state: NIOLockedValueBox<State>
        private let settings: Settings

        init(_ state: NIOLockedValueBox<State>, _ settings: Settings) {
            self.state = state
            self.settings = settings
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .pdu(let pdu) = Self.unwrapInboundIn(data) else { return }
            self.state.withLockedValue { $0.received.append(pdu) }
            if case .deliver = pdu.body, self.settings.answersDeliveries {
                context.channel.writeAndFlush(
                    Outgoing.pdu(
                        SMPPPDU(
                            sequence: pdu.sequence, status: self.settings.status, .deliverResponse(messageID: ""))),
                    promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.state.withLockedValue { $0.isClosed = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
