import Redis
import Testing

@Suite struct ValueTests {
    @Test func `A value is what it is asked for, or an error that does not quote it`() throws {
        #expect(try RedisValue.integer(-7).asInteger() == -7)
        #expect(try RedisValue.bulk(Array("42".utf8)).asInteger() == 42)
        #expect(try RedisValue.status("OK").asText() == "OK")
        #expect(try RedisValue.bulk([0, 13, 10, 255]).asBytes() == [0, 13, 10, 255])
        #expect(try RedisValue.array([.null]).asArray() == [.null])
        let pairs = try RedisValue.array([.bulk(Array("a".utf8)), .integer(1)]).asPairs()
        #expect(pairs.count == 1 && pairs[0].name == "a" && pairs[0].value == .integer(1))
        let secret = RedisValue.bulk(Array("geheim".utf8))
        for read in [
            { _ = try secret.asInteger() }, { _ = try secret.asArray() }, { _ = try RedisValue.null.asText() },
            { _ = try RedisValue.bulk([0xFF]).asText() }, { _ = try RedisValue.array([secret]).asPairs() },
            { _ = try RedisValue.array([secret]).asBytes() },
        ] {
            let error = #expect(throws: RedisError.self) { try read() }
            #expect(error?.code == .decoding)
            #expect(error.map { !"\($0)".contains("geheim") && !$0.message.contains("geheim") } == true)
        }
    }

    @Test(arguments: [
        ("NOSCRIPT No matching script. Please use EVAL.", "NOSCRIPT", "server_NOSCRIPT"),
        ("OOM command not allowed when used memory > 'maxmemory'.", "OOM", "server_OOM"),
        ("ERR unknown command 'FOO', with args beginning with: 'geheim'", "ERR", "server_ERR"),
        ("STALE geheim", "STALE", "server_other"),
        ("geheim and more", "ERR", "server_ERR"),
        ("", "ERR", "server_ERR"),
    ])
    func `A server's error has a code, and its description quotes nothing`(text: String, code: String, label: String) {
        let error = RedisError(server: text)
        #expect(error.code == .server && error.serverCode == code && error.metricLabel == label)
        #expect(error.message == text)
        if text.hasPrefix("geheim") { return }
        #expect(!"\(error)".contains("geheim"))
    }

    @Test func `Only two kinds of failure leave open whether a command was carried out`() {
        let open = RedisError.Code.allCases.filter { RedisError($0, "").isOutcomeUnknown }
        #expect(open == [.unknown, .timeout])
    }

    @Test func `The configuration never shows its password`() {
        let configuration = RedisConfiguration(port: 1, password: "geheim-4711")
        #expect(!"\(configuration)".contains("geheim"))
        #expect(!String(reflecting: configuration).contains("geheim"))
        #expect(!"\([configuration])".contains("geheim"))
    }

    @Test func `A script is named as Redis names it`() {
        #expect(RedisScript(name: "one", source: "return 1").digest == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
    }
}
