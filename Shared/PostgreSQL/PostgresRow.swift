/// What a statement gave back.
package struct PostgresResult: Sendable {
    /// The rows, in the server's order.
    package let rows: [PostgresRow]
    /// The rows inserted, updated, deleted or selected.
    package let affected: Int
    /// What the server says it did: `INSERT 0 1`, `COMMIT`.
    let tag: String

    package init(rows: [PostgresRow] = [], affected: Int = 0) {
        self.init(rows: rows, affected: affected, tag: "")
    }

    init(rows: [PostgresRow], affected: Int, tag: String) {
        self.rows = rows
        self.affected = affected
        self.tag = tag
    }

    /// The first row.
    package var first: PostgresRow? { self.rows.first }
}

/// The cells of a whole result in one buffer, so that a row is a reference and a number.
final class PostgresTable: Sendable {
    struct Column: Sendable {
        let name: String
        let type: UInt32
    }

    let columns: [Column]
    let bytes: [UInt8]
    /// Where the cell `row * columns.count + column` starts and ends; a start of -1 is NULL.
    let bounds: [(start: Int, end: Int)]

    init(columns: [Column], bytes: [UInt8], bounds: [(start: Int, end: Int)]) {
        self.columns = columns
        self.bytes = bytes
        self.bounds = bounds
    }
}

/// One row of a result. Cheap to copy; keeps the whole result alive.
package struct PostgresRow: Sendable {
    let table: PostgresTable
    let index: Int

    /// The columns from the left, as many as there are types.
    ///
    /// ```swift
    /// let (id, name, born) = try row.decode(UUID.self, String.self, Date?.self)
    /// ```
    package func decode<each T: PostgresDecodable>(
        _ types: repeat (each T).Type
    ) throws(PostgresError) -> (repeat each T) {
        var column = 0
        return (repeat try self.next(each types, &column))
    }

    /// The first column.
    package func decode<T: PostgresDecodable>(_ type: T.Type) throws(PostgresError) -> T {
        var column = 0
        return try self.next(type, &column)
    }

    /// The column of this name.
    package func decode<T: PostgresDecodable>(_ type: T.Type, column name: String) throws(PostgresError) -> T {
        guard let column = self.table.columns.firstIndex(where: { $0.name == name }) else {
            throw PostgresError(.decoding, "no column \(name)")
        }
        return try T.decode(self.value(column))
    }

    /// The names of the columns.
    package var columns: [String] { self.table.columns.map(\.name) }

    private func next<T: PostgresDecodable>(_ type: T.Type, _ column: inout Int) throws(PostgresError) -> T {
        guard column < self.table.columns.count else {
            throw PostgresError(.decoding, "the row has only \(self.table.columns.count) columns")
        }
        defer { column += 1 }
        return try T.decode(self.value(column))
    }

    private func value(_ column: Int) -> PostgresValue {
        let (start, end) = self.table.bounds[self.index * self.table.columns.count + column]
        return PostgresValue(
            bytes: start < 0 ? nil : self.table.bytes[start..<end], type: self.table.columns[column].type,
            column: self.table.columns[column].name)
    }
}

/// One cell, in the server's text form.
package struct PostgresValue: Sendable {
    /// The text's bytes; `nil` is NULL.
    package let bytes: ArraySlice<UInt8>?
    /// The type's object identifier.
    package let type: UInt32
    /// The column's name, for errors.
    package let column: String

    package init(bytes: ArraySlice<UInt8>?, type: UInt32, column: String) {
        self.bytes = bytes
        self.type = type
        self.column = column
    }

    /// The bytes of a cell that must not be NULL.
    package func required(_ wanted: String) throws(PostgresError) -> ArraySlice<UInt8> {
        guard let bytes = self.bytes else {
            throw PostgresError(.decoding, "column \(self.column) is NULL, wanted \(wanted)")
        }
        return bytes
    }

    /// The error for a cell that cannot be read; it names the column and the types, never the value.
    package func mismatch(_ wanted: String) -> PostgresError {
        PostgresError(.decoding, "column \(self.column) (type \(self.type)) is no \(wanted)")
    }
}
