import Testing

/// What the services do with messages, compared with what the contracts say.
struct ContractUseTests {
    private let tree = SourceTree.this

    struct Contract {
        var type: String
        var producers: Set<String>
        var consumers: Set<String>
    }

    private func contracts() throws -> [Contract] {
        try self.tree.swift(under: "Shared/Contracts/Messages/").compactMap { file in
            guard let line = file.code.first(where: { $0.contains(": MessageContract") }) else { return nil }
            let type = try #require(line.split(separator: " ").first { $0.hasSuffix(":") }).dropLast()
            return Contract(
                type: String(type), producers: try Self.list("producers", file),
                consumers: try Self.list("consumers", file))
        }
    }

    /// The names in `static let consumers: [ServiceName] = [.intake, .verification]`.
    private static func list(_ name: String, _ file: SourceFile) throws -> Set<String> {
        let line = try #require(file.code.first { $0.contains("static let \(name):") }, "\(file.path) has no \(name)")
        let value = try #require(line.split(separator: "=").last)
        return Set(value.split { !$0.isLetter }.map { String($0) })
    }

    /// The services that have a handler for a type, by their names on the broker.
    private func handlers(of type: String) -> Set<String> {
        Set(
            self.tree.swift(under: "Services/").filter { file in
                file.mentions(".on(\(type).self")
            }.map { $0.target.dropFirst("Services/".count).lowercased() })
    }

    @Test func whoHandlesAMessageIsItsReceiver() throws {
        let contracts = try self.contracts()
        #expect(contracts.count >= 7)
        for contract in contracts {
            #expect(self.handlers(of: contract.type) == contract.consumers, "\(contract.type)")
        }
    }

    @Test func whoMakesAMessageIsItsSender() throws {
        for contract in try self.contracts() {
            for file in self.tree.swift(under: "Services/") where file.target != "Services/Operations" {
                guard file.mentions("\(contract.type)(") else { continue }
                let service = file.target.dropFirst("Services/".count).lowercased()
                #expect(contract.producers.contains(service), "\(file.path) makes \(contract.type)")
            }
        }
    }

    @Test func everySenderReallySends() throws {
        for contract in try self.contracts() {
            let senders = Set(
                self.tree.swift(under: "Services/").filter { file in
                    file.target != "Services/Operations" && file.mentions("\(contract.type)(")
                }.map { $0.target.dropFirst("Services/".count).lowercased() })
            #expect(contract.producers.subtracting(senders) == [], "\(contract.type) is never made there")
        }
    }
}
