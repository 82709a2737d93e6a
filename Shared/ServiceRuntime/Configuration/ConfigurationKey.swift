import Configuration

/// One key a service can be configured by, with the text that `<service> configuration` prints for it.
package struct ConfigurationKey: Sendable, Hashable {
    /// Dotted name as ``ConfigReader`` takes it: `http.port` is `HTTP_PORT` in the environment.
    package let name: String
    /// What it sets, with its unit.
    package let documentation: String
    /// The value used when nothing is set; `nil` where one must be given.
    package let standard: String?
    /// Never printed or logged.
    package let isSecret: Bool

    package init(_ name: String, standard: String? = nil, isSecret: Bool = false, _ documentation: String) {
        self.name = name
        self.standard = standard
        self.isSecret = isSecret
        self.documentation = documentation
    }

    /// The form in the environment and in configuration files.
    package var environmentName: String {
        String(self.name.map { $0 == "." ? "_" : $0 }).uppercased()
    }
}

/// A configuration that cannot be used. The text names the key and says what to do; a secret's value is never in it.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    package let key: String
    package let problem: String

    package init(key: ConfigurationKey, problem: String) {
        self.key = key.environmentName
        self.problem = problem
    }

    package init(key: String, problem: String) {
        self.key = key
        self.problem = problem
    }

    package var description: String { "\(self.key): \(self.problem)" }
}

extension ConfigReader {
    /// The value of a key, or its standard value; an empty text counts as not set.
    package func value(_ key: ConfigurationKey) -> String? {
        let text = self.string(forKey: ConfigKey(key.name), isSecret: key.isSecret)
        guard let text, !text.isEmpty else { return key.standard?.isEmpty == true ? nil : key.standard }
        return text
    }

    /// The value of a key that must have one.
    package func required(_ key: ConfigurationKey) throws(ConfigurationError) -> String {
        guard let text = self.value(key) else {
            throw ConfigurationError(
                key: key,
                problem:
                    "is not set. Set it in the environment or in the file named by CONFIG_FILE: \(key.documentation)")
        }
        return text
    }

    /// The value of a key as a whole number within bounds.
    package func integer(_ key: ConfigurationKey, in bounds: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        let text = try self.required(key)
        guard let number = Int(text), bounds.contains(number) else {
            throw ConfigurationError(
                key: key,
                problem:
                    "is “\(key.isSecret ? "…" : text)”; it must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound)."
            )
        }
        return number
    }

    /// The value of a key as one of a few words.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: ConfigurationKey, _ type: Choice.Type
    ) throws(ConfigurationError) -> Choice {
        let text = try self.required(key)
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(key: key, problem: "is “\(text)”; it must be one of: \(words).")
        }
        return choice
    }
}
