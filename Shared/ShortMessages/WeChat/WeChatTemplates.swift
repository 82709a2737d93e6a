import CardProgramme

/// Which approved template of the mini-program says what we say, and which of our variables stands in which of its fields.
package struct WeChatTemplates: Sendable, Equatable {
    /// An approved template.
    package struct Template: Sendable, Equatable {
        package let code: String
        /// In the order they were entered.
        package let fields: [(name: String, variable: MessageVariable)]

        package static func == (left: Template, right: Template) -> Bool {
            left.code == right.code && left.fields.elementsEqual(right.fields) { $0 == $1 }
        }

        /// The fields with somebody's values.
        ///
        /// - Parameters:
        ///   - values: As our messages say them, `3月14日`.
        ///   - written: Days and times in full, `2022年3月14日` and `09:30`, for fields that take nothing else.
        /// - Returns: nil where one is missing, or longer than WeChat takes for its kind: it would be refused with 47003.
        package func fields(
            _ values: [MessageVariable: String], written: [MessageVariable: String]
        ) -> [String: String]? {
            var filled: [String: String] = [:]
            for field in self.fields {
                guard let kind = Kind(field: field.name),
                    let value = (kind.isWritten ? written : values)[field.variable], !value.isEmpty,
                    value.count <= kind.longest
                else { return nil }
                filled[field.name] = value
            }
            return filled
        }
    }

    /// The kinds of fields our variables fit, with what WeChat takes in them (`subscribeMessage.send`).
    private enum Kind: String, CaseIterable {
        case thing, name, date, time
        case telephone = "phone_number"

        init?(field: String) {
            let kind = Kind.allCases.first { kind in
                let number = field.dropFirst(kind.rawValue.count)
                return field.hasPrefix(kind.rawValue) && !number.isEmpty
                    && number.allSatisfy { $0.isASCII && $0.isNumber }
            }
            guard let kind else { return nil }
            self = kind
        }

        /// In characters.
        var longest: Int {
            switch self {
            case .thing: 20
            case .telephone: 17
            case .date, .time: 32
            case .name: 10
            }
        }

        var variables: Set<MessageVariable> {
            switch self {
            case .thing: Set(MessageVariable.allCases)
            case .name: [.name]
            case .date: [.date, .lastDay]
            case .time: [.time]
            case .telephone: [.telephone]
            }
        }

        var isWritten: Bool { self == .date || self == .time }
    }

    private let templates: [MessagePurpose: Template]

    /// - Parameter text: `purpose=TEMPLATE:field.variable,field.variable`, several with semicolons between, as
    ///   `appointmentReminder=tpl-1:thing1.station,date2.date,time3.time`.
    /// - Throws: `ProviderTemplates.Mistake`, which says what to write instead.
    package init(_ text: String) throws(ProviderTemplates.Mistake) {
        var templates: [MessagePurpose: Template] = [:]
        for raw in text.split(separator: ";") {
            let entry = raw.filter { !$0.isWhitespace }
            guard !entry.isEmpty else { continue }
            guard let equals = entry.firstIndex(of: "="), let colon = entry[equals...].firstIndex(of: ":") else {
                throw .init(
                    description: "“\(entry)” is not of the form purpose=TEMPLATE:field.variable,field.variable.")
            }
            guard let purpose = MessagePurpose(rawValue: String(entry[..<equals])) else {
                let known = MessagePurpose.allCases.map(\.rawValue).joined(separator: ", ")
                throw .init(description: "there is no purpose “\(entry[..<equals])”; there are \(known).")
            }
            // WeChat takes no templates that advertise; whom we never spoke to has not tapped either.
            guard purpose != .outreach else {
                throw .init(description: "outreach cannot go through WeChat: only who is in touch can have tapped.")
            }
            let code = entry[entry.index(after: equals)..<colon]
            guard (1...64).contains(code.count), code.allSatisfy(\.isASCII) else {
                throw .init(description: "“\(entry)” has no template: write its id as WeChat shows it.")
            }
            let template = Template(
                code: String(code), fields: try Self.fields(entry[entry.index(after: colon)...], purpose))
            guard templates.updateValue(template, forKey: purpose) == nil else {
                throw .init(description: "\(purpose.rawValue) is there twice: leave one.")
            }
        }
        self.templates = templates
    }

    package var isEmpty: Bool { self.templates.isEmpty }

    package var purposes: [MessagePurpose] { MessagePurpose.allCases.filter { self.templates[$0] != nil } }

    package func template(for purpose: MessagePurpose) -> Template? { self.templates[purpose] }

    private static func fields(
        _ text: Substring, _ purpose: MessagePurpose
    ) throws(ProviderTemplates.Mistake) -> [(name: String, variable: MessageVariable)] {
        var fields: [(name: String, variable: MessageVariable)] = []
        let allowed = purpose.variables.allowed
        for part in text.split(separator: ",") {
            let words = part.split(separator: ".", omittingEmptySubsequences: false)
            guard words.count == 2, let variable = MessageVariable(rawValue: String(words[1])),
                allowed.contains(variable)
            else {
                throw .init(
                    description:
                        "“\(part)” is not of the form field.variable; \(purpose.rawValue) has \(Self.list(allowed)).")
            }
            guard let kind = Kind(field: String(words[0])), kind.variables.contains(variable) else {
                let kinds = Kind.allCases.map { kind in
                    "\(kind.rawValue)1 for \(kind == .thing ? "any" : Self.list(kind.variables))"
                }
                throw .init(
                    description:
                        "“\(words[0])” is no field for \(variable.rawValue); there are \(kinds.joined(separator: "; "))."
                )
            }
            guard !fields.contains(where: { $0.name == words[0] }) else {
                throw .init(description: "\(purpose.rawValue) names \(words[0]) twice: a field has one value.")
            }
            fields.append((String(words[0]), variable))
        }
        guard !fields.isEmpty else {
            throw .init(description: "\(purpose.rawValue) has no fields: enter those of the approved template.")
        }
        return fields
    }

    private static func list(_ variables: Set<MessageVariable>) -> String {
        variables.map(\.rawValue).sorted().joined(separator: ", ")
    }
}
