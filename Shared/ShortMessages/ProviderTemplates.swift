import CardProgramme

/// Which of a provider's approved templates says what we say, by purpose and version of our words.
///
/// Such a provider sends the text it has approved, not ours: when an office changes its words, the old template says something
/// else, and the provider is left out for that purpose until a template of the new version is entered here.
package struct ProviderTemplates: Sendable, Equatable {
    /// An approved template.
    package struct Template: Sendable, Equatable {
        /// As the provider names it: `SMS_154950909`, `1110000`.
        package let code: String
        /// In the order of the template's own variables.
        package let variables: [MessageVariable]
    }

    /// What is wrong with the text, and what to do.
    package struct Mistake: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String
    }

    private struct Key: Hashable {
        let purpose: MessagePurpose
        let version: Int
    }

    private let templates: [Key: Template]

    package static let none = ProviderTemplates(templates: [:])

    private init(templates: [Key: Template]) {
        self.templates = templates
    }

    /// - Parameter text: `purpose=CODE:variable,variable`, several with semicolons between. `purpose@3=…` is for the third
    ///   version of our words; without a number for the standard ones.
    package init(_ text: String) throws(Mistake) {
        var templates: [Key: Template] = [:]
        for raw in text.split(separator: ";") {
            let entry = Self.trimmed(raw)
            guard !entry.isEmpty else { continue }
            guard let equals = entry.firstIndex(of: "="), let colon = entry[equals...].firstIndex(of: ":") else {
                throw Mistake(description: "“\(entry)” is not of the form purpose=CODE:variable,variable.")
            }
            let key = try Self.key(entry[..<equals])
            let code = Self.trimmed(entry[entry.index(after: equals)..<colon])
            guard !code.isEmpty, code.count <= 64, code.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else {
                throw Mistake(
                    description: "“\(entry)” has no code: write what the provider calls the approved template.")
            }
            let variables = try Self.variables(entry[entry.index(after: colon)...], key.purpose)
            guard templates.updateValue(Template(code: String(code), variables: variables), forKey: key) == nil else {
                throw Mistake(
                    description: "\(key.purpose.rawValue) is there twice for version \(key.version): leave one.")
            }
        }
        self.templates = templates
    }

    package var isEmpty: Bool { self.templates.isEmpty }

    package func template(for purpose: MessagePurpose, version: Int) -> Template? {
        self.templates[Key(purpose: purpose, version: version)]
    }

    private static func key(_ text: Substring) throws(Mistake) -> Key {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard let purpose = MessagePurpose(rawValue: String(Self.trimmed(parts[0]))) else {
            let known = MessagePurpose.allCases.map(\.rawValue).joined(separator: ", ")
            throw Mistake(description: "there is no purpose “\(parts[0])”; there are \(known).")
        }
        guard parts.count > 1 else { return Key(purpose: purpose, version: 0) }
        guard parts.count == 2, let version = Int(Self.trimmed(parts[1])), version >= 0 else {
            throw Mistake(description: "“\(text)” has no number of a version after @.")
        }
        return Key(purpose: purpose, version: version)
    }

    private static func variables(
        _ text: Substring, _ purpose: MessagePurpose
    ) throws(Mistake) -> [MessageVariable] {
        var variables: [MessageVariable] = []
        let (required, allowed) = purpose.variables
        for raw in text.split(separator: ",") {
            let name = Self.trimmed(raw)
            guard let variable = MessageVariable(rawValue: String(name)), allowed.contains(variable) else {
                let known = allowed.map(\.rawValue).sorted().joined(separator: ", ")
                throw Mistake(description: "\(purpose.rawValue) has no variable “\(name)”; it has \(known).")
            }
            guard !variables.contains(variable) else {
                throw Mistake(description: "\(purpose.rawValue) names \(name) twice: a variable has one place.")
            }
            variables.append(variable)
        }
        let missing = required.subtracting(variables).map(\.rawValue).sorted()
        guard missing.isEmpty else {
            throw Mistake(
                description:
                    "\(purpose.rawValue) must say \(missing.joined(separator: ", ")): a template without is of no use.")
        }
        return variables
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var part = text
        while part.first?.isWhitespace == true { part = part.dropFirst() }
        while part.last?.isWhitespace == true { part = part.dropLast() }
        return part
    }
}
