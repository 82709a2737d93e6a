import Contracts
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Commands that need the executable and hardly anything else.
@Suite(.serialized, .enabled(if: ServiceStandInstallation.current != nil), .timeLimit(.minutes(2)))
struct CommandTests {
    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    @Test func theProgrammeOfQiaochengIsFaultless() async throws {
        let youdai = try Youdai()
        let outcome = try await youdai.run("programme", "check", youdai.installation.programmeFile)
        #expect(outcome.isSuccess)
        #expect(outcome.output.contains("3 batches, 25 stations"))
    }

    @Test func everyMistakeOfAProgrammeIsNamedByFileAndLine() async throws {
        let youdai = try Youdai()
        let good = try Self.text(youdai.installation.programmeFile)
        try await youdai.withTemporaryDirectory { directory in
            let file = "\(directory)/broken.yaml"
            var lines = good.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
            let division = try #require(lines.firstIndex { $0.hasPrefix("division:") })
            let window = try #require(lines.firstIndex { $0.hasPrefix("window:") })
            lines[division] = "division: \"34\""
            lines[window] = "window: {from: 2022-02-31, through: 2022-11-30}"
            let broken = [division, window]
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
            let outcome = try await youdai.run("programme", "check", file)
            #expect(outcome.ending == .exited(1))
            for index in broken { #expect(outcome.errors.contains("\(file):\(index + 1):"), "\(outcome.errors)") }

            // Not even YAML: still a line, and no crash.
            try Data("title: [1, 2\nstages: {".utf8).write(to: URL(filePath: file))
            let syntax = try await youdai.run("programme", "check", file)
            #expect(syntax.ending == .exited(1))
            #expect(syntax.errors.contains("\(file):"))

            // Not even text.
            try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: file))
            #expect(try await youdai.run("programme", "check", file).ending == .exited(1))
        }
        let missing = try await youdai.run("programme", "check", "nowhere.yaml")
        #expect(missing.ending == .exited(1))
        #expect(missing.errors.contains("nowhere.yaml cannot be read"))
    }

    @Test func keysAreNeverOverwritten() async throws {
        let youdai = try Youdai()
        try await youdai.withTemporaryDirectory { directory in
            let keys = "\(directory)/keys"
            #expect(try await youdai.run("keys", "init", "--directory", keys).isSuccess)
            let names = try FileManager.default.contentsOfDirectory(atPath: keys).sorted()
            #expect(
                names == (ServiceName.allCases.map { "\($0.rawValue).json" } + ["token.key", "token.pub"]).sorted())
            let before = try names.map { try Self.text("\(keys)/\($0)") }
            for name in names {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(keys)/\(name)")
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name) is readable by others")
            }
            let again = try await youdai.run("keys", "init", "--directory", keys)
            #expect(again.ending == .exited(1))
            #expect(again.errors.contains("holds keys already"))
            #expect(try names.map { try Self.text("\(keys)/\($0)") } == before)
            // One key left is enough to stop it.
            for name in names where name != "token.pub" {
                try FileManager.default.removeItem(atPath: "\(keys)/\(name)")
            }
            #expect(try await youdai.run("keys", "init", "--directory", keys).ending == .exited(1))
        }
    }

    @Test(arguments: ContractRegistry.all.map { $0.type })
    func theFixtureOfEachContractCanBePrinted(type: String) async throws {
        let outcome = try await Youdai().run("contracts", "fixture", type)
        #expect(outcome.isSuccess)
        let contract = try #require(ContractRegistry.contract(ofType: type))
        #expect(outcome.output == String(decoding: try ContractCoding.encode(contract.example), as: UTF8.self) + "\n")
    }

    @Test func theContractsCanBeListedAndDescribed() async throws {
        let youdai = try Youdai()
        let list = try await youdai.run("contracts")
        #expect(list.isSuccess)
        for contract in ContractRegistry.all { #expect(list.output.contains(contract.type)) }
        #expect(try await youdai.run("contracts", "asyncapi").output == AsyncAPIDocument().text)
        let unknown = try await youdai.run("contracts", "fixture", "submission.accepted.v9")
        #expect(unknown.ending == .exited(1))
        #expect(unknown.errors.contains("There is no contract submission.accepted.v9"))
    }

    @Test func aReaderThatLeavesEarlyDoesNotKillTheCommand() async throws {
        let youdai = try Youdai()
        try await youdai.withTemporaryDirectory { directory in
            let script = "\"$0\" contracts asyncapi | head -n 1; echo status ${PIPESTATUS[0]}"
            let process = try ServiceStandProcess.start(
                "/bin/bash", ["-c", script, youdai.installation.executable("youdai")],
                environment: ["PATH": "/usr/bin:/bin"], outputFile: "\(directory)/out")
            #expect(await process.ending() == .exited(0))
            #expect(process.output == "{\nstatus 0\n")
        }
    }

    @Test func everyServiceExplainsItsConfiguration() async throws {
        let youdai = try Youdai()
        try await youdai.withTemporaryDirectory { directory in
            for service in ServiceName.allCases {
                let process = try ServiceStandProcess.start(
                    youdai.installation.executable(service.rawValue), ["configuration"], environment: [:],
                    outputFile: "\(directory)/\(service.rawValue)")
                #expect(await process.ending() == .exited(0))
                for key in [
                    "HTTP_PORT=", "DATABASE_NAME=", "PROCESS_PARENT=", "FAULTS_CRASH_AT=", "FAULTS_CRASH_SUBJECT=",
                ] {
                    #expect(process.output.contains("\n\(key)\n"), "\(service.rawValue): \(key)")
                }
                let wrong = try ServiceStandProcess.start(
                    youdai.installation.executable(service.rawValue), ["sevre"], environment: [:],
                    outputFile: "\(directory)/\(service.rawValue)-wrong")
                #expect(await wrong.ending() == .exited(64))
            }
        }
    }
}
