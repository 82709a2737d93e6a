import FoundationEssentials
import PostgreSQL
import Testing

struct SQLTests {
    @Test func interpolatedValuesBecomeBinds() {
        let name = "Robert'); DROP TABLE person;--"
        let sql: SQL = "SELECT 1 FROM person WHERE name = \(name) AND born < \(3)"
        #expect(sql.text == "SELECT 1 FROM person WHERE name = $1 AND born < $2")
    }

    @Test func aSplicedPieceRenumbersItsBinds() {
        let filter: SQL = "b = \(2) OR c = \(3)"
        let sql: SQL = "SELECT 1 WHERE a = \(1) AND (\(filter)) AND d = \(4)"
        #expect(sql.text == "SELECT 1 WHERE a = $1 AND (b = $2 OR c = $3) AND d = $4")
    }

    @Test func piecesAreAddedAndJoined() {
        var sql: SQL = "SELECT 1 WHERE "
        let pieces: [SQL] = ["a = \(1)", "b = \(2)", "TRUE"]
        sql += pieces.joined(separator: " AND ")
        #expect((sql + " LIMIT \(5)").text == "SELECT 1 WHERE a = $1 AND b = $2 AND TRUE LIMIT $3")
    }

    @Test func identifiersAndLiteralsAreQuoted() {
        let sql: SQL = "CREATE ROLE \(identifier: "a\"b") PASSWORD \(literal: "it's")"
        #expect(sql.text == "CREATE ROLE \"a\"\"b\" PASSWORD 'it''s'")
    }

    @Test func aDescriptionHoldsNoValue() {
        let sql: SQL = "SELECT \("测试甲")::text"
        #expect("\(sql)" == "SELECT $1::text")
        #expect(String(reflecting: sql) == "SELECT $1::text")
    }
}

struct ErrorTests {
    @Test func aDescriptionHidesWhatTheServerQuotes() {
        let error = PostgresError(.server, "invalid input syntax for type uuid: \"测试甲\"", sqlState: "22P02")
        #expect("\(error)" == "PostgreSQL server 22P02")
        #expect(String(reflecting: error) == "PostgreSQL server 22P02")
    }

    @Test(arguments: [
        ("40001", true), ("40P01", true), ("55P03", true), ("53300", true), ("23505", false), ("42601", false),
    ])
    func onlyPassingFailuresAreRetryable(state: String, isRetryable: Bool) {
        #expect(PostgresError(.server, "", sqlState: state).isRetryable == isRetryable)
    }

    @Test func anUnknownOutcomeIsNotRetryable() {
        let error = PostgresError(.commitOutcomeUnknown, "")
        #expect(!error.isRetryable)
        #expect(error.isConnectionLoss)
    }
}

struct DecodingTests {
    private func value(_ text: String?) -> PostgresValue {
        PostgresValue(bytes: text.map { Array($0.utf8)[...] }, type: 25, column: "c")
    }

    @Test(arguments: [
        ("2022-03-01 00:00:00+00", 1_646_092_800.0), ("2022-03-01 08:00:00.5+08", 1_646_092_800.5),
        ("1970-01-01 00:00:00.000001+00", 0.000001), ("2000-02-29 12:00:00-03:30", 951_838_200),
        ("1899-12-31 23:59:59+00", -2_208_988_801), ("2022-03-01", 1_646_092_800),
    ])
    func timestampsAreRead(text: String, seconds: Double) throws {
        let date = try Date.decode(self.value(text))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.0000005)
    }

    @Test(arguments: ["", "2022", "2022-13-01", "2022-03-01 25", "0044-03-15 00:00:00+00 BC", "yesterday"])
    func whatIsNoTimestampIsRefused(text: String) {
        #expect(throws: PostgresError.self) { try Date.decode(self.value(text)) }
    }

    @Test func integersAreReadToTheirLimits() throws {
        #expect(try Int64.decode(self.value("-9223372036854775808")) == .min)
        #expect(try Int64.decode(self.value("9223372036854775807")) == .max)
        #expect(throws: PostgresError.self) { try Int64.decode(self.value("9223372036854775808")) }
        #expect(throws: PostgresError.self) { try Int32.decode(self.value("2147483648")) }
        #expect(throws: PostgresError.self) { try Int.decode(self.value("1.5")) }
        #expect(throws: PostgresError.self) { try Int.decode(self.value("-")) }
    }

    @Test func arraysAreRead() throws {
        #expect(try [Int].decode(self.value("{1,2,3}")) == [1, 2, 3])
        #expect(try [Int].decode(self.value("{}")) == [])
        #expect(try [Int].decode(self.value("[0:1]={7,8}")) == [7, 8])
        #expect(
            try [String?].decode(self.value(#"{a,NULL,"NULL","b,c","d\"e\\f",""}"#)) == [
                "a", nil, "NULL", "b,c", "d\"e\\f", "",
            ])
        #expect(try [[UInt8]].decode(self.value(#"{"\\x00ff","\\x"}"#)) == [[0, 255], []])
        #expect(throws: PostgresError.self) { try [Int].decode(self.value("{{1},{2}}")) }
        #expect(throws: PostgresError.self) { try [Int].decode(self.value(#"{"1}"#)) }
    }

    @Test func nullIsRefusedWhereAValueIsWanted() throws {
        #expect(throws: PostgresError.self) { try Int.decode(self.value(nil)) }
        #expect(try Int?.decode(self.value(nil)) == nil)
    }

    @Test func anErrorNamesTheColumnAndNotTheValue() {
        let error = #expect(throws: PostgresError.self) { try UUID.decode(self.value("测试甲")) }
        #expect(error?.message.contains("测试甲") == false)
        #expect(error?.message.contains("column c") == true)
    }
}
