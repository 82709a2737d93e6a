import QRCode

/// Reads a QR code of level M in byte mode, sizes 1 to 14, by ISO/IEC 18004: format and its check, mask, the order of the
/// codewords, their blocks and the Reed–Solomon check of each.
///
/// It corrects nothing: a code just made has to be right in every module.
enum QRReader {
    enum Fault: Error, Equatable {
        case size, format, formatsDiffer, level, mode, padding, text
        case check(block: Int)
    }

    /// Check codewords of a block, and the data codewords of each block, for level M (table 9).
    private static let blocks: [(check: Int, data: [Int])] = [
        (10, [16]), (16, [28]), (26, [44]), (18, [32, 32]), (24, [43, 43]), (16, [27, 27, 27, 27]),
        (18, [31, 31, 31, 31]), (22, [38, 38, 39, 39]), (22, [36, 36, 36, 37, 37]), (26, [43, 43, 43, 43, 44]),
        (30, [50, 51, 51, 51, 51]), (22, [36, 36, 36, 36, 36, 36, 37, 37]),
        (22, [37, 37, 37, 37, 37, 37, 37, 37, 38]), (24, [40, 40, 40, 40, 41, 41, 41, 41, 41]),
    ]

    /// Middles of the alignment patterns (table E.1).
    private static let alignment: [[Int]] = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
        [6, 30, 54], [6, 32, 58], [6, 34, 62], [6, 26, 46, 66],
    ]

    static func read(_ code: QRCode) throws -> String {
        let version = (code.width - 17) / 4
        guard code.width == 17 + 4 * version, (1...14).contains(version) else { throw Fault.size }
        let mask = try Self.mask(code)
        let (check, sizes) = Self.blocks[version - 1]
        let data = try Self.data(Self.codewords(code, version, mask), check: check, sizes: sizes)
        return try Self.text(data, countBits: version < 10 ? 8 : 16)
    }

    // MARK: - Format

    private static func mask(_ code: QRCode) throws -> Int {
        let last = code.width - 1
        typealias Place = (row: Int, column: Int)
        let first: [Place] =
            (0...5).map { ($0, 8) } + [(7, 8), (8, 8), (8, 7)] + (9...14).map { (8, 14 - $0) }
        let second: [Place] = (0...7).map { (8, last - $0) } + (8...14).map { (last - 14 + $0, 8) }
        let formats = [first, second].map { (places: [Place]) -> Int in
            var bits = 0
            for (offset, place) in places.enumerated() where code.isBlack(row: place.row, column: place.column) {
                bits |= 1 << offset
            }
            return bits
        }
        guard formats[0] == formats[1] else { throw Fault.formatsDiffer }
        let format = formats[0] ^ 0x5412
        var rest = format
        for bit in stride(from: 14, through: 10, by: -1) where rest >> bit & 1 == 1 { rest ^= 0x537 << (bit - 10) }
        guard rest == 0 else { throw Fault.format }
        // Level M is 00.
        guard format >> 13 == 0 else { throw Fault.level }
        return format >> 10 & 7
    }

    private static func isInverted(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: row * column % 2 + row * column % 3 == 0
        case 6: (row * column % 2 + row * column % 3) % 2 == 0
        default: ((row + column) % 2 + row * column % 3) % 2 == 0
        }
    }

    // MARK: - Codewords

    private static func isFunction(_ row: Int, _ column: Int, _ version: Int) -> Bool {
        let width = 17 + 4 * version
        if row < 9, column < 9 || column >= width - 8 { return true }
        if row >= width - 8, column < 9 { return true }
        if row == 6 || column == 6 { return true }
        if version >= 7, row < 6, column >= width - 11 { return true }
        if version >= 7, column < 6, row >= width - 11 { return true }
        let middles = Self.alignment[version - 1]
        return middles.contains { down in
            middles.contains { across in
                let isFinder =
                    (down == 6 && across == 6) || (down == 6 && across == width - 7)
                    || (down == width - 7 && across == 6)
                return !isFinder && abs(row - down) <= 2 && abs(column - across) <= 2
            }
        }
    }

    /// Two columns at a time from the right, upwards and downwards in turn, without the timing column.
    private static func codewords(_ code: QRCode, _ version: Int, _ mask: Int) -> [Int] {
        var bits: [Bool] = []
        var isUpward = true
        var right = code.width - 1
        while right > 0 {
            if right == 6 { right -= 1 }
            for step in 0..<code.width {
                let row = isUpward ? code.width - 1 - step : step
                for column in [right, right - 1] where !Self.isFunction(row, column, version) {
                    bits.append(code.isBlack(row: row, column: column) != Self.isInverted(mask, row, column))
                }
            }
            isUpward.toggle()
            right -= 2
        }
        return stride(from: 0, through: bits.count - 8, by: 8).map { start in
            bits[start..<(start + 8)].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }

    private static func data(_ codewords: [Int], check: Int, sizes: [Int]) throws -> [Int] {
        var blocks = sizes.map { _ in [Int]() }
        var index = 0
        for place in 0..<(sizes.max() ?? 0) {
            for block in sizes.indices where place < sizes[block] {
                blocks[block].append(codewords[index])
                index += 1
            }
        }
        let data = blocks.flatMap(\.self)
        for _ in 0..<check {
            for block in sizes.indices {
                blocks[block].append(codewords[index])
                index += 1
            }
        }
        guard index == codewords.count else { throw Fault.size }
        for (number, block) in blocks.enumerated() {
            var root = 1
            for _ in 0..<check {
                // The block as a polynomial is zero at every root of the generator.
                guard block.reduce(0, { Self.product($0, root) ^ $1 }) == 0 else { throw Fault.check(block: number) }
                root = Self.product(root, 2)
            }
        }
        return data
    }

    /// In GF(256) with x⁸ + x⁴ + x³ + x² + 1.
    private static func product(_ left: Int, _ right: Int) -> Int {
        var (sum, factor, rest) = (0, left, right)
        while rest > 0 {
            if rest & 1 == 1 { sum ^= factor }
            factor <<= 1
            if factor & 0x100 != 0 { factor ^= 0x11D }
            rest >>= 1
        }
        return sum
    }

    // MARK: - Text

    private static func text(_ data: [Int], countBits: Int) throws -> String {
        let bits = data.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        func number(_ start: Int, _ count: Int) -> Int { bits[start..<(start + count)].reduce(0) { $0 << 1 | $1 } }
        guard number(0, 4) == 4 else { throw Fault.mode }
        let count = number(4, countBits)
        let start = 4 + countBits
        guard start + count * 8 <= bits.count else { throw Fault.size }
        let bytes = (0..<count).map { UInt8(number(start + $0 * 8, 8)) }
        // A terminator, then 236 and 17 in turn.
        var place = min(start + count * 8 + 4, bits.count)
        while place % 8 != 0 { place += 1 }
        for (index, byte) in data[(place / 8)...].enumerated() where byte != (index % 2 == 0 ? 236 : 17) {
            throw Fault.padding
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Fault.text }
        return text
    }
}
