import CardProgramme
import FoundationEssentials
import Glibc
import Logging

/// Writes a log event as one line: a JSON object, or `LOG_FORMAT=text` for reading.
///
/// `{"time","level","service","instance","message", metadata…, "trace_id"}`. A line is written with one `write(2)`, so
/// the lines of several threads do not mix. Never logged by this project: names, identity numbers, phone numbers,
/// addresses, categories, tokens, bodies.
package struct ServiceLogHandler: LogHandler {
    package enum Format: String, Sendable, CaseIterable {
        case json, text
    }

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let format: Format
    /// `"service":"…","instance":"…"`, escaped once.
    private let origin: String
    private let sink: @Sendable ([UInt8]) -> Void

    /// - Parameter sink: Takes one line with its line end; standard output when not given.
    package init(
        service: String, instance: String, format: Format, level: Logger.Level,
        sink: @escaping @Sendable ([UInt8]) -> Void = ServiceLogHandler.writeToStandardOutput
    ) {
        self.format = format
        self.logLevel = level
        self.sink = sink
        var origin: [UInt8] = []
        JSONText.append(member: "service", service, to: &origin)
        origin.append(UInt8(ascii: ","))
        JSONText.append(member: "instance", instance, to: &origin)
        self.origin = String(decoding: origin, as: UTF8.self)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = self.metadata
        if let provided = self.metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error"] = .string("\(error)") }
        // Hummingbird numbers its requests; the trace says the same across processes.
        all["hb.request.id"] = nil
        if let trace = TraceContext.current { all["trace_id"] = .string(trace.traceID) }
        self.sink(self.format == .json ? self.jsonLine(event, all) : self.textLine(event, all))
    }

    private func jsonLine(_ event: LogEvent, _ metadata: Logger.Metadata) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        line.append(UInt8(ascii: "{"))
        JSONText.append(member: "time", Self.timestamp(), to: &line)
        line.append(UInt8(ascii: ","))
        JSONText.append(member: "level", event.level.rawValue, to: &line)
        line.append(UInt8(ascii: ","))
        line.append(contentsOf: self.origin.utf8)
        line.append(UInt8(ascii: ","))
        JSONText.append(member: "message", event.message.description, to: &line)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line.append(UInt8(ascii: ","))
            JSONText.append(member: key, value.description, to: &line)
        }
        line.append(contentsOf: "}\n".utf8)
        return line
    }

    private func textLine(_ event: LogEvent, _ metadata: Logger.Metadata) -> [UInt8] {
        let details = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let text = "\(Self.timestamp()) \(event.level.rawValue) \(event.message) \(details)"
        return Array(text.split(whereSeparator: \.isNewline).joined(separator: " ").utf8) + [UInt8(ascii: "\n")]
    }

    /// Real time, RFC 3339, UTC with milliseconds: a log is about the machine, not about the programme.
    private static func timestamp() -> String {
        InstantText.format(ProgrammeClock.system.now())
    }

    /// One `write(2)` per line; the rest of a short write follows. Lines that cannot be written are lost, because a
    /// service must not stop working when its log does.
    package static func writeToStandardOutput(_ line: [UInt8]) {
        SystemCalls.write(line, to: STDOUT_FILENO)
    }
}

/// The little JSON writing that logs and problems need, without an encoder.
enum JSONText {
    static func append(member name: String, _ value: String, to out: inout [UInt8]) {
        Self.append(string: name, to: &out)
        out.append(UInt8(ascii: ":"))
        Self.append(string: value, to: &out)
    }

    static func append(string: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            case 0x00..<0x20, 0x7F:
                let digits = Array("0123456789abcdef".utf8)
                out.append(contentsOf: "\\u00".utf8)
                out.append(digits[Int(byte >> 4)])
                out.append(digits[Int(byte & 15)])
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
