import CardProgramme

/// The AsyncAPI 3.0 description of everything that crosses the broker, made from ``ContractRegistry`` alone.
///
/// The output stands in `asyncapi.json` beside this file; a test says when it is out of date, and
/// `youdai contracts asyncapi` writes it. Channels are what is on the broker: a routing key for each message and
/// receiver, and two queues for each receiver. Operations are what each service sends and receives.
package struct AsyncAPIDocument: Sendable {
    package let contracts: [any MessageContract.Type]
    /// First part of the names on the broker (`MESSAGING_NAMESPACE`).
    package let namespace: String

    package init(contracts: [any MessageContract.Type] = ContractRegistry.all, namespace: String = "youdai") {
        self.contracts = contracts
        self.namespace = namespace
    }

    package var value: JSONValue {
        [
            "asyncapi": "3.0.0",
            "info": [
                "title": "优待证办理系统的消息 · Messages of Youdai",
                "version": "1",
                "description": .text(Self.introduction),
            ],
            "defaultContentType": "application/json",
            "channels": .object(self.keyChannels + self.queueChannels),
            "operations": .object(ServiceName.allCases.flatMap { self.sending($0) + self.receiving($0) }),
            "components": [
                "messages": .object(self.contracts.map { .init($0.type, Self.message($0)) }),
                "messageTraits": ["envelope": Self.envelope],
                "schemas": .object(self.schemas),
            ],
        ]
    }

    /// The document as text.
    package var text: String { self.value.formatted }

    /// Members whose type or meaning nobody described: `submission.accepted.v1: lane`. Empty in a good document.
    package var undescribed: [String] {
        self.contracts.flatMap { contract in
            Self.fields(contract).fields.filter { $0.type == nil || ContractFields.meanings[$0.name] == nil }
                .map { "\(contract.type): \($0.name)" }
        }
    }

    private static let introduction =
        "Bodies are JSON with sorted keys; everything else about a message is an AMQP 0-9-1 property or header. "
        + "Properties: message-id (UUIDv7, the same for every delivery), type (the message's name here), correlation-id, "
        + "app-id (the producer), timestamp, content-type. Messages are persistent and mandatory. At least once on the "
        + "wire; the receiver applies each once, in the order of youdai-number within youdai-stream and youdai-subject."

    // MARK: - Channels

    private var keyChannels: [JSONValue.Member] {
        self.contracts.flatMap { contract in
            contract.consumers.map { receiver in
                .init(
                    "\(receiver.rawValue).\(contract.type)",
                    [
                        "address": .text("\(receiver.rawValue).{lane}.\(contract.type)"),
                        "description": .text("\(contract.type) on its way to \(receiver.rawValue)."),
                        "parameters": [
                            "lane": [
                                "description": "Key persons first, or everybody else (R20).",
                                "enum": Lane.definition?.schema["enum"] ?? [],
                            ]
                        ],
                        "messages": Self.messages([contract]),
                        "bindings": [
                            "amqp": [
                                "is": "routingKey",
                                "exchange": [
                                    "name": .text("\(self.namespace).messages"), "type": "topic", "durable": true,
                                    "autoDelete": false, "vhost": "/",
                                ],
                                "bindingVersion": "0.3.0",
                            ]
                        ],
                    ])
            }
        }
    }

    private var queueChannels: [JSONValue.Member] {
        ServiceName.allCases.flatMap { receiver in
            Lane.allCases.map { lane in
                let queue = "\(self.namespace).\(receiver.rawValue).\(lane.rawValue)"
                return .init(
                    "\(receiver.rawValue).\(lane.rawValue)",
                    [
                        "address": .text(queue),
                        "description": .text(
                            "Quorum queue of \(receiver.rawValue), bound with \(receiver.rawValue).\(lane.rawValue).#, "
                                + "dead letters to \(self.namespace).dead."),
                        "messages": Self.messages(self.received(by: receiver)),
                        "bindings": [
                            "amqp": [
                                "is": "queue",
                                "queue": [
                                    "name": .text(queue), "durable": true, "exclusive": false, "autoDelete": false,
                                    "vhost": "/",
                                ],
                                "bindingVersion": "0.3.0",
                            ]
                        ],
                    ])
            }
        }
    }

    private func received(by receiver: ServiceName) -> [any MessageContract.Type] {
        self.contracts.filter { $0.consumers.contains(receiver) }
    }

    private static func messages(_ contracts: [any MessageContract.Type]) -> JSONValue {
        .object(contracts.map { .init($0.type, Self.reference("components/messages/\($0.type)")) })
    }

    private static func reference(_ path: String) -> JSONValue { ["$ref": .text("#/\(path)")] }

    // MARK: - Operations

    private func sending(_ producer: ServiceName) -> [JSONValue.Member] {
        self.contracts.filter { $0.producers.contains(producer) }.flatMap { contract in
            // Who both sends and receives a type does so with others, never with itself.
            contract.consumers.filter { $0 != producer }.map { receiver in
                let channel = "channels/\(receiver.rawValue).\(contract.type)"
                return .init(
                    "\(producer.rawValue).sends.\(contract.type).to.\(receiver.rawValue)",
                    [
                        "action": "send",
                        "channel": Self.reference(channel),
                        "summary": .text("\(producer.rawValue) may send \(contract.type) to \(receiver.rawValue)."),
                        "tags": [["name": .text(producer.rawValue)]],
                        "bindings": [
                            "amqp": ["deliveryMode": 2, "timestamp": true, "bindingVersion": "0.3.0"]
                        ],
                        "messages": [Self.reference("\(channel)/messages/\(contract.type)")],
                    ])
            }
        }
    }

    private func receiving(_ receiver: ServiceName) -> [JSONValue.Member] {
        Lane.allCases.map { lane in
            let channel = "channels/\(receiver.rawValue).\(lane.rawValue)"
            return .init(
                "\(receiver.rawValue).receives.\(lane.rawValue)",
                [
                    "action": "receive",
                    "channel": Self.reference(channel),
                    "summary": .text("\(receiver.rawValue) takes its messages of the lane \(lane.rawValue)."),
                    "tags": [["name": .text(receiver.rawValue)]],
                    "bindings": ["amqp": ["ack": true, "bindingVersion": "0.3.0"]],
                    "messages": .list(
                        self.received(by: receiver).map { Self.reference("\(channel)/messages/\($0.type)") }),
                ])
        }
    }

    // MARK: - Messages

    private static func message(_ contract: any MessageContract.Type) -> JSONValue {
        let sealed = contract.sealedFields
        var members: [JSONValue.Member] = [
            .init("name", .text(contract.type)),
            .init("title", .text(contract.name)),
            .init("contentType", "application/json"),
            .init("traits", [Self.reference("components/messageTraits/envelope")]),
            .init("payload", Self.fields(contract).schema),
            .init("bindings", ["amqp": ["messageType": .text(contract.type), "bindingVersion": "0.3.0"]]),
            .init("examples", [["name": "synthetic", "payload": Self.example(contract)]]),
        ]
        if !sealed.isEmpty {
            members.insert(
                .init("description", .text("Sealed for the receiver: \(sealed.joined(separator: ", "))")), at: 2)
        }
        return .object(members)
    }

    private static func fields(_ contract: any MessageContract.Type) -> ContractFields {
        func open<M: MessageContract>(_ type: M.Type) -> ContractFields { ContractFields(of: type.example) }
        return open(contract)
    }

    private static func example(_ contract: any MessageContract.Type) -> JSONValue {
        // The example has no number JSON cannot hold, and what was just encoded can be read.
        (try? ContractCoding.decode(JSONValue.self, from: ContractCoding.encode(contract.example))) ?? [:]
    }

    private static let envelope: JSONValue = [
        "headers": [
            "type": "object",
            "properties": .object(MessageHeaders.all.map { .init($0.name, $0.schema) }),
            "required": .list(MessageHeaders.all.filter(\.isRequired).map { .text($0.name) }),
        ]
    ]

    // MARK: - Schemas

    /// Everything a body refers to, by name.
    private var schemas: [JSONValue.Member] {
        var found: [String: JSONValue] = [:]
        var open: [any JSONDescribed.Type] = self.contracts.flatMap { Self.fields($0).types }
        while let type = open.popLast() {
            if let (name, schema) = type.definition {
                // What is sealed has one form, whatever is inside; the inside still has to be listed.
                if found.updateValue(schema, forKey: name) != nil, name != "Sealed" { continue }
            }
            open += type.parts
        }
        return found.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
    }
}
