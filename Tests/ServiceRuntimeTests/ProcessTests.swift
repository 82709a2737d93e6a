import CardProgramme
import Configuration
import FoundationEssentials
import HTTPCalls
import Hummingbird
import Logging
import ServiceRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProcessTests {
    private func reader(_ values: [String: String]) -> ConfigReader {
        ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: values))
    }

    @Test func aMissingKeyIsNamedWithWhatItIsFor() {
        do throws(ConfigurationError) {
            _ = try self.reader(["KEYS_FILE": ""]).required(.keysFile)
            Issue.record("found")
        } catch {
            #expect("\(error)".contains("KEYS_FILE") && "\(error)".contains("CONFIG_FILE"))
        }
    }

    @Test(arguments: ["x", "-1", "65536", "80a", " 80", "８０"])
    func aPortThatIsNoneIsRefusedAndNotTakenForTheStandard(text: String) {
        #expect(throws: ConfigurationError.self) {
            try self.reader(["HTTP_PORT": text]).integer(.httpPort, in: 0...65535)
        }
    }

    @Test func standardValuesHoldWhereNothingIsSet() throws {
        let reader = self.reader(["HTTP_PORT": "8101"])
        #expect(try reader.integer(.httpPort, in: 0...65535) == 8101)
        #expect(try reader.required(.httpHost) == "127.0.0.1")
        #expect(try reader.choice(.logLevel, Logger.Level.self) == .info)
        #expect(reader.value(.clockFile) == nil)
        #expect(throws: ConfigurationError.self) {
            try self.reader(["LOG_LEVEL": "loud"]).choice(.logLevel, Logger.Level.self)
        }
    }

    @Test func aSecretIsNotRepeatedInAnError() {
        let key = ConfigurationKey("pin.code", isSecret: true, "A number.")
        do throws(ConfigurationError) {
            _ = try self.reader(["PIN_CODE": "s3cret"]).integer(key, in: 0...9)
        } catch {
            #expect(!"\(error)".contains("s3cret") && error.key == "PIN_CODE")
        }
    }

    @Test func everyCommonKeyIsReadUnderItsOwnEnvironmentName() {
        for key in ConfigurationKey.common {
            #expect(self.reader([key.environmentName: "17"]).value(key) == "17", "\(key.environmentName)")
            #expect(!key.documentation.isEmpty)
        }
        #expect(Set(ConfigurationKey.common.map(\.name)).count == ConfigurationKey.common.count)
    }

    @Test func aConfigurationFileIsReadAndTheEnvironmentWins() throws {
        try self.withFile("# comment\nHTTP_PORT=1\n\n DATABASE_PASSWORD = \"a=b #c\" \r\nLOG_LEVEL='debug'\n") { file in
            let reader = try ConfigurationSources.reader(environment: ["CONFIG_FILE": file, "HTTP_PORT": "2"])
            #expect(reader.value(.httpPort) == "2")
            #expect(reader.value(.databasePassword) == "a=b #c")
            #expect(reader.value(.logLevel) == "debug")
        }
    }

    @Test(arguments: [
        ("HTTP_PORT", "line 1"), ("A=1\nB 2", "line 2"), ("A=1\nA=2", "twice"), ("A B=1", "line 1"), ("=1", "line 1"),
    ])
    func aMistakeInTheFileIsNamedByItsLine(text: String, words: String) throws {
        try self.withFile(text) { file in
            do throws(ConfigurationError) {
                _ = try ConfigurationSources.reader(environment: ["CONFIG_FILE": file])
                Issue.record("accepted")
            } catch {
                #expect("\(error)".contains(words) && "\(error)".contains(file))
            }
        }
        #expect(throws: ConfigurationError.self) {
            try ConfigurationSources.reader(environment: ["CONFIG_FILE": "/nonexistent"])
        }
    }

    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "youdai-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file.path)
    }

    @Test func aConductedClockShowsWhatTheConductorWrote() throws {
        func bytes(_ milliseconds: Int64) -> Data {
            Data((0..<8).map { UInt8(truncatingIfNeeded: milliseconds >> ($0 * 8)) })
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "youdai-clock-\(UUID().uuidString)")
        // 2022-03-01 00:00 in Asia/Shanghai.
        try bytes(1_646_064_000_000).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let clock = try ProgrammeClock.conducted(file: file.path)
        #expect(clock.now() == Date(timeIntervalSince1970: 1_646_064_000))
        #expect(clock.today == CalendarDay("2022-03-01"))
        let handle = try #require(FileHandleWriter(path: file.path))
        handle.overwrite(bytes(1_646_063_999_999))
        #expect(clock.today == CalendarDay("2022-02-28"))
        #expect(clock.now() == Date(timeIntervalSince1970: 1_646_063_999.999))
    }

    @Test func aClockFileThatIsNoneIsRefused() throws {
        #expect(throws: ConfigurationError.self) { try ProgrammeClock.conducted(file: "/nonexistent/clock") }
        try self.withFile("short") { file in
            #expect(throws: ConfigurationError.self) { try ProgrammeClock.conducted(file: file) }
        }
    }

    @Test func whatIsInFlightWhenTheServerStopsIsAnswered() async throws {
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        let (releases, release) = AsyncStream<Void>.makeStream()
        try await LiveAPI.with { api in
            api.get("slow") { _, _ in
                arrived.yield()
                for await _ in releases { break }
                return try APIReply.json(["done": true])
            }
        } body: { api in
            async let reply = api.call("GET", "/api/slow")
            for await _ in arrivals { break }
            await api.stop()
            release.yield()
            let answer = try await reply
            #expect(answer.text == #"{"done":true}"#)
            // The server has gone, or takes no new connection any more.
            let late = HTTPCaller(host: "127.0.0.1", port: api.port, connections: 1, timeout: .seconds(5))
            await #expect(throws: HTTPCallError.self) { try await late.call("GET", "/health/live") }
        }
    }
}
