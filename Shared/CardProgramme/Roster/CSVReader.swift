/// Reads comma-separated rows (RFC 4180) out of bytes, as they come in.
///
/// It knows no encoding: comma, quote and line ends are the same single bytes in UTF-8 and in GB18030, and no part of a
/// character of either. Memory holds one row, at most ``longestRow`` bytes, whatever the size of the file.
///
/// A quote that is opened and never closed would swallow the rest of the file. A row that grows too long is therefore
/// taken for broken, its first line is reported, and reading goes on with the line after it.
package struct CSVReader {
    /// One row: its fields as bytes, or that it cannot be read.
    package enum Row: Sendable, Equatable {
        /// - line: where it begins, from 1.
        case fields([[UInt8]], line: Int)
        /// A quote is opened and not closed, or a field goes on behind its closing quote.
        case broken(line: Int)

        package var line: Int {
            switch self {
            case .fields(_, let line), .broken(let line): line
            }
        }
    }

    /// Bytes of the longest row there may be.
    package static let longestRow = 64 << 10

    private enum State { case start, plain, quoted, quoteInQuoted }

    private let longest: Int
    private var state = State.start
    private var field: [UInt8] = []
    private var fields: [[UInt8]] = []
    /// The bytes of the row as they came, for starting again behind its first line.
    private var raw: [UInt8] = []
    private var line = 1
    private var rowLine = 1
    private var isBroken = false
    private var endedWithCarriageReturn = false
    /// Bytes to be read once more before anything new.
    private var again: [UInt8] = []

    package init(longestRow: Int = CSVReader.longestRow) { self.longest = longestRow }

    /// Takes in a piece of the file, and gives every row that is complete with it to `body`.
    package mutating func read(_ bytes: some Sequence<UInt8>, _ body: (Row) throws -> Void) rethrows {
        for byte in bytes {
            try self.take(byte, body)
            if !self.again.isEmpty { try self.takeAgain(body) }
        }
    }

    /// Takes in the end of the file: the last row may lack its line end.
    package mutating func finish(_ body: (Row) throws -> Void) rethrows {
        while self.state == .quoted {
            try self.startAgain(body)
            try self.takeAgain(body)
        }
        if self.state != .start || !self.fields.isEmpty { try self.endRow(body) }
    }

    private mutating func take(_ byte: UInt8, _ body: (Row) throws -> Void) rethrows {
        // CR LF is one line end, also when the two come in different pieces.
        let isSecondHalf = self.endedWithCarriageReturn && byte == 0x0A
        self.endedWithCarriageReturn = false
        if isSecondHalf { return }
        self.raw.append(byte)
        switch (self.state, byte) {
        case (.quoted, 0x22): self.state = .quoteInQuoted
        case (.quoted, _):
            if byte == 0x0A { self.line += 1 }
            self.field.append(byte)
        case (.quoteInQuoted, 0x22):
            self.field.append(byte)
            self.state = .quoted
        case (.start, 0x22): self.state = .quoted
        case (_, 0x2C): self.endField()
        case (_, 0x0A), (_, 0x0D):
            self.endedWithCarriageReturn = byte == 0x0D
            try self.endRow(body)
            self.line += 1
            self.rowLine = self.line
        case (.quoteInQuoted, _):
            // The quote may have been opened by mistake lines ago: those lines are not its fault.
            if self.raw.contains(0x0A) { return try self.startAgain(body) }
            self.isBroken = true
            self.state = .plain
        case (.start, _), (.plain, _):
            self.field.append(byte)
            self.state = .plain
        }
        if self.raw.count > self.longest { try self.startAgain(body) }
    }

    private mutating func endField() {
        self.fields.append(self.field)
        self.field = []
        self.state = .start
    }

    private mutating func endRow(_ body: (Row) throws -> Void) rethrows {
        self.endField()
        let fields = self.fields
        let isBroken = self.isBroken
        let line = self.rowLine
        self.forget()
        // An empty line is no row.
        if fields.count == 1, fields[0].isEmpty, !isBroken { return }
        try body(isBroken ? .broken(line: line) : .fields(fields, line: line))
    }

    private mutating func forget() {
        self.fields = []
        self.field = []
        self.raw.removeAll(keepingCapacity: true)
        self.isBroken = false
        self.state = .start
    }

    /// Gives the row's first line up, and reads what came after it once more.
    private mutating func startAgain(_ body: (Row) throws -> Void) rethrows {
        let rest = self.raw.firstIndex(of: 0x0A).map { Array(self.raw[($0 + 1)...]) } ?? []
        let hasLineEnd = self.raw.contains(0x0A)
        let line = self.rowLine
        self.forget()
        try body(.broken(line: line))
        self.line = line + (hasLineEnd ? 1 : 0)
        self.rowLine = self.line
        // Without a line end the row goes on: what follows of it is reported as broken with the line it stands in.
        self.isBroken = !hasLineEnd
        // Before what may already wait to be read again: it came before it. Read by the caller, since this may be called
        // from within.
        self.again = rest + self.again
    }

    private mutating func takeAgain(_ body: (Row) throws -> Void) rethrows {
        while !self.again.isEmpty {
            let bytes = self.again
            self.again = []
            for index in bytes.indices {
                try self.take(bytes[index], body)
                guard self.again.isEmpty else {
                    self.again += bytes[(index + 1)...]
                    break
                }
            }
        }
    }
}
