import FoundationEssentials
import Testing

/// How files look, whatever is in them.
struct FileTests {
    private let tree = SourceTree.this

    @Test func noFileIsLongerThanFourHundredLines() {
        for file in self.tree.texts where ["swift", "sh", "md", "h"].contains(where: { file.path.hasSuffix(".\($0)") })
        {
            let count = file.lines.count
            #expect(count <= 401, "\(file.path) has \(count) lines: split it by what it does")
        }
    }

    @Test(arguments: ["Services", "Shared"])
    func everyFolderSaysWhatItIs(parent: String) throws {
        for folder in self.tree.folders(in: parent) {
            let readme = try #require(
                self.tree.text("\(parent)/\(folder)/README.md"), "\(parent)/\(folder) has no README.md")
            let lines = readme.text.split(separator: "\n")
            #expect(lines.first?.hasPrefix("# ") == true)
            #expect(lines.count >= 5, "\(readme.path) is a placeholder")
            #expect(readme.lines.count <= 61, "\(readme.path) is longer than anybody reads")
            guard folder != "C" else { continue }
            let types = self.declaredTypes("\(parent)/\(folder)")
            let named = types.filter { readme.text.hasWord($0) }
            #expect(named.count >= min(2, types.count), "\(readme.path) names none of the main types")
        }
    }

    @Test func everyFolderOfServicesHasOnlyKnownRooms() {
        let rooms: Set<String> = ["", "API", "Consumers", "Domain", "Pages", "Storage", "UseCases"]
        for file in self.tree.swift(under: "Services/") where file.target != "Services/Operations" {
            #expect(rooms.contains(file.room), "\(file.path)")
        }
    }

    private func declaredTypes(_ target: String) -> Set<String> {
        var types: Set<String> = []
        for file in self.tree.swift(under: "\(target)/") {
            for line in file.code where !line.hasPrefix(" ") {
                let words = line.split { $0 == " " || $0 == ":" || $0 == "<" || $0 == "{" || $0 == "(" }.map {
                    String($0)
                }
                guard
                    let kind = words.firstIndex(where: {
                        ["struct", "class", "actor", "enum", "protocol"].contains($0)
                    }),
                    kind + 1 < words.count
                else { continue }
                types.insert(words[kind + 1])
            }
        }
        return types
    }

    @Test func aMigrationIsNamedByItsNumberAndNumbersAreUsedOnce() {
        for target in Set(self.tree.swift(under: "Services/").map(\.target)) {
            let names = self.tree.swift(under: "\(target)/Storage/Migrations/").map(\.name)
            let numbers = names.compactMap { name in
                name.hasPrefix("V") && name.contains("__") ? Int(name.dropFirst().prefix { $0.isNumber }) : nil
            }
            #expect(numbers.count == names.count && Set(numbers).count == numbers.count, "\(target): \(names)")
            #expect(numbers.allSatisfy { $0 >= 100 })
        }
    }

    @Test func noPathOfOneMachine() {
        let roots = ["/work" + "/", "/root" + "/", "/home" + "/", "/Users" + "/", "/tmp" + "/"]
        for file in self.tree.texts {
            guard roots.contains(where: { file.text.has($0) }) else { continue }
            for (index, line) in file.lines.enumerated() where roots.contains(where: { line.has($0) }) {
                Issue.record("\(file.path):\(index + 1): \(line)")
            }
        }
    }

    @Test func everyTestTargetHasTests() {
        for folder in self.tree.folders(in: "Tests") where folder.hasSuffix("Tests") {
            #expect(
                self.tree.swift(under: "Tests/\(folder)/").contains { $0.mentions("@Test") },
                "Tests/\(folder) tests nothing")
        }
    }

    @Test func scriptsCanBeRun() throws {
        for path in ["compose/up", "compose/down", "compose/test", ".ci/run"] {
            let script = try #require(self.tree.text(path))
            #expect(script.text.hasPrefix("#!"), "\(path)")
            #expect(FileManager.default.isExecutableFile(atPath: "\(self.tree.root)/\(path)"), "\(path)")
        }
    }
}
