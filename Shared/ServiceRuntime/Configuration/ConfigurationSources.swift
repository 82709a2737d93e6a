import Configuration
import FoundationEssentials

/// Where a process takes its configuration from: the environment first, then the file named by `CONFIG_FILE`.
package enum ConfigurationSources {
    /// - Throws: ``ConfigurationError`` naming the file and line when the file cannot be read or is not KEY=VALUE lines.
    package static func reader(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> ConfigReader {
        let surroundings = EnvironmentVariablesProvider(environmentVariables: environment)
        guard let file = environment[ConfigurationKey.configurationFile.environmentName], !file.isEmpty else {
            return ConfigReader(provider: surroundings)
        }
        guard let data = try? Data(contentsOf: URL(filePath: file)),
            let text = String(validating: data, as: UTF8.self)
        else {
            throw ConfigurationError(
                key: .configurationFile,
                problem: "names \(file), which cannot be read as UTF-8 text: check the path and its permissions.")
        }
        let values = try Self.parse(text, file: file)
        return ConfigReader(providers: [surroundings, EnvironmentVariablesProvider(environmentVariables: values)])
    }

    /// KEY=VALUE lines; `#` starts a comment line; a value may stand in double or single quotes.
    ///
    /// Parsed here and not by the provider, which skips what it does not understand: a mistyped line would then look like
    /// a missing key.
    package static func parse(_ text: String, file: String) throws(ConfigurationError) -> [String: String] {
        var values: [String: String] = [:]
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = Self.trimmed(raw)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            guard let equals = line.firstIndex(of: "=") else {
                throw ConfigurationError(
                    key: .configurationFile, problem: "\(file), line \(index + 1) is not of the form KEY=VALUE.")
            }
            let name = Self.trimmed(line[..<equals])
            guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
                throw ConfigurationError(
                    key: .configurationFile,
                    problem: "\(file), line \(index + 1): a key has letters, digits and underscores only.")
            }
            var value = Self.trimmed(line[line.index(after: equals)...])
            for quote in ["\"", "'"] where value.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
                value = value.dropFirst().dropLast()
                break
            }
            guard values.updateValue(String(value), forKey: String(name)) == nil else {
                throw ConfigurationError(
                    key: .configurationFile, problem: "\(file), line \(index + 1): \(name) is set twice.")
            }
        }
        return values
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var part = text
        while part.first?.isWhitespace == true { part = part.dropFirst() }
        while part.last?.isWhitespace == true { part = part.dropLast() }
        return part
    }
}
