import FoundationEssentials

extension KannelProvider {
    /// Reads a call of `dlr-url`: always one receipt.
    package func receipts(in request: InboundHTTP) throws(SMSProviderError) -> [Receipt] {
        try self.configuration.secret.check(request, is: "receipts")
        guard let id = request.item("id").flatMap({ UUID(uuidString: $0) }) else { throw .malformed("no id of ours") }
        let reply = String((request.item("reply") ?? "").prefix(512))
        let state: ReceiptState
        let code: String
        switch request.item("type") {
        case "1": (state, code) = (.delivered, "DELIVRD")
        // 32 says that it expired, beside that it failed.
        case "2", "34":
            let result = Self.result(of: reply)
            (state, code) = (.failed(FailureClass.carrier(result.words) ?? .unknownCode), result.code)
        case "4": (state, code) = (.buffered, "BUFFERED")
        case "8": (state, code) = (.accepted, "ACK")
        case "16":
            let refusal = Self.refusal(of: reply)
            (state, code) = (.failed(refusal.failure), refusal.code)
        default: throw .malformed("type is none of 1, 2, 4, 8, 16, 34")
        }
        // Its own id is written now as a hexadecimal, now as a decimal number: of use to people only.
        let reference = request.item("fid").map { ProviderCode.clean($0) }.flatMap { $0.isEmpty ? nil : $0 }
        return [Receipt(message: id, reference: reference, state: state, code: code, at: Self.time(request.item("at")))]
    }

    /// Reads a call of `get-url`: `…/inbound?from=%p&to=%P&text=%a&id=%I&at=%T`.
    package func inbound(in request: InboundHTTP) throws(SMSProviderError) -> [InboundSMS] {
        try self.configuration.secret.check(request, is: "inbound")
        guard var from = request.item("from"), let text = request.item("text") else { throw .malformed("no sender") }
        // Kannel writes a plus sign before national numbers too.
        if from.first == "+", from.utf8.count == 12, from.dropFirst().first == "1" { from.removeFirst() }
        do throws(PhoneNumberError) {
            return [
                InboundSMS(
                    from: try PhoneNumber(from), to: ProviderCode.clean(request.item("to") ?? ""), text: text,
                    reference: request.item("id").map { ProviderCode.clean($0) }, at: Self.time(request.item("at")))
            ]
        } catch {
            throw .malformed("the sender's number is not one of a person")
        }
    }

    /// `id:… sub:001 dlvrd:001 submit date:… done date:… stat:UNDELIV err:034 text:…` (SMPP 3.4, appendix B). Only state
    /// and error are taken: after `text:` stands the beginning of the message.
    private static func result(of reply: String) -> (words: String, code: String) {
        let facts = reply.firstRange(of: "text:").map { reply[..<$0.lowerBound] } ?? reply[...]
        func value(_ name: String) -> Substring? {
            facts.firstRange(of: name).map { facts[$0.upperBound...].prefix { $0 != " " } }
        }
        guard let stat = value("stat:") else { return (String(facts.prefix(64)), String(facts.prefix(64))) }
        guard let error = value("err:"), error.contains(where: { $0 != "0" }) else {
            return (String(stat), String(stat))
        }
        return ("\(stat) \(error)", "\(stat)/\(error)")
    }

    /// `NACK/0x0000000b/Invalid Destination Address`, `NACK/Retries Exceeded`.
    private static func refusal(of reply: String) -> (failure: FailureClass, code: String) {
        let parts = reply.split(separator: "/", maxSplits: 2).dropFirst()
        guard let first = parts.first else { return (.unknownCode, "NACK") }
        let code = "NACK/" + first
        if first == "Retries Exceeded" { return (.throttled, code) }
        guard first.hasPrefix("0x"), let status = UInt32(first.dropFirst(2), radix: 16) else {
            return (.unknownCode, code)
        }
        // ESME_RINVDSTADR; ESME_RMSGQFUL and ESME_RTHROTTLED (SMPP 3.4 §5.1.3).
        switch status {
        case 0x0B: return (.invalidNumber, code)
        case 0x14, 0x58: return (.throttled, code)
        default: return (.unknownCode, code)
        }
    }

    private static func time(_ text: String?) -> Date? {
        guard let text, let seconds = Int64(text), (0...4_102_444_800).contains(seconds) else { return nil }
        return Date(timeIntervalSince1970: Double(seconds))
    }
}
