/// A statement, or a piece of one, whose interpolated values travel beside the text and never inside it.
///
/// ```swift
/// let found = try await pool.query("SELECT name FROM person WHERE id = \(id) AND born < \(day)")
/// let filter: SQL = "stage = \(stage)"
/// let page: SQL = "SELECT id FROM submission WHERE \(filter) ORDER BY id LIMIT \(100)"
/// ```
///
/// A value becomes `$1`, `$2` …; an interpolated ``SQL`` is spliced in and its binds are renumbered. `Int` is sent as
/// `bigint`; a `String` has no type of its own, so it fits `text`, `jsonb`, `date`, an enumeration; where PostgreSQL
/// cannot infer one it asks for a cast: `\(name)::text`.
package struct SQL: Sendable {
    /// The texts around the parameters: always one more than there are parameters.
    private(set) var segments: [String]
    private(set) var parameters: [PostgresParameter]

    /// A statement without binds, taken as it is.
    package init(unsafe text: String) {
        self.segments = [text]
        self.parameters = []
    }

    /// The text the server parses; also the key of the prepared statement.
    package var text: String {
        guard self.segments.count > 1 else { return self.segments[0] }
        var text = self.segments[0]
        text.reserveCapacity(self.segments.reduce(self.parameters.count * 4) { $0 + $1.utf8.count })
        for index in 1..<self.segments.count {
            text += "$"
            text += String(index)
            text += self.segments[index]
        }
        return text
    }

    /// True when there is nothing in it.
    package var isEmpty: Bool { self.segments.count == 1 && self.segments[0].isEmpty }

    package static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum += right
        return sum
    }

    package static func += (left: inout SQL, right: SQL) {
        left.segments[left.segments.count - 1] += right.segments[0]
        left.segments.append(contentsOf: right.segments.dropFirst())
        left.parameters.append(contentsOf: right.parameters)
    }

    mutating func append(text: String) {
        self.segments[self.segments.count - 1] += text
    }

    mutating func append(parameter: PostgresParameter) {
        self.parameters.append(parameter)
        self.segments.append("")
    }
}

extension SQL: ExpressibleByStringInterpolation {
    package struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var sql = SQL(unsafe: "")

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            self.sql.append(text: literal)
        }

        /// A bind.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            self.sql.append(parameter: value.postgresParameter)
        }

        /// A bind that may be NULL. A method of its own, because the compiler warns of an optional taken for a value.
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            self.sql.append(parameter: value.postgresParameter)
        }

        /// A piece of a statement, with its own binds.
        package mutating func appendInterpolation(_ fragment: SQL) {
            self.sql += fragment
        }

        /// Text taken as it is: never anything that came from outside the program.
        package mutating func appendInterpolation(unsafe text: String) {
            self.sql.append(text: text)
        }

        /// A name of a table, role or column, quoted.
        package mutating func appendInterpolation(identifier name: String) {
            self.sql.append(text: Self.quoted(name, by: "\""))
        }

        /// A quoted string literal, for utility statements, which take no binds (`CREATE ROLE … PASSWORD`).
        package mutating func appendInterpolation(literal text: String) {
            self.sql.append(text: Self.quoted(text, by: "'"))
        }

        private static func quoted(_ text: String, by quote: Character) -> String {
            var quoted = String(quote)
            for character in text.unicodeScalars {
                // libpq reads a statement as a C string: what follows a NUL would be cut off, the quote with it.
                if character == "\0" { continue }
                if character == quote.unicodeScalars.first { quoted.unicodeScalars.append(character) }
                quoted.unicodeScalars.append(character)
            }
            quoted.append(quote)
            return quoted
        }
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    package init(stringLiteral value: String) {
        self.init(unsafe: value)
    }
}

extension Sequence<SQL> {
    /// The pieces one after another, with `separator` between them.
    package func joined(separator: SQL) -> SQL {
        var joined = SQL(unsafe: "")
        for (index, piece) in self.enumerated() {
            if index > 0 { joined += separator }
            joined += piece
        }
        return joined
    }
}

extension SQL: CustomStringConvertible, CustomDebugStringConvertible {
    /// The text with `$1`, `$2` … in place of the values.
    package var description: String { self.text }
    package var debugDescription: String { self.text }
}
