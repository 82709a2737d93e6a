import NIOCore

/// What a connection brings: a PDU, or something of a PDU's size that is none and must be answered.
package enum SMPPFrame: Sendable, Equatable {
    case pdu(SMPPPDU)
    /// The next PDU begins after it all the same.
    case malformed(SMPPHeader, SMPPError)
}

/// Cuts the octets of a connection into PDUs.
///
/// A length below 16 or above ``SMPPPDU/largest`` ends the decoding with ``SMPPError`` `framing`: where the next PDU
/// begins is then unknown, so the connection must be closed. Memory stays at that limit whatever the peer sends.
package struct SMPPFrameDecoder: NIOSingleStepByteToMessageDecoder {
    package typealias InboundOut = SMPPFrame

    package init() {}

    package mutating func decode(buffer: inout ByteBuffer) throws -> SMPPFrame? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard (SMPPPDU.headerLength...SMPPPDU.largest).contains(Int(length)) else {
            throw SMPPError(.framing, "a PDU says it has \(length) octets")
        }
        guard let slice = buffer.readSlice(length: Int(length)) else { return nil }
        do throws(SMPPError) {
            return .pdu(try SMPPPDU(decoding: slice))
        } catch {
            guard let header = SMPPPDU.header(of: slice) else { throw error }
            return .malformed(header, error)
        }
    }

    package mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> SMPPFrame? {
        try self.decode(buffer: &buffer)
    }
}

/// Writes PDUs as octets.
package struct SMPPFrameEncoder: MessageToByteEncoder {
    package typealias OutboundIn = SMPPPDU

    package init() {}

    package func encode(data: SMPPPDU, out: inout ByteBuffer) throws {
        try data.encode(into: &out)
    }
}
