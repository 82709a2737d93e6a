import Testing

/// Who may know whom (ARCHITECTURE §2).
struct ImportTests {
    private let tree = SourceTree.this

    private var services: [String] { self.tree.folders(in: "Services") }

    @Test func theTreeIsFound() {
        #expect(self.tree.swift.count > 200)
        #expect(self.services.count >= 6)
    }

    @Test func servicesNeverImportEachOther() {
        for file in self.tree.swift(under: "Services/", "Shared/") {
            let others = file.imports.intersection(self.services).subtracting([String(file.target.dropFirst(9))])
            #expect(others.isEmpty, "\(file.path) imports \(others.sorted())")
        }
    }

    @Test func topLevelHasItsFixedFolders() {
        let folders = Set(
            self.tree.texts.compactMap { $0.path.split(separator: "/").first }.filter { !$0.contains(".") })
        #expect(folders == ["Services", "Shared", "Tests", "compose"])
    }

    @Test func eachLibraryOfTheSystemIsImportedByOneTarget() {
        let modules = Set(
            self.tree.texts.filter { $0.name == "module.modulemap" }.compactMap { file in
                file.path.split(separator: "/").dropLast().last.map { String($0) }
            })
        #expect(modules.count >= 3)
        for module in modules.sorted() {
            let targets = Set(self.tree.swift.filter { $0.imports.contains(module) }.map(\.target))
            #expect(targets.count == 1, "\(module): \(targets.sorted())")
        }
    }

    @Test func noCodeHidesInTheModulesOfTheSystemLibraries() {
        for file in self.tree.texts where file.path.hasPrefix("Shared/C/") {
            #expect(["module.modulemap", "shim.h", "README.md"].contains(file.name), "\(file.path)")
        }
    }

    /// The rules: a plain list of what they may stand on. None of it opens a file or a connection of itself.
    private static let pureImports: Set<String> = [
        "Access", "CardProgramme", "Contracts", "Crypto", "FoundationEssentials",
    ]

    @Test func rulesImportNoInputOrOutput() {
        for file in self.tree.swift(under: "Services/") where file.room == "Domain" {
            let others = file.imports.subtracting(Self.pureImports)
            #expect(others.isEmpty, "\(file.path) imports \(others.sorted())")
        }
        for file in self.tree.swift(under: "Shared/CardProgramme/") {
            let allowed: Set<String> =
                file.room == "ProgrammeFile" ? ["FoundationEssentials", "Yams"] : ["FoundationEssentials"]
            let others = file.imports.subtracting(allowed)
            #expect(others.isEmpty, "\(file.path) imports \(others.sorted())")
        }
    }

    @Test func rulesTouchNoFileKeyOrEnvironment() {
        let words = [
            "FileManager", "FileHandle", "ProcessInfo", "URL", "KeyRing", "TokenSigner", "TokenVerifier", "getenv",
        ]
        for file in self.tree.swift(under: "Services/", "Shared/CardProgramme/")
        where file.room == "Domain" || file.target == "Shared/CardProgramme" {
            #expect(file.places(ofWords: words) == [], "not for rules")
        }
    }

    @Test func httpStaysAtTheEdge() {
        let modules: Set<String> = ["Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOHTTP1"]
        for file in self.tree.swift(under: "Services/", "Shared/") where !file.imports.isDisjoint(with: modules) {
            let isEdge =
                ["API", "Pages"].contains(file.room) || file.name.hasSuffix("Assembly.swift")
                || file.path.hasPrefix("Shared/ServiceRuntime/HTTP/") || file.target == "Shared/HTTPCalls"
                // Measures what the HTTP server manages alone.
                || file.path == "Services/Operations/Bench/HTTPCeiling.swift"
            #expect(isEdge, "\(file.path) imports \(file.imports.intersection(modules).sorted())")
        }
    }

    private static let databaseTargets: Set<String> = [
        "Services/Operations", "Shared/Messaging", "Shared/PostgreSQL", "Shared/Storage",
    ]

    @Test func sqlStaysInStorage() {
        let calls = [
            "pool.query(", "pool.execute(", "sql.query(", "sql.execute(", "transaction.query(", "transaction.execute(",
            "connection.query(", "connection.execute(",
        ]
        let statements = ["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE ", "ALTER TABLE ", "FOR UPDATE"]
        for file in self.tree.swift(under: "Services/", "Shared/") {
            guard file.room != "Storage", !Self.databaseTargets.contains(file.target) else { continue }
            #expect(file.places(ofWords: ["SQL"]) + file.places(of: calls) == [], "SQL outside Storage")
            let texts = file.uncommented.enumerated().filter { line in statements.contains { line.element.has($0) } }
            #expect(texts.map { "\(file.path):\($0.offset + 1)" } == [], "a statement outside Storage")
        }
    }

    @Test func noTestReachesIntoATargetFromTheSide() {
        let word = "@" + "testable"
        for file in self.tree.swift { #expect(file.places(of: [word]) == []) }
    }
}
