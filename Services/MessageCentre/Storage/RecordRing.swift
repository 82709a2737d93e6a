import FoundationEssentials

/// The accepted messages, packed, in the order they came; the oldest are forgotten when the memory is used up.
///
/// In memory and not in a file: the centre is for trying out, its messages are nobody's truth, and a file would hold
/// what people were told. A message of one part takes some 200 octets, so that 256 MB hold a million and more.
struct RecordRing: Sendable {
    private struct Chunk: Sendable {
        let first: Int
        var starts: [Int32] = []
        var octets: [UInt8] = []

        var size: Int { self.octets.count + self.starts.count * 4 }
    }

    private static let chunkSize = 256 << 10

    private let limit: Int
    private var chunks: [Chunk] = []
    private var size = 0
    /// Messages accepted since the start, forgotten ones among them.
    private(set) var total = 0

    /// - Parameter limit: Octets the records may take, at least one chunk of 256 KB.
    init(limit: Int) { self.limit = max(Self.chunkSize, limit) }

    /// Number of the oldest record that is kept; ``total`` + 1 when there is none.
    var first: Int { self.chunks.first?.first ?? self.total + 1 }

    /// Keeps a message. Texts are cut at 255 octets, which no field of SMPP reaches.
    mutating func append(
        at time: Date, messageID: UInt64, from: String, to: String, coding: UInt8, parts: [[UInt8]], fate: String,
        wantsReceipt: Bool
    ) {
        self.total += 1
        if self.chunks.last.map({ $0.octets.count >= Self.chunkSize }) ?? true {
            var chunk = Chunk(first: self.total)
            chunk.octets.reserveCapacity(Self.chunkSize + 1024)
            self.chunks.append(chunk)
        }
        let last = self.chunks.count - 1
        let before = self.chunks[last].size
        self.chunks[last].starts.append(Int32(truncatingIfNeeded: self.chunks[last].octets.count))
        Self.pack(
            &self.chunks[last].octets, UInt64(bitPattern: Int64(time.timeIntervalSince1970 * 1000)), messageID)
        self.chunks[last].octets += [coding, wantsReceipt ? 1 : 0, UInt8(clamping: parts.count)]
        for text in [from, to, fate] {
            let bytes = text.utf8.prefix(255)
            self.chunks[last].octets.append(UInt8(bytes.count))
            self.chunks[last].octets += bytes
        }
        for part in parts.prefix(255) {
            let bytes = part.prefix(Int(UInt16.max))
            self.chunks[last].octets += [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)]
            self.chunks[last].octets += bytes
        }
        self.size += self.chunks[last].size - before
        while self.size > self.limit, self.chunks.count > 1 { self.size -= self.chunks.removeFirst().size }
    }

    mutating func removeAll() {
        self.chunks = []
        self.size = 0
    }

    /// The records after a number, in order.
    ///
    /// - Parameter number: Only those to this number, in the form of ``Fate/key(of:)``.
    func records(after: Int, to number: String?, limit: Int) -> [MessageRecord] {
        var found: [MessageRecord] = []
        for chunk in self.chunks where chunk.first + chunk.starts.count > after + 1 {
            for index in max(0, after + 1 - chunk.first)..<chunk.starts.count {
                var reader = Reader(octets: chunk.octets, position: Int(chunk.starts[index]))
                guard let record = reader.record(chunk.first + index, to: number) else { continue }
                found.append(record)
                if found.count == limit { return found }
            }
        }
        return found
    }

    private static func pack(_ octets: inout [UInt8], _ numbers: UInt64...) {
        for number in numbers {
            for shift in stride(from: 56, through: 0, by: -8) { octets.append(UInt8(number >> UInt64(shift) & 0xFF)) }
        }
    }

    private struct Reader {
        let octets: [UInt8]
        var position: Int

        private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
            defer { self.position += count }
            return self.octets[self.position..<self.position + count]
        }

        private mutating func number(_ count: Int) -> UInt64 { self.take(count).reduce(0) { $0 << 8 | UInt64($1) } }

        private mutating func text() -> String { String(decoding: self.take(Int(self.number(1))), as: UTF8.self) }

        /// `nil` when it goes to another number.
        mutating func record(_ index: Int, to wanted: String?) -> MessageRecord? {
            let milliseconds = Int64(bitPattern: self.number(8))
            let messageID = self.number(8)
            let coding = UInt8(self.number(1))
            let wantsReceipt = self.number(1) == 1
            let count = Int(self.number(1))
            let from = self.text()
            let to = self.text()
            if let wanted, Fate.key(of: to) != wanted { return nil }
            let fate = self.text()
            let parts = (0..<count).map { _ in Array(self.take(Int(self.number(2)))) }
            return MessageRecord(
                number: index, acceptedAt: Date(timeIntervalSince1970: Double(milliseconds) / 1000),
                messageID: messageID, from: from, to: to, coding: coding, parts: parts, fate: fate,
                wantsReceipt: wantsReceipt)
        }
    }
}
