import FoundationEssentials
import PostgreSQL
import Testing

enum Stage: String, PostgresEncodable, PostgresDecodable, PostgresArrayElement, PostgresDecodableElement {
    case accepted, verified
}

@Suite(.enabled(if: TestServer.isAvailable), .timeLimit(.minutes(2)))
struct StatementTests {
    private func withConnection(_ body: (PostgresConnection) async throws -> Void) async throws {
        guard let administrator = TestServer.administrator else { return }
        let connection = try await PostgresConnection.connect(administrator)
        let result: Result<Void, any Error>
        do { result = .success(try await body(connection)) } catch { result = .failure(error) }
        await connection.close()
        try result.get()
    }

    @Test func everyTypeComesBackAsItWent() async throws {
        try await self.withConnection { connection in
            let identifier = UUID()
            let moment = Date(timeIntervalSinceReferenceDate: 667_785_600.123_456)
            let bytes = (0...255).map { UInt8($0) }
            let text = "测试甲 'quote' \"double\" \\ {brace}, 😀"
            for _ in 0..<2 {  // the second time through the prepared statement
                let row = try #require(
                    try await connection.query(
                        """
                        SELECT \(text)::text, \(-5), \(Int32.max), \(true), \(0.1), \(identifier), \(moment), \(bytes),
                            \(String?.none)::text, \(Stage.verified)::text
                        """
                    ).first)
                let read = try row.decode(
                    String.self, Int.self, Int32.self, Bool.self, Double.self, UUID.self, Date.self, [UInt8].self,
                    String?.self, Stage.self)
                #expect(read.0 == text)
                #expect(read.1 == -5)
                #expect(read.2 == Int32.max)
                #expect(read.3)
                #expect(read.4 == 0.1)
                #expect(read.5 == identifier)
                #expect(read.6 == moment)
                #expect(read.7 == bytes)
                #expect(read.8 == nil)
                #expect(read.9 == .verified)
            }
        }
    }

    @Test func arraysComeBackAsTheyWent() async throws {
        try await self.withConnection { connection in
            let texts: [String?] = ["a", nil, "NULL", "", "q\"\\{,}", "测试乙"]
            let identifiers = [UUID(), UUID()]
            let moments = [Date(timeIntervalSinceReferenceDate: 0.5), Date(timeIntervalSinceReferenceDate: -1)]
            let row = try #require(
                try await connection.query(
                    """
                    SELECT \(texts), \([1, -2]), \(identifiers), \(moments), \([true, false]), \([[1, 2], []] as [[UInt8]]),
                        \([Int]()), \([Stage.accepted, .verified]), \([0.5, nil] as [Double?])
                    """
                ).first)
            let read = try row.decode(
                [String?].self, [Int].self, [UUID].self, [Date].self, [Bool].self, [[UInt8]].self, [Int].self,
                [Stage].self, [Double?].self)
            #expect(read.0 == texts)
            #expect(read.1 == [1, -2])
            #expect(read.2 == identifiers)
            #expect(read.3 == moments)
            #expect(read.4 == [true, false])
            #expect(read.5 == [[1, 2], []])
            #expect(read.6 == [])
            #expect(read.7 == [.accepted, .verified])
            #expect(read.8 == [0.5, nil])
        }
    }

    @Test func setsOfRowsTravelThroughUnnest() async throws {
        try await self.withConnection { connection in
            let result = try await connection.query(
                "SELECT a, b FROM unnest(\([1, 2, 3]), \(["x", nil, "z"] as [String?])) AS t(a, b) ORDER BY a")
            #expect(result.affected == 3)
            #expect(try result.rows.map { try $0.decode(Int.self, String?.self).1 } == ["x", nil, "z"])
            #expect(try result.rows[2].decode(String.self, column: "b") == "z")
            #expect(throws: PostgresError.self) { try result.rows[0].decode(Int.self, column: "c") }
            #expect(throws: PostgresError.self) { try result.rows[0].decode(Int.self, String?.self, Int.self) }
        }
    }

    @Test func aStatementThatFailsLeavesTheConnectionUsable() async throws {
        try await self.withConnection { connection in
            for sql: SQL in ["SELEC 1", "SELECT 1 / \(0)", "SELECT \("x")::uuid"] {
                let error = await #expect(throws: PostgresError.self) { try await connection.query(sql) }
                #expect(error?.code == .server)
                #expect(error?.isConnectionLoss == false)
            }
            let one = try await connection.number("SELECT 1")
            #expect(one == 1)
        }
    }

    @Test func aNULInATextIsRefusedBeforeItIsSent() async throws {
        try await self.withConnection { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("SELECT \("a\0b")::text")
            }
            #expect(error?.sqlState == "22021")
            let one = try await connection.number("SELECT 1")
            #expect(one == 1)
        }
    }

    @Test func severalStatementsTakeOneRoundTripAndStandOrFallTogether() async throws {
        try await self.withConnection { connection in
            try await connection.execute("CREATE TEMPORARY TABLE t (n bigint PRIMARY KEY)")
            let results = try await connection.batch([
                "INSERT INTO t VALUES (\(1))", "INSERT INTO t VALUES (\(2))", "SELECT count(*) FROM t",
            ])
            #expect(results.map(\.affected) == [1, 1, 1])
            #expect(try results[2].first?.decode(Int.self) == 2)
            let error = await #expect(throws: PostgresError.self) {
                try await connection.batch(["INSERT INTO t VALUES (\(3))", "INSERT INTO t VALUES (\(1))", "SELECT 1"])
            }
            #expect(error?.isUniqueViolation(of: "t_pkey") == true)
            #expect(try await connection.number("SELECT count(*) FROM t") == 2)
        }
    }

    @Test func aTableAlteredUnderAPreparedStatementIsNoticed() async throws {
        try await self.withConnection { connection in
            try await connection.execute("CREATE TEMPORARY TABLE t (n bigint)")
            try await connection.execute("INSERT INTO t VALUES (1)")
            for _ in 0..<2 { #expect(try await connection.query("SELECT * FROM t").rows.count == 1) }
            try await connection.execute("ALTER TABLE t ADD COLUMN m text")
            #expect(try await connection.query("SELECT * FROM t").first?.columns == ["n", "m"])
            try await connection.execute("DEALLOCATE ALL")
            #expect(try await connection.query("SELECT * FROM t").rows.count == 1)
        }
    }

    @Test func moreTextsThanTheSessionKeepsAreForgottenInTurn() async throws {
        try await self.withConnection { connection in
            for number in 0..<600 {
                let result = try await connection.query("SELECT \(unsafe: "\(number)")")
                #expect(try result.first?.decode(Int.self) == number)
            }
            let kept = try await connection.query("SELECT count(*) FROM pg_prepared_statements")
            #expect(try kept.first?.decode(Int.self) ?? 600 < 300)
        }
    }

    @Test func aScriptRunsManyStatementsAndReportsTheFailingOne() async throws {
        try await self.withConnection { connection in
            try await connection.executeScript(
                """
                CREATE TEMPORARY TABLE t (n int);
                INSERT INTO t VALUES (1), (2);
                DO $$ BEGIN RAISE NOTICE 'silent'; END $$;
                """)
            #expect(try await connection.number("SELECT count(*) FROM t") == 2)
            let error = await #expect(throws: PostgresError.self) {
                try await connection.executeScript("INSERT INTO t VALUES (3); SELECT nonsense;")
            }
            #expect(error?.sqlState == "42703")
            #expect(try await connection.number("SELECT count(*) FROM t") == 2)
        }
    }

    @Test func theSessionIsSetUpAsThePapersSay() async throws {
        try await self.withConnection { connection in
            for (name, value) in [
                ("TimeZone", "UTC"), ("synchronous_commit", "on"), ("statement_timeout", "5s"), ("lock_timeout", "2s"),
                ("idle_in_transaction_session_timeout", "30s"), ("application_name", "youdai-tests"),
            ] {
                let row = try await connection.query("SELECT current_setting(\(name))").first
                #expect(try row?.decode(String.self) == value, "\(name)")
            }
        }
    }

    @Test func largeValuesPassBothWays() async throws {
        try await self.withConnection { connection in
            let bytes = [UInt8](repeating: 7, count: 8_000_000)
            let row = try await connection.query(
                "SELECT \(bytes), length(\(String(repeating: "字", count: 500_000))::text)"
            ).first
            let (back, length) = try #require(try row?.decode([UInt8].self, Int.self))
            #expect(back.count == bytes.count)
            #expect(length == 500_000)
        }
    }
}

extension PostgresConnection {
    /// The number in the first row.
    func number(_ sql: SQL) async throws -> Int {
        guard let row = try await self.query(sql).first else { throw PostgresError(.decoding, "no row") }
        return try row.decode(Int.self)
    }
}
