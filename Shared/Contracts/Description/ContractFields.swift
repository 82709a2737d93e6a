/// The members of a contract's body, or of a part of one, read from an example of it.
///
/// Reflection gives the members and their types, also of those the example leaves out; ``meanings`` says what they are.
struct ContractFields {
    struct Field {
        let name: String
        /// Nil for a type nobody has described; ``AsyncAPIDocument`` refuses it.
        let type: (any JSONDescribed.Type)?
    }

    let fields: [Field]

    init(of example: some Any) {
        self.fields = Mirror(reflecting: example).children.map { child in
            Field(name: child.label ?? "", type: Swift.type(of: child.value) as? any JSONDescribed.Type)
        }
    }

    var types: [any JSONDescribed.Type] { self.fields.compactMap(\.type) }

    var schema: JSONValue {
        [
            "type": "object",
            "properties": .object(
                self.fields.map { field in .init(field.name, Self.schema(field)) }),
            "required": .list(self.fields.filter { $0.type?.isOptional == false }.map { .text($0.name) }),
        ]
    }

    private static func schema(_ field: Field) -> JSONValue {
        let schema = field.type?.schema ?? [:]
        guard let meaning = Self.meanings[field.name] else { return schema }
        // Draft 7 ignores whatever stands beside a reference.
        if schema.names == ["$ref"] { return ["allOf": [schema], "description": .text(meaning)] }
        guard case .object(let members) = schema else { return schema }
        return .object(members + [.init("description", .text(meaning))])
    }

    /// What each member means. One name means the same in every contract; a test asks for a line here for each.
    static let meanings: [String: String] = [
        "acceptedAt": "When the station's check passed.",
        "appointmentID": "The appointment (预约).",
        "applicant": "Who applies, as the deciders must see it (R80, R83).",
        "arrivedAt": "When the card came to its station.",
        "at": "When the step was taken, programme time.",
        "bank": "合作银行 of the applicant's own choice (R79).",
        "batch": "Number of the programme's batch (R20).",
        "by": "Opaque id of who recorded it.",
        "calls": "Calls that were tried in vain.",
        "cardKind": "优待证种类: which of the two kinds of card (N2).",
        "categories": "身份类别 (R28–R37).",
        "changedAt": "When it changed, programme time.",
        "checkedBy": "Opaque id of the member of staff who checked.",
        "contact": "How the person is reached.",
        "decidedBy": "Opaque ids of everyone who passed it at an earlier level, in whatever round.",
        "division": "行政区划代码: GB/T 2260 code of the district.",
        "dueOn": "By when whoever holds it now must act, if a rule gives a day (R47, R48, N18).",
        "filedAt": "When the province filed it (备案).",
        "formsSigned": "Both forms carry the applicant's signature (R66, R83).",
        "from": "The level that returned it.",
        "id": "The material's id at intake.",
        "identityNumber": "公民身份号码, 18 digits, normalised.",
        "kind": "What kind it is: of paper or picture (R65, R66), or of appointment (R115–R119).",
        "lane": "Key persons (first) or everybody else (standard) (R20).",
        "materials": "Materials that stay encrypted with intake; whoever decides fetches them there.",
        "messages": "Short messages that were tried in vain.",
        "minutes": "How long it lasts.",
        "name": "姓名.",
        "note": "What the reason alone does not say, if somebody wrote something.",
        "noticeID": "The notice; the same request is recorded once.",
        "pass": "How often the centre has passed this submission: 1, one more after each return by the bureau (R84).",
        "passedBy": "Opaque ids of everyone who passed it at a level above, in whatever round.",
        "personID": "The person's file (建档立卡).",
        "phones": "As written on the registration form.",
        "purpose": "What the notice or the appointment is about.",
        "reason": "Why it came back.",
        "related": "Who can be called for the person: guardian (N12), relatives and helpers (R15).",
        "relation": "How they belong together, in words.",
        "role": "As what somebody may be called for the person.",
        "registeredAt": "When the station registered it; an older one changes nothing.",
        "requestedAt": "When the notice was requested.",
        "returnedAt": "When it was returned.",
        "returnedBy": "Opaque id of who returned it.",
        "round": "1 for the first submission, one more after each correction.",
        "sha256": "SHA-256 of the plain bytes, lower-case hexadecimal.",
        "stage": "Where the step led.",
        "startsAt": "When it begins; missing for somebody without a seat, and once the seat is gone.",
        "state": "Where it stands now.",
        "station": "Code of the service station.",
        "step": "The step that was taken.",
        "submissionID": "The submission (受理编号).",
        "tellBy": "After this day telling is pointless.",
        "to": "The level it goes back to.",
        "version": "One higher with every change; only the newest is spoken of.",
        "verifiedAt": "The moment verification passed; day 0 of the initial review (A4).",
    ]
}
