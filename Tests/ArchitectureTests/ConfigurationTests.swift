import Testing

/// Every key somebody can set is declared once, printed by `<service> configuration`, and known to the scripts.
struct ConfigurationTests {
    private let tree = SourceTree.this

    struct Key {
        var variable: String
        /// `http.port`
        var name: String
        var file: String

        var environmentName: String { self.name.replacing(".", with: "_").uppercased() }
    }

    /// `static let name = ConfigurationKey("a.b", …`, also over several lines.
    private func keys() -> [Key] {
        self.tree.swift(under: "Services/", "Shared/").flatMap { file in
            file.uncommented.indices.compactMap { index in
                let line = file.uncommented[index]
                guard line.contains("static let"), line.contains("= ConfigurationKey(") else { return nil }
                let words = line.split(separator: " ")
                guard let mark = words.firstIndex(of: "let"), mark + 1 < words.count else { return nil }
                let text = file.uncommented[index...].prefix(2).joined(separator: " ")
                guard let start = text.firstRange(of: "ConfigurationKey(") else { return nil }
                let parts = text[start.upperBound...].split(separator: "\"", omittingEmptySubsequences: false)
                guard parts.count > 1 else { return nil }
                return Key(variable: String(words[mark + 1]), name: String(parts[1]), file: file.path)
            }
        }
    }

    @Test func everyKeyIsPrinted() throws {
        let keys = self.keys()
        #expect(keys.count > 20)
        // Two services may have a key of the same name; one service may not.
        let places = keys.map { "\($0.name) \($0.file.split(separator: "/").prefix(2))" }
        #expect(Set(places).count == places.count, "a name is declared twice")
        let common = try #require(self.tree.text("Shared/ServiceRuntime/Configuration/ConfigurationKey+Common.swift"))
        let list = common.code.drop { !$0.contains("static let common") }.joined(separator: " ")
        for key in keys {
            if key.file == common.path {
                #expect(list.hasWord(key.variable), "\(key.environmentName) is missing in `common`")
                continue
            }
            // A key of one service: listed in its `keys`, which its main function passes on.
            let file = try #require(self.tree.text(key.file))
            let from = file.code.drop { !$0.contains("static let keys: [ConfigurationKey]") }
            let end =
                from.dropFirst().firstIndex { $0.hasPrefix("    ]") || !$0.hasPrefix("        ") } ?? from.endIndex
            #expect(
                from.prefix(upTo: end).contains { $0.hasWord(key.variable) },
                "\(key.environmentName) is missing in the service's `keys`")
            let folder = key.file.split(separator: "/").prefix(2).joined(separator: "/")
            #expect(
                self.tree.swift(under: folder).contains { file in
                    file.name.hasSuffix("Service.swift") && file.code.contains { $0.contains("Configuration.keys") }
                }, "\(folder) does not print its keys")
        }
    }

    @Test func everyKeyTheScriptsWriteIsReadBySomebody() throws {
        let known = Set(self.keys().map(\.environmentName))
        let script = try #require(self.tree.text("compose/lib/configuration.sh"))
        let lines = script.lines.drop { !$0.hasPrefix("service_configuration()") }.prefix {
            !$0.hasPrefix("operations_configuration()")
        }
        let kannel = try #require(self.tree.text("compose/lib/kannel.sh"))
        let provider = kannel.lines.drop { !$0.hasPrefix("provider_configuration()") }.prefix { $0 != "}" }
        #expect(provider.count > 4)
        let written = (Array(lines) + Array(provider)).compactMap { line in
            line.firstIndex(of: "=").map { String(line[..<$0]) }
        }.filter { name in !name.isEmpty && name.allSatisfy { $0.isUppercase || $0 == "_" } }
        #expect(written.count > 15)
        for name in written { #expect(known.contains(name), "\(name) is written for services, and none reads it") }
    }

    @Test func theEnvironmentIsReadInOnePlace() {
        let readers: Set<String> = [
            "Services/Operations/Faults/ServerControl.swift", "Services/Operations/Installation/Installation.swift",
            "Shared/ServiceRuntime/Configuration/ConfigurationSources.swift",
        ]
        for file in self.tree.swift(under: "Services/", "Shared/") where !readers.contains(file.path) {
            #expect(file.places(of: ["processInfo.environment", "getenv("]) == [])
        }
    }

    @Test func everyKeyOfTheCommandLineIsExplained() throws {
        let readme = try #require(self.tree.text("Services/Operations/README.md"))
        let source = try #require(self.tree.text("Services/Operations/Installation/Installation.swift"))
        for line in source.uncommented {
            for call in ["required(\"", "port(\"", "values[\""] {
                guard let start = line.firstRange(of: call) else { continue }
                let name = String(line[start.upperBound...].prefix { $0 != "\"" })
                guard name.allSatisfy({ $0.isUppercase || $0 == "_" }) else { continue }
                #expect(readme.text.contains(name), "\(name) is not in \(readme.path)")
            }
        }
    }
}
