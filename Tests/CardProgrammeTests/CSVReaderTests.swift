import CardProgramme
import Testing

@Suite("Comma-separated rows")
struct CSVReaderTests {
    private func rows(_ pieces: [String], longest: Int = CSVReader.longestRow) -> [CSVReader.Row] {
        var reader = CSVReader(longestRow: longest)
        var rows: [CSVReader.Row] = []
        for piece in pieces { reader.read(piece.utf8) { rows.append($0) } }
        reader.finish { rows.append($0) }
        return rows
    }

    private func row(_ line: Int, _ fields: String...) -> CSVReader.Row {
        .fields(fields.map { Array($0.utf8) }, line: line)
    }

    @Test("Fields, quotes, quotes in quotes, and line ends of every kind")
    func plain() {
        #expect(
            self.rows(["a,b\r\n\"c,\"\"d\"\"\",\"e\nf\"\n\n,\rg,"]) == [
                self.row(1, "a", "b"), self.row(2, "c,\"d\"", "e\nf"), self.row(5, "", ""), self.row(6, "g", ""),
            ])
    }

    @Test("However the bytes are cut into pieces, the rows are the same")
    func pieces() {
        let text = "姓名,电话\r\n\"测试，甲\",\"199\"\"0\"\r\n测试乙,\"a\r\nb\"\r\nlast"
        let whole = self.rows([text])
        #expect(whole.count == 4)
        for size in 1...7 {
            var reader = CSVReader()
            var rows: [CSVReader.Row] = []
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                reader.read(bytes[start..<min(start + size, bytes.count)]) { rows.append($0) }
            }
            reader.finish { rows.append($0) }
            #expect(rows == whole, "pieces of \(size)")
        }
    }

    @Test("A quote that is never closed costs its own line and no other")
    func unclosed() {
        let rows = self.rows(["a,b\n1,\"2\n3,4\n5,6\n"])
        #expect(rows == [self.row(1, "a", "b"), .broken(line: 2), self.row(3, "3", "4"), self.row(4, "5", "6")])
    }

    @Test("… also in the middle of a large file, within the bounds of one row")
    func unclosedInTheMiddle() {
        let good = (0..<200).map { "\($0),x\n" }.joined()
        let rows = self.rows(["\"open,1\n" + good], longest: 100)
        #expect(rows.first == .broken(line: 1))
        #expect(rows.count == 201)
        #expect(rows.last == self.row(201, "199", "x"))
    }

    @Test("… also when a later quote seems to close it")
    func unclosedSeemsClosed() {
        let rows = self.rows(["1,\"2\n3,4\n5,\"six\"\n7,8\n"])
        #expect(rows == [.broken(line: 1), self.row(2, "3", "4"), self.row(3, "5", "six"), self.row(4, "7", "8")])
        // Line by line a stray quote: each line costs itself.
        let strays = self.rows([String(repeating: "\"a\n", count: 5_000) + "x,y\n"])
        #expect(strays.last == self.row(5_001, "x", "y"))
        #expect(strays.count == 5_001)
    }

    @Test("Text behind a closing quote breaks its row only")
    func behind() {
        #expect(self.rows(["\"a\"b,c\nd,e\n"]) == [.broken(line: 1), self.row(2, "d", "e")])
    }

    @Test("A line longer than any row is reported, and the next is read")
    func longLine() {
        let rows = self.rows([String(repeating: "x", count: 250) + "\na,b\n"], longest: 100)
        #expect(rows.dropLast().allSatisfy { $0 == .broken(line: 1) })
        #expect(rows.last == self.row(2, "a", "b"))
    }

    @Test("An empty file has no rows, and a file cut off keeps what is whole")
    func ends() {
        #expect(self.rows([""]) == [])
        #expect(self.rows(["a,b\nc"]) == [self.row(1, "a", "b"), self.row(2, "c")])
    }
}
