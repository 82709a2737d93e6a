/// The AMQP headers of the envelope (ARCHITECTURE §3.8), as a stranger has to write them.
enum MessageHeaders {
    struct Header: Sendable {
        let name: String
        let isRequired: Bool
        let schema: JSONValue
    }

    static let all: [Header] = [
        Header(
            name: "youdai-subject", isRequired: true,
            schema: [
                "type": "string", "format": "uuid", "description": "What the message is about; the unit of order.",
            ]),
        Header(
            name: "youdai-stream", isRequired: true,
            schema: ["type": "string", "description": "Who numbered it for whom: intake>verification."]),
        Header(
            name: "youdai-number", isRequired: true,
            schema: [
                "type": "integer", "minimum": 1,
                "description": "1, 2, 3 … within the stream and subject, without gaps.",
            ]),
        Header(
            name: "youdai-lane", isRequired: true,
            schema: ["type": "string", "enum": ["first", "standard"], "description": "As in the routing key."]),
        Header(
            name: "youdai-key", isRequired: true,
            schema: ["type": "string", "description": "Id of the receiver's key the signature was made with."]),
        Header(
            name: "youdai-signature", isRequired: true,
            schema: [
                "type": "string", "pattern": "^[0-9a-f]{64}$",
                "description":
                    "HMAC-SHA-256 over id, type, subject, stream, number, lane and body: youdai seal makes it.",
            ]),
        Header(
            name: "youdai-causation", isRequired: false,
            schema: ["type": "string", "format": "uuid", "description": "The message whose effect this one is."]),
        Header(
            name: "traceparent", isRequired: false,
            schema: ["type": "string", "description": "W3C Trace Context."]),
    ]
}
