import Access
import CardProgramme
import FoundationEssentials

/// A type whose JSON form has a schema (JSON Schema draft 7, as AsyncAPI 3.0 takes it).
///
/// A contract's schema is put together from the types of its members, so it cannot say anything else than the code does.
protocol JSONDescribed {
    /// What stands where a value of this type is used: a reference when ``definition`` has a name.
    static var schema: JSONValue { get }
    /// The schema to be listed once under `components/schemas`, by its name there.
    static var definition: (name: String, schema: JSONValue)? { get }
    /// What else has to be listed because ``schema`` or ``definition`` refers to it.
    static var parts: [any JSONDescribed.Type] { get }
    static var isOptional: Bool { get }
}

extension JSONDescribed {
    static var schema: JSONValue {
        self.definition.map { ["$ref": .text("#/components/schemas/\($0.name)")] } ?? [:]
    }
    static var definition: (name: String, schema: JSONValue)? { nil }
    static var parts: [any JSONDescribed.Type] { [] }
    static var isOptional: Bool { false }
}

extension String: JSONDescribed {
    static var schema: JSONValue { ["type": "string"] }
}

extension Int: JSONDescribed {
    static var schema: JSONValue { ["type": "integer"] }
}

extension Bool: JSONDescribed {
    static var schema: JSONValue { ["type": "boolean"] }
}

extension UUID: JSONDescribed {
    static var schema: JSONValue { ["type": "string", "format": "uuid"] }
}

extension Date: JSONDescribed {
    static var schema: JSONValue { ["type": "string", "format": "date-time"] }
}

extension CalendarDay: JSONDescribed {
    static var schema: JSONValue { ["type": "string", "format": "date"] }
}

extension Array: JSONDescribed where Element: JSONDescribed {
    static var schema: JSONValue { ["type": "array", "items": Element.schema] }
    static var parts: [any JSONDescribed.Type] { [Element.self] }
}

extension Optional: JSONDescribed where Wrapped: JSONDescribed {
    static var schema: JSONValue { Wrapped.schema }
    static var parts: [any JSONDescribed.Type] { [Wrapped.self] }
    static var isOptional: Bool { true }
}

/// A word out of a fixed list.
protocol WordDescribed: JSONDescribed, CaseIterable, RawRepresentable<String> {
    static var wordName: String { get }
}

extension WordDescribed {
    static var definition: (name: String, schema: JSONValue)? {
        (self.wordName, ["type": "string", "enum": .list(self.allCases.map { .text($0.rawValue) })])
    }
}

extension CardKind: WordDescribed {
    static var wordName: String { "CardKind" }
}

extension CardProgramme.Category: WordDescribed {
    static var wordName: String { "Category" }
}

extension Lane: WordDescribed {
    static var wordName: String { "Lane" }
}

extension Level: WordDescribed {
    static var wordName: String { "Level" }
}

extension ReturnReason: WordDescribed {
    static var wordName: String { "ReturnReason" }
}

extension SubmissionStage: WordDescribed {
    static var wordName: String { "SubmissionStage" }
}

extension SubmissionStep: WordDescribed {
    static var wordName: String { "SubmissionStep" }
}

extension MaterialKind: WordDescribed {
    static var wordName: String { "MaterialKind" }
}

extension AppointmentState: WordDescribed {
    static var wordName: String { "AppointmentState" }
}

extension AppointmentStep: WordDescribed {
    static var wordName: String { "AppointmentStep" }
}

extension AppointmentPurpose: WordDescribed {
    static var wordName: String { "AppointmentPurpose" }
}

extension AppointmentKind: WordDescribed {
    static var wordName: String { "AppointmentKind" }
}

extension NoticePurpose: WordDescribed {
    static var wordName: String { "NoticePurpose" }
}

/// A part of a body, described by a synthetic example of itself.
protocol ObjectDescribed: JSONDescribed {
    static var objectName: String { get }
    static var objectExample: Self { get }
}

extension ObjectDescribed {
    static var definition: (name: String, schema: JSONValue)? {
        (self.objectName, ContractFields(of: self.objectExample).schema)
    }
    static var parts: [any JSONDescribed.Type] { ContractFields(of: self.objectExample).types }
}

extension MaterialReference: ObjectDescribed {
    static var objectName: String { "MaterialReference" }
    static var objectExample: Self { Example.material }
}

extension Applicant: ObjectDescribed {
    static var objectName: String { "Applicant" }
    static var objectExample: Self {
        Self(name: "测试甲", identityNumber: "341602199001010009", categories: [.otherVeteran])
    }
}

extension Contact: ObjectDescribed {
    static var objectName: String { "Contact" }
    static var objectExample: Self {
        Self(name: "测试甲", phones: ["19900000000"], related: [Contact.Related.objectExample])
    }
}

extension Contact.Related: ObjectDescribed {
    static var objectName: String { "RelatedContact" }
    static var objectExample: Self {
        Self(role: .relative, name: "测试乙", relation: "子女", phones: ["19900000001"])
    }
}

extension RelatedRole: WordDescribed {
    static var wordName: String { "RelatedRole" }
}

extension Sealed: JSONDescribed where Value: JSONDescribed {
    /// Only the key's holder sees what the extension `x-opens-to` names.
    static var schema: JSONValue {
        ["allOf": [["$ref": "#/components/schemas/Sealed"]], "x-opens-to": Value.schema]
    }
    static var definition: (name: String, schema: JSONValue)? {
        (
            "Sealed",
            [
                "type": "object",
                "description": .text(
                    "A value only the receiving service can read: AES-256-GCM with the message type, subject and member "
                        + "as associated data."),
                "properties": [
                    "box": [
                        "type": "string", "contentEncoding": "base64",
                        "description": "Nonce, ciphertext and tag over the value's JSON.",
                    ],
                    "kid": ["type": "string", "description": "Which generation of the receiver's key sealed it."],
                ],
                "required": ["box", "kid"],
            ]
        )
    }
    static var parts: [any JSONDescribed.Type] { [Value.self] }
}
