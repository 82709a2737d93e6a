import ArgumentParser
import Contracts
import FoundationEssentials

/// `youdai contracts`: what crosses the broker, for people and for programs.
struct ContractsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contracts",
        abstract:
            "消息契约：种类、收发方、样例与 AsyncAPI 文档 · The messages between the services: who sends what to whom, and in which form.",
        subcommands: [List.self, AsyncAPI.self, Fixture.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Every type of message with its senders, receivers and sealed members.")

        func run() throws {
            let rows = ContractRegistry.all.map { contract in
                [
                    contract.type, Self.names(contract.producers), Self.names(contract.consumers),
                    contract.sealedFields.joined(separator: ", "),
                ]
            }
            Terminal.write(Terminal.table([["", "发 from", "收 to", "密封 sealed"]] + rows))
        }

        private static func names(_ services: [ServiceName]) -> String {
            services.map(\.rawValue).joined(separator: ", ")
        }
    }

    struct AsyncAPI: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "asyncapi",
            abstract: "Print the AsyncAPI 3.0 document that Shared/Contracts/asyncapi.json holds.")

        func run() throws { Terminal.write(AsyncAPIDocument().text) }
    }

    struct Fixture: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fixture",
            abstract:
                "Print a type's example as it stands on the wire, its sealed members empty; youdai seal fills them.")

        @Argument(help: "Type of the message: submission.accepted.v1.")
        var type: String

        func run() throws {
            guard let contract = ContractRegistry.contract(ofType: self.type) else {
                let known = ContractRegistry.all.map { $0.type }.joined(separator: ", ")
                throw OperationsError("There is no contract \(self.type): take one of \(known).")
            }
            Terminal.write(String(decoding: try ContractCoding.encode(contract.example), as: UTF8.self) + "\n")
        }
    }
}
