import Access
import ArgumentParser
import Contracts
import FoundationEssentials
import Glibc
import ServiceRuntime

/// `youdai keys init`
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make the key files of an installation.", subcommands: [Init.self])

    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write <service>.json, token.key and token.pub; never overwrites a key.")

        @Option(help: "Where the files go; made if missing.")
        var directory: String

        func run() throws {
            do {
                try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
            } catch {
                throw OperationsError("\(self.directory) cannot be made: check the path and its permissions.")
            }
            let existing = (try? FileManager.default.contentsOfDirectory(atPath: self.directory)) ?? []
            guard !existing.contains(where: { $0.hasSuffix(".json") || $0.hasPrefix("token.") }) else {
                throw OperationsError(
                    "\(self.directory) holds keys already. Overwriting them would make everything sealed with them unreadable; take another directory."
                )
            }
            let recipients = Dictionary(
                grouping: ContractRegistry.all.flatMap { contract in
                    contract.producers.flatMap { producer in contract.consumers.map { (producer, $0) } }
                }, by: \.0.rawValue
            ).mapValues { Set($0.map(\.1.rawValue)) }
            do {
                var files = try KeyRing.generate(
                    services: ServiceName.allCases.map(\.rawValue), recipients: recipients
                ).map { ("\($0.key).json", $0.value) }
                let pair = TokenSigner.generatePair()
                files.append(("token.key", pair.privateKey + "\n"))
                files.append(("token.pub", pair.publicKey + "\n"))
                for (name, text) in files { try Self.writePrivately(text, to: "\(self.directory)/\(name)") }
            } catch let error as AccessError {
                throw OperationsError("\(error)")
            }
            Terminal.write(
                "  keys of \(ServiceName.allCases.count) services and the token key are in \(self.directory)\n")
        }

        /// Readable by the owner only from the first byte on.
        private static func writePrivately(_ text: String, to path: String) throws(OperationsError) {
            guard let descriptor = SystemCalls.openForWriting(path, isNew: true) else {
                throw OperationsError("\(path) cannot be written.")
            }
            defer { close(descriptor) }
            guard SystemCalls.write(Array(text.utf8), to: descriptor), fsync(descriptor) == 0 else {
                throw OperationsError("\(path) cannot be written.")
            }
        }
    }
}
