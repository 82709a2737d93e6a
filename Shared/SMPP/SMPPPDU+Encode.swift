import NIOCore

extension SMPPPDU {
    /// Appends the PDU to a buffer.
    ///
    /// The body of a response with an error is left out where it would be empty (§4.4.2).
    ///
    /// - Throws: ``SMPPError`` `text` or `length` when a field is longer than the specification allows; the buffer is then
    ///   as it was.
    package func encode(into buffer: inout ByteBuffer) throws(SMPPError) {
        let start = buffer.writerIndex
        do throws(SMPPError) {
            buffer.writeMultipleIntegers(
                UInt32(0), self.commandID.rawValue, self.status.rawValue, self.sequence)
            try self.encodeBody(into: &buffer)
            let length = buffer.writerIndex - start
            guard length <= Self.largest else { throw SMPPError(.length, "a PDU of \(length) octets") }
            buffer.setInteger(UInt32(length), at: start)
        } catch {
            buffer.moveWriterIndex(to: start)
            throw error
        }
    }

    private func encodeBody(into buffer: inout ByteBuffer) throws(SMPPError) {
        switch self.body {
        case .bind(_, let bind):
            try Self.write("system_id", bind.systemID, limit: 16, to: &buffer)
            try Self.write("password", bind.password, limit: 9, to: &buffer)
            try Self.write("system_type", bind.systemType, limit: 13, to: &buffer)
            buffer.writeInteger(bind.interfaceVersion)
            try Self.write("address_range", bind.addressRange, limit: 41, to: &buffer)
        case .bindResponse(_, let systemID, let parameters):
            if self.status != .ok, systemID.isEmpty, parameters.isEmpty { return }
            try Self.write("system_id", systemID, limit: 16, to: &buffer)
            try Self.write(parameters, to: &buffer)
        case .submitResponse(let messageID), .deliverResponse(let messageID):
            if self.status != .ok, messageID.isEmpty { return }
            try Self.write("message_id", messageID, limit: 65, to: &buffer)
        case .submit(let message), .deliver(let message): try Self.write(message, to: &buffer)
        case .enquireLink, .enquireLinkResponse, .unbind, .unbindResponse, .genericNack: return
        }
    }

    private static func write(
        _ field: StaticString, _ text: String, limit: Int, to buffer: inout ByteBuffer
    ) throws(SMPPError) {
        guard text.utf8.count < limit else {
            throw SMPPError(.text, "\(field) is longer than \(limit - 1) characters", status: .invalidParameter)
        }
        guard text.utf8.allSatisfy({ $0 < 0x80 && $0 != 0 }) else {
            throw SMPPError(.text, "\(field) is not ASCII", status: .invalidParameter)
        }
        buffer.writeString(text)
        buffer.writeInteger(UInt8(0))
    }

    private static func write(
        _ field: StaticString, _ address: SMPPAddress, limit: Int = 21, to buffer: inout ByteBuffer
    ) throws(SMPPError) {
        buffer.writeMultipleIntegers(address.type, address.plan)
        try Self.write(field, address.number, limit: limit, to: &buffer)
    }

    private static func write(_ parameters: [SMPPParameter], to buffer: inout ByteBuffer) throws(SMPPError) {
        for parameter in parameters {
            guard let length = UInt16(exactly: parameter.value.count) else {
                throw SMPPError(.parameter, "an optional parameter of \(parameter.value.count) octets")
            }
            buffer.writeMultipleIntegers(parameter.tag, length)
            buffer.writeBytes(parameter.value)
        }
    }

    private static func writeTime(
        _ field: StaticString, _ text: String, to buffer: inout ByteBuffer
    ) throws(SMPPError) {
        guard text.isEmpty || text.utf8.count == 16 else {
            throw SMPPError(.text, "\(field) has \(text.utf8.count) characters", status: .invalidParameter)
        }
        try Self.write(field, text, limit: 17, to: &buffer)
    }

    private static func write(_ message: SMPPShortMessage, to buffer: inout ByteBuffer) throws(SMPPError) {
        guard message.octets.count <= 254 else {
            throw SMPPError(
                .length, "short_message has \(message.octets.count) octets, and 254 are allowed",
                status: .invalidMessageLength)
        }
        try Self.write("service_type", message.serviceType, limit: 6, to: &buffer)
        try Self.write("source_addr", message.source, to: &buffer)
        try Self.write("destination_addr", message.destination, to: &buffer)
        buffer.writeMultipleIntegers(message.esmClass, message.protocolID, message.priority)
        try Self.writeTime("schedule_delivery_time", message.scheduledDelivery, to: &buffer)
        try Self.writeTime("validity_period", message.validityPeriod, to: &buffer)
        buffer.writeMultipleIntegers(
            message.registeredDelivery, message.replaceIfPresent, message.coding.rawValue, message.defaultMessageID,
            UInt8(truncatingIfNeeded: message.octets.count))
        buffer.writeBytes(message.octets)
        try Self.write(message.parameters, to: &buffer)
    }
}
